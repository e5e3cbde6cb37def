"""Removes what is past its time, as beat does every night."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from reports import audit
from triage.worker.nightly_purge import purge


class Command(BaseCommand):
    help = "Removes contact data, waiting replies and reports past their time (docs/retention.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        # In the worker's container it has the worker's rights, so the audit entry names the worker.
        done = purge(actor="worker" if settings.ROLE == "worker" else audit.CONSOLE)
        self.stdout.write(
            f"Removed: {done.reports} reports, contact data of {done.contacts},"
            f" {done.replies} replies from mailboxes."
        )
        if done.never_closed:
            self.stderr.write(
                f"{done.never_closed} of these reports had never been closed. Look why nobody worked on them."
            )
