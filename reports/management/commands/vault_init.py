"""Makes every key once: rows for the public halves, one bundle a process, the recovery key on paper."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from reports.choices import Queue
from reports.models import Grant, Key, KeyRole
from reports.sealing import core, recovery_sheet
from reports.vault import bundle

SHEET = """
================================================================================
Baken: recovery sheet. It opens every report and is shown this once.
Print or copy it by hand, twice; lock both away in different places; clear this
screen. It admits an officer when a queue has nobody left:
manage.py vault_recover QUEUE USERNAME
Keep a copy of public/bundle.json with it: without it every receipt code is lost.

{lines}
================================================================================
"""


class Command(BaseCommand):
    help = "Makes the intake, queue, summary and recovery keys; prints the recovery sheet once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--development",
            action="store_true",
            help="mark the bundles as development ones, which only the trial accepts",
        )
        parser.add_argument(
            "--write-recovery",
            action="store_true",
            help="also leave the recovery key in recovery/bundle.json; delete it as soon as you can",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        development: bool = options["development"]
        if development and not settings.TRIAL:
            raise CommandError("Development keys are for the trial only (./run).")
        pairs: dict[KeyRole, core.KeyPair] = {
            role: core.KeyPair.generate() for role in KeyRole if role != KeyRole.MEMBER
        }
        with transaction.atomic():
            if Key.objects.exclude(role=KeyRole.MEMBER).exists():
                raise CommandError("There are keys already. They are made once; see docs/operate.md.")
            Key.objects.bulk_create(
                Key(kid=pair.kid, role=role, public=pair.public) for role, pair in pairs.items()
            )
            recovery = Key.objects.get(role=KeyRole.RECOVERY)
            for queue in Queue.values:
                Grant.made_with(pairs[KeyRole(queue)], recovery).save(force_insert=True)
            # Files and paper before the commit: without them the rows would be keys that nobody holds.
            self._write_bundles(pairs, development, development or options["write_recovery"])
            if not development:
                self._print_sheet(pairs[KeyRole.RECOVERY])
        bundle.forget()
        self.stdout.write(f"Keys made; bundles written below {settings.VAULT_DIR}.")

    def _print_sheet(self, recovery: core.KeyPair) -> None:
        self.stdout.write(SHEET.format(lines=recovery_sheet.write(recovery)))
        self.stdout.flush()

    def _write_bundles(
        self, pairs: dict[KeyRole, core.KeyPair], development: bool, write_recovery: bool
    ) -> None:
        common = {
            "development": development,
            "pins": {role.value: pair.kid for role, pair in pairs.items() if role != KeyRole.RECOVERY},
        }
        seeds = {role: bundle.encode(pair.seed) for role, pair in pairs.items()}

        def fresh() -> str:
            return bundle.encode(secrets.token_bytes(core.KEY_SIZE))

        bundle.write(
            "public",
            {
                **common,
                "site_salt": fresh(),
                "form_secret": fresh(),
                "cookie_secret": fresh(),
                "code_costs": [asdict(core.CODE_COST)],
            },
        )
        bundle.write("worker", {**common, "intake": [seeds[KeyRole.INTAKE]], "index_key": fresh()})
        bundle.write("staff", common)
        bundle.write("mail", {**common, "summary": [seeds[KeyRole.SUMMARY]]})
        if write_recovery:
            bundle.write("recovery", {**common, "seed": seeds[KeyRole.RECOVERY]})
