"""Makes every key once: rows for the public halves, one bundle a process for the rest."""

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
from reports.vault import bundle, core


class Command(BaseCommand):
    help = "Makes the intake, queue, summary and recovery keys and writes one bundle for each process."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--development",
            action="store_true",
            help="mark the bundles as development ones, which only the trial accepts",
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
            recovery = pairs[KeyRole.RECOVERY]
            for queue in Queue.values:
                pair = pairs[KeyRole(queue)]
                Grant.objects.create(
                    queue_key_id=pair.kid,
                    holder_id=recovery.kid,
                    blob=core.wrap(pair.seed, recovery.public, Grant.context_of(pair.kid)),
                )
            # Files before the commit: without them the rows would be keys that nobody holds.
            self._write_bundles(pairs, development)
        bundle.forget()
        self.stdout.write(f"Keys made; bundles written below {settings.VAULT_DIR}.")
        if not development:
            self.stdout.write("Print recovery/bundle.json, lock the paper away, then delete the file.")

    def _write_bundles(self, pairs: dict[KeyRole, core.KeyPair], development: bool) -> None:
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
        bundle.write("recovery", {**common, "seed": seeds[KeyRole.RECOVERY]})
