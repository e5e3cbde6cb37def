"""ISO weeks as text, "2026-W46": the unit in which figures are counted and mailed."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from django.utils import timezone


def week_of(moment: datetime) -> str:
    """The ISO week of a moment, in Amsterdam."""
    year, week, _ = timezone.localtime(moment).isocalendar()
    return f"{year}-W{week:02}"


def monday_of(week: str) -> date:
    """The Monday a week starts with. Raises ValueError, in one line, for anything that is not an ISO week."""
    match = re.fullmatch(r"(2[0-9]{3})-W([0-9]{2})", week)
    if match:
        with suppress(ValueError):  # W00, or W53 of a year that has 52
            return date.fromisocalendar(int(match[1]), int(match[2]), 1)
    raise ValueError(f"{week!r} is not an ISO week such as 2026-W46")


def sunday_of(week: str) -> date:
    """The last day of a week."""
    return monday_of(week) + timedelta(days=6)


def moved(week: str, by: int) -> str:
    """The week so many weeks later, or earlier when negative."""
    year, number, _ = (monday_of(week) + timedelta(weeks=by)).isocalendar()
    return f"{year}-W{number:02}"


def is_over(week: str, now: datetime) -> bool:
    """Whether the Monday after it has begun in Amsterdam: from then on its counts do not change.

    Raises ValueError for what is not a week.
    """
    return monday_of(week) < monday_of(week_of(now))


def mailed_from(week: str) -> datetime:
    """When a week's summary is due: the Monday after it, 07:30 in Amsterdam."""
    return datetime.combine(
        monday_of(week) + timedelta(days=7), time(7, 30), tzinfo=timezone.get_default_timezone()
    )


def last_due_week(now: datetime) -> str:
    """The newest week whose summary is due at `now`."""
    week = week_of(now - timedelta(days=7))
    if mailed_from(week) > now:
        week = week_of(now - timedelta(days=14))
    return week
