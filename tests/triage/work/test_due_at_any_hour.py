"""Due times of work items, at every moment of tests/conftest.py; written out by hand, not computed.

From triage/work/due.py nothing is taken: immediate is one service hour (9 to 17 on working days), high the
end of the working day, normal three and low ten working days later. Christmas and 1 January are holidays.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from reports.choices import Queue, Urgency
from tests.cast import DANGER, THANKS, Case, close
from tests.factories import FOR_FOLLOW_UP, FOR_OBI, FOR_POLICE, IN_DANGER, make_officer, make_report, ring_of
from triage.casework import decisions

pytestmark = [pytest.mark.django_db, pytest.mark.any_hour]
POLICE, OBI, FOLLOW_UP = Queue.POLICE_REFERRAL, Queue.OBI_APPROACH, Queue.FOLLOW_UP

DUE = {
    "workday": {
        Urgency.IMMEDIATE: "2026-11-25 12:00",
        Urgency.HIGH: "2026-11-25 17:00",
        Urgency.NORMAL: "2026-11-30 17:00",
        Urgency.LOW: "2026-12-09 17:00",
    },
    "night": {
        Urgency.IMMEDIATE: "2026-11-25 10:00",
        Urgency.HIGH: "2026-11-25 17:00",
        Urgency.NORMAL: "2026-11-30 17:00",
        Urgency.LOW: "2026-12-09 17:00",
    },
    "sunday": {
        Urgency.IMMEDIATE: "2026-11-30 10:00",
        Urgency.HIGH: "2026-11-30 17:00",
        Urgency.NORMAL: "2026-12-03 17:00",
        Urgency.LOW: "2026-12-14 17:00",
    },
    "holiday": {
        Urgency.IMMEDIATE: "2026-12-28 10:00",
        Urgency.HIGH: "2026-12-28 17:00",
        Urgency.NORMAL: "2026-12-31 17:00",
        Urgency.LOW: "2027-01-12 17:00",
    },
}
CALM_BUT_AFRAID = {**FOR_FOLLOW_UP, "feels_threatened": "yes"}
SLACK = timedelta(minutes=10)  # the clock goes on during a test


def expected(moment: str, urgency: str) -> datetime:
    return datetime.fromisoformat(DUE[moment][Urgency(urgency)]).replace(tzinfo=ZoneInfo("Europe/Amsterdam"))


def assert_due(due: datetime | None, moment: str, urgency: str) -> None:
    """Only an immediate item on a working day is due so long after the very second."""
    assert due is not None
    assert timedelta(0) <= due - expected(moment, urgency) < SLACK


@pytest.mark.parametrize(
    ("answers", "urgency"),
    [
        (IN_DANGER, Urgency.IMMEDIATE),
        (FOR_POLICE, Urgency.HIGH),
        (CALM_BUT_AFRAID, Urgency.NORMAL),
        (FOR_FOLLOW_UP, Urgency.LOW),
    ],
)
def test_a_filed_report_is_due_by_its_urgency(moment: str, answers: dict[str, str], urgency: str) -> None:
    for work in make_report(triaged=True, answers=answers).work_items.all():
        assert work.urgency == urgency
        assert_due(work.due, moment, urgency)


def test_dangerous_words_make_a_calm_report_due_at_once_in_every_queue(moment: str) -> None:
    case = Case(answers=FOR_FOLLOW_UP)

    case.add(DANGER)

    for queue in (FOLLOW_UP, POLICE):
        assert_due(case.work(queue).due, moment, Urgency.IMMEDIATE)


@pytest.mark.parametrize("answers", [FOR_POLICE, IN_DANGER])
@pytest.mark.parametrize("words", [THANKS, DANGER])
def test_an_addition_never_makes_overdue_work_due_later(answers: dict[str, str], words: str) -> None:
    case = Case(answers=answers)
    before = case.work(POLICE).due

    with time_machine.travel(timezone.now() + timedelta(days=30)):
        assert case.work(POLICE).is_overdue
        case.add(words)
        after = case.work(POLICE)

        assert after.is_overdue
        assert after.due == before


def test_words_added_later_leave_the_due_time_of_work_that_waits(moment: str) -> None:
    """A second addition of the same urgency is no reason to wait longer either."""
    case = Case(answers=IN_DANGER)
    before = case.work(POLICE).due

    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        case.add(DANGER)

    assert case.work(POLICE).due == before


def test_closed_work_that_comes_back_is_due_from_then_on(moment: str) -> None:
    anna = make_officer("anna", [POLICE])
    case = Case(answers=FOR_POLICE)
    close(case, POLICE, anna)
    assert case.work(POLICE).due is None

    case.add(THANKS)

    assert_due(case.work(POLICE).due, moment, Urgency.HIGH)


@pytest.mark.parametrize("urgency", [Urgency.IMMEDIATE, Urgency.NORMAL, Urgency.LOW])
def test_a_changed_urgency_brings_its_own_due_time(moment: str, urgency: str) -> None:
    anna = make_officer("anna", [POLICE])
    work = make_report(triaged=True, answers=FOR_POLICE).work_items.get(queue=POLICE)

    decisions.change_urgency(work_item=work, urgency=urgency, officer=anna, reason="rated anew")

    work.refresh_from_db()
    assert_due(work.due, moment, urgency)


def test_a_queue_that_is_added_has_the_due_time_of_the_urgency(moment: str) -> None:
    anna = make_officer("anna", [OBI])
    work = make_report(triaged=True, answers=FOR_OBI).work_items.get(queue=OBI)

    added = decisions.add_queue(work_item=work, queue=POLICE, officer=anna, ring=ring_of(anna), reason="also")

    assert_due(added.due, moment, work.urgency)
