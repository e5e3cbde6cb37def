"""When a person must have read a work item (triage/work/due.py)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.choices import Urgency
from triage.work.due import due_at, is_working_day

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(AMSTERDAM))  # noqa: DTZ001


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("urgency", "filed", "due"),
    [
        ("immediate", "2026-11-16T10:00", "2026-11-16T11:00"),
        ("immediate", "2026-11-16T16:30", "2026-11-17T09:30"),  # half an hour is left today
        ("immediate", "2026-11-16T03:00", "2026-11-16T10:00"),
        ("immediate", "2026-11-13T22:00", "2026-11-16T10:00"),  # Friday night
        ("immediate", "2026-03-27T16:45", "2026-03-30T09:45"),  # over the change of the clocks
        ("immediate", "2026-12-24T16:30", "2026-12-28T09:30"),  # over Christmas
        ("high", "2026-11-16T10:00", "2026-11-16T17:00"),
        ("high", "2026-11-16T17:00", "2026-11-17T17:00"),
        ("high", "2026-04-27T10:00", "2026-04-28T17:00"),  # King's Day
        ("normal", "2026-11-16T10:00", "2026-11-19T17:00"),
        ("normal", "2026-11-20T10:00", "2026-11-25T17:00"),
        ("low", "2026-11-16T10:00", "2026-11-30T17:00"),
        ("low", "2026-11-14T10:00", "2026-11-30T17:00"),  # Saturday counts as Monday
    ],
)
def test_due_times_by_urgency(urgency: str, filed: str, due: str) -> None:
    assert due_at(urgency, at(filed)) == at(due)


@given(MOMENTS, st.sampled_from(Urgency.values))
def test_a_due_time_is_later_and_in_service_hours(filed: datetime, urgency: str) -> None:
    due = due_at(urgency, filed).astimezone(AMSTERDAM)

    assert due > filed
    assert is_working_day(due.date())
    assert time(9) < due.time() <= time(17)


@given(MOMENTS)
def test_more_urgent_is_never_due_later(filed: datetime) -> None:
    due = [due_at(urgency, filed) for urgency in ("high", "normal", "low")]

    assert due == sorted(due)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=30)), st.sampled_from(Urgency.values))
def test_what_comes_in_later_is_not_due_earlier(filed: datetime, wait: timedelta, urgency: str) -> None:
    assert due_at(urgency, filed + wait) >= due_at(urgency, filed)
