"""Reads the audit chain from its start and says whether it holds."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.audit import verify


class Command(BaseCommand):
    help = "Reads the audit chain and names the first row that does not fit, if there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect",
            default="",
            metavar="HASH",
            help="a hash from an earlier weekly mail: the chain must still contain it",
        )
        parser.add_argument(
            "--prune",
            action="store_true",
            help="then replace the entries older than 24 months by one checkpoint (owner of the tables)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            whole = verify.verify(expected=options["expect"].strip().lower())
            if options["prune"]:
                gone = verify.prune_before(timezone.localdate() - verify.KEEP)
                self.stdout.write(f"{gone} entries were older than 24 months and were pruned.")
        except verify.Altered as altered:
            raise CommandError(f"The audit chain does not hold: {altered}.") from None
        older = f" It starts at a checkpoint after entry {whole.pruned}." if whole.pruned else ""
        self.stdout.write(f"The audit chain holds: {whole.head.seq} entries, head {whole.head.hash}.{older}")
