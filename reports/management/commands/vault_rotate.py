"""Makes the next intake key, where the worker's bundle is. Queue keys are made by members, in the admin."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.vault import intake_rotation
from reports.vault.bundle import BundleRefused
from reports.vault.keyring import CannotOpen
from reports.vault.keys import Untrusted


class Command(BaseCommand):
    help = "Makes the next intake key, signed by the present one, and destroys old ones nothing needs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "key", choices=["intake"], help="queue keys are made by their members, in the admin"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = intake_rotation.rotate_intake()
        except CannotOpen:
            raise CommandError(
                "This bundle does not hold the newest intake key: restore the newest one."
            ) from None
        except (BundleRefused, Untrusted) as error:
            raise CommandError(str(error)) from None
        if key is not None:
            self.stdout.write(f"Intake key of epoch {key.epoch}: {key.kid}")
