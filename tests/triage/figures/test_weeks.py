"""ISO weeks and the moment their summary is due."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.figures import weeks

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS)
def test_the_last_due_week_is_due_and_the_next_is_not(now: datetime) -> None:
    last = weeks.last_due_week(now)

    assert weeks.mailed_from(last) <= now < weeks.mailed_from(weeks.moved(last, 1))
    assert weeks.is_over(last, now)


@given(MOMENTS, st.integers(-200, 200))
def test_weeks_move_back_and_forth_and_sort_as_text(now: datetime, by: int) -> None:
    week = weeks.week_of(now)

    assert weeks.moved(weeks.moved(week, by), -by) == week
    assert (weeks.moved(week, by) > week) == (by > 0)


@pytest.mark.parametrize(
    ("week", "due_in_utc"),
    [
        ("2026-W46", datetime(2026, 11, 16, 6, 30, tzinfo=UTC)),  # winter
        ("2026-W28", datetime(2026, 7, 13, 5, 30, tzinfo=UTC)),  # summer
        ("2026-W13", datetime(2026, 3, 30, 5, 30, tzinfo=UTC)),  # the clocks went forward on its Sunday
        ("2026-W43", datetime(2026, 10, 26, 6, 30, tzinfo=UTC)),  # and back
        ("2026-W53", datetime(2027, 1, 4, 6, 30, tzinfo=UTC)),
    ],
)
def test_a_summary_is_due_at_half_past_seven_in_amsterdam(week: str, due_in_utc: datetime) -> None:
    assert weeks.mailed_from(week) == due_in_utc


def test_a_week_changes_at_midnight_in_amsterdam_not_in_utc() -> None:
    before, after = datetime(2026, 11, 15, 22, 59, tzinfo=UTC), datetime(2026, 11, 15, 23, 0, tzinfo=UTC)

    assert (weeks.week_of(before), weeks.week_of(after)) == ("2026-W46", "2026-W47")
    assert not weeks.is_over("2026-W46", before)
    assert weeks.is_over("2026-W46", after)


def test_week_53_is_followed_by_week_1() -> None:
    assert weeks.moved("2026-W53", 1) == "2027-W01"
    assert weeks.moved("2027-W01", -1) == "2026-W53"
    assert weeks.monday_of("2026-W53") == date(2026, 12, 28)
    assert weeks.sunday_of("2026-W53") == date(2027, 1, 3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "46",
        "2026-46",
        "2026-W00",
        "2025-W53",
        "2026-W54",
        "2026-w46",
        "9999-W52\n",
        "٢٠٢٦-W46",
        "0000-W01",
    ],
)
def test_what_is_not_a_week_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match="is not an ISO week such as 2026-W46") as refused:
        weeks.monday_of(text)

    assert "\n" not in str(refused.value)
