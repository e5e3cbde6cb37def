"""What a new policy changes: two policy folders on one case file. Needs no database and no keys."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from triage.policy.cases import BadCase, read_cases
from triage.policy.engine import assess
from triage.policy.loader import BrokenPolicy, load_policy


class Command(BaseCommand):
    help = "Show which cases two policy folders route differently."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "old", type=Path, help="folder with rules.toml, combinations.toml, phrases/, sources/"
        )
        parser.add_argument("new", type=Path)
        parser.add_argument("file", type=Path, help="case file (JSON Lines)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            old, new = load_policy(options["old"]), load_policy(options["new"])
            cases = read_cases(options["file"])
        except (BadCase, BrokenPolicy) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['file'].name}: {error.strerror}") from error
        changed = 0
        for case in cases:
            before, after = (assess(case.facts, case.account, policy) for policy in (old, new))
            if (before.queues, before.urgency) == (after.queues, after.urgency):
                continue
            changed += 1
            was, now = ({reason.rule for reason in found.reasons} for found in (before, after))
            rules = [f"+{rule}" for rule in sorted(now - was)] + [f"-{rule}" for rule in sorted(was - now)]
            self.stdout.write(
                f"{case.id}: {'+'.join(before.queues)} {before.urgency}"
                f" -> {'+'.join(after.queues)} {after.urgency}"
                f"  ({' '.join(rules) or 'same rules'})"
            )
        self.stdout.write(
            f"{changed} of {len(cases)} cases change from policy {old.version} to {new.version}."
        )
