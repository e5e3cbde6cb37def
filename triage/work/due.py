"""When a person must have read a work item: service hours, working days, Dutch holidays.

The times are the portal's own (docs/policy.md, Due times); the ministers' answers
name none. Settings: SERVICE_HOURS, DUE_SERVICE_HOURS, DUE_WORKING_DAYS.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

import holidays
from django.conf import settings
from django.utils import timezone

from reports.choices import Urgency


def due_at(urgency: str, now: datetime) -> datetime:
    """The moment by which a person must have read it. `now` must be aware; so is the result."""
    local = timezone.localtime(now)
    if urgency == Urgency.IMMEDIATE:
        return _after_service_time(local, timedelta(hours=settings.DUE_SERVICE_HOURS["immediate"]))
    return _end_of_working_day(local, settings.DUE_WORKING_DAYS[urgency])


def is_working_day(day: date) -> bool:
    """Monday to Friday, not a Dutch public holiday."""
    return day.weekday() < 5 and day not in _dutch_holidays()


@cache
def _dutch_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("NL")


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=timezone.get_default_timezone())


def _next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def _after_service_time(local: datetime, left: timedelta) -> datetime:
    opens, closes = settings.SERVICE_HOURS
    day = local.date()
    start = max(local, _at(day, opens))
    if not is_working_day(day) or start >= _at(day, closes):
        day = _next_working_day(day)
        start = _at(day, opens)
    while start + left > _at(day, closes):
        left -= _at(day, closes) - start
        day = _next_working_day(day)
        start = _at(day, opens)
    return start + left


def _end_of_working_day(local: datetime, days: int) -> datetime:
    """The end of the working day `days` after this one; a day whose hours are over counts as the next."""
    _opens, closes = settings.SERVICE_HOURS
    day = local.date()
    if not is_working_day(day) or local >= _at(day, closes):
        day = _next_working_day(day)
    for _ in range(days):
        day = _next_working_day(day)
    return _at(day, closes)
