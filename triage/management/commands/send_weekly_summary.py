"""`manage.py send_weekly_summary --week 2026-W46 [--dry-run] [--early]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from triage.figures import summaries, weeks


class Command(BaseCommand):
    help = "Mails a week's summary to every subscriber who has not had it, or prints it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--week", help="the ISO week, such as 2026-W46; default: the last one due")
        parser.add_argument("--dry-run", action="store_true", help="print the text of the mail, send nothing")
        parser.add_argument("--early", action="store_true", help="in the trial: the running week as well")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        week = options["week"] or weeks.last_due_week(now)
        try:
            early = not weeks.is_over(week, now)
            if early and not options["early"]:
                raise CommandError(f"{week} is not over: its figures can still change")
            if early:
                summaries.check_early(week)
        except ValueError as error:
            raise CommandError(str(error)) from None
        if options["dry_run"]:
            self._print(week, early=early)
        elif early:
            self._send_early(week)
        else:
            outcome = summaries.send_week(week)
            self.stdout.write(f"{week}: {outcome.sent} sent, {outcome.waiting} waiting")
            if outcome.waiting:
                raise CommandError("not all could be sent; the others wait in the outbox")

    def _send_early(self, week: str) -> None:
        try:
            sent = summaries.send_early(week)
        except OSError as error:  # every error of smtplib is one
            raise CommandError(f"the mail server does not answer: {type(error).__name__}") from None
        self.stdout.write(f"{week}: {sent} sent early; this is not that week's mail")

    def _print(self, week: str, *, early: bool) -> None:
        figures = summaries.figures(week, early=early)
        for language in summaries.languages():
            subject, text, _html = summaries.rendered(figures, language)
            self.stdout.write(f"Subject: {subject}\n\n{text}")
