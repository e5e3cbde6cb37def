"""Counts of a week and addresses for the tests of the mail."""

from __future__ import annotations

from collections.abc import Sequence

from reports.choices import Queue, Urgency
from triage.choices import MailKind
from triage.models import Subscription, Tally

W46_IS_DUE = "2026-11-16T06:30:00+00:00"  # Monday 07:30 in Amsterdam


def count_week(week: str, total: int, queues: Sequence[int], urgencies: Sequence[int]) -> None:
    """Writes the tallies of a week, queues and urgencies in the order of their lists."""
    rows = [(Tally.List.RECEIVED, "", total)]
    rows += [(Tally.List.QUEUE, line.value, count) for line, count in zip(Queue, queues, strict=True)]
    rows += [(Tally.List.URGENCY, line.value, count) for line, count in zip(Urgency, urgencies, strict=True)]
    Tally.objects.bulk_create(
        Tally(week=week, list=name, line=line, count=count) for name, line, count in rows if count
    )


def count_november() -> None:
    """Weeks 43 to 46 of 2026: plenty, plenty, few, plenty."""
    count_week("2026-W43", 24, (9, 9, 8), (3, 4, 5, 12))
    count_week("2026-W44", 18, (9, 9, 5), (3, 4, 5, 6))
    count_week("2026-W45", 3, (2, 1, 1), (0, 1, 1, 1))
    count_week("2026-W46", 31, (17, 14, 6), (2, 9, 13, 7))


def subscribe(*emails: str, kind: str = MailKind.SUMMARY, language: str = "nl") -> list[Subscription]:
    return [Subscription.objects.create(email=each, kind=kind, language=language) for each in emails]
