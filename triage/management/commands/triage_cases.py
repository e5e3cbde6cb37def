"""Assess every case of a file as the worker assesses a report, and measure. Needs no database, no keys."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from triage.policy.cases import BadCase, Measure, Outcome, measures, pooled_by_language, read_cases, run_cases
from triage.policy.engine import assess
from triage.policy.loader import BrokenPolicy, the_policy

_FIRST_WORDS = 90


class Command(BaseCommand):
    help = "Assess the cases of a JSON Lines file and compare them with their labels (docs/triage.md)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="the figures as JSON")
        parser.add_argument("--misses", action="store_true", help="list what went wrong, with first words")
        parser.add_argument("--results", metavar="OUT", help="one JSON line a case to a file, or - for here")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcomes = run_cases(read_cases(options["file"]), assess)
            version = the_policy().version
        except (BadCase, BrokenPolicy) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['file'].name}: {error.strerror}") from error
        if options["results"]:
            self._results(outcomes, options["results"])
            return
        if options["json"]:
            self.stdout.write(json.dumps({"policy_version": version, **_plain(measures(outcomes))}))
        else:
            self._table(outcomes, version)
        if options["misses"]:
            self._misses(outcomes)

    def _results(self, outcomes: list[Outcome], out: str) -> None:
        lines = "".join(
            json.dumps(
                {
                    "id": outcome.case.id,
                    "queues": list(outcome.assessment.queues),
                    "urgency": outcome.assessment.urgency,
                    "rules": [reason.rule for reason in outcome.assessment.reasons],
                }
            )
            + "\n"
            for outcome in outcomes
        )
        if out == "-":
            self.stdout.write(lines, ending="")
        else:
            Path(out).write_text(lines, encoding="utf-8")

    def _table(self, outcomes: list[Outcome], version: str) -> None:
        figures = measures(outcomes)
        self.stdout.write(f"policy {version}, {figures['cases']} labelled cases; 95 % Wilson intervals")
        self._row("overall", figures["overall"])
        for mode, figure in figures["by_mode"].items():
            self._row(mode, figure)
        for language, figure in figures["by_language"].items():
            self._row(language, figure)
        for language, figure in pooled_by_language(outcomes).items():
            self._row(f"{language}, full + understated", figure)

    def _row(self, name: str, figure: Measure) -> None:
        self.stdout.write(f"\n{name} ({figure.cases})")
        for queue, share in figure.recall.items():
            self.stdout.write(f"  {queue:<16} recall {share}  precision {figure.precision[queue]}")
        self.stdout.write(f"  urgency exact {figure.urgency_exact}  at least {figure.urgency_at_least}")
        self.stdout.write(f"  danger recall {figure.danger_recall}  over-rated {figure.over_rated}")

    def _misses(self, outcomes: list[Outcome]) -> None:
        # To stderr, so that --json stays whole.
        for outcome in outcomes:
            case, found = outcome.case, outcome.assessment
            if not case.urgency or (case.queues, case.urgency) == (found.queues, found.urgency):
                continue
            rules = ", ".join(reason.rule for reason in found.reasons) or "no rule"
            self.stderr.write(
                f"\n{case.id} {case.language} {case.mode}: expected {'+'.join(case.queues)} {case.urgency}, "
                f"got {'+'.join(found.queues)} {found.urgency} ({rules})\n"
                f"  {' '.join(case.account.split())[:_FIRST_WORDS]}\n  {case.why}"
            )


def _plain(figures: dict[str, Any]) -> dict[str, Any]:
    return {
        "cases": figures["cases"],
        "overall": figures["overall"].as_dict(),
        "by_mode": {name: figure.as_dict() for name, figure in figures["by_mode"].items()},
        "by_language": {name: figure.as_dict() for name, figure in figures["by_language"].items()},
    }
