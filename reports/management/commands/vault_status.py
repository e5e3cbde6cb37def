"""Prints the members of each queue; ends with 1 when a queue has no member or a key is not to be trusted."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.choices import Queue
from reports.vault import bundle, members
from reports.vault.queue_state import QueueState, state_of


class Command(BaseCommand):
    help = "Shows each queue's key and members; fails when a queue needs a person to act."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            states = [state_of(queue) for queue in Queue]
        except bundle.BundleRefused as refused:
            raise CommandError(str(refused)) from None
        for state in states:
            self._show(state)
        if alarms := [state.queue.value for state in states if state.alarms]:
            raise CommandError(f"A person must act: {', '.join(alarms)}.")

    def _show(self, state: QueueState) -> None:
        if state.key is None:
            self.stdout.write(f"{state.queue.value}: {state.fault}")
            return
        self.stdout.write(
            f"{state.queue.value}: epoch {state.key.epoch} since {state.key.created}, "
            f"{state.behind} items still open with an earlier key"
        )
        if not any(member.counts for member in state.members):
            self.stdout.write("  ALARM: no member. manage.py vault_admit, or vault_recover with the sheet.")
        for member in state.members:
            by = member.by.get_username() if member.by is not None else "the recovery key"
            alarm = "" if member.genuine else "  ALARM: no member made this grant"
            left = "" if member.user.is_active else "  (account closed: expel them)"
            self.stdout.write(
                f"  {member.user.get_username()}  {members.digits(member.kid)}  "
                f"since {member.since} by {by}{left}{alarm}"
            )
