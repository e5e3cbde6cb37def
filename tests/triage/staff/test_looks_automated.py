"""What was sent as programs send is read after the others of its urgency; nothing else changes."""

from __future__ import annotations

from typing import Any

import pytest

from reports import intake
from reports.choices import Queue
from reports.facts import Facts
from reports.models import Report
from tests.cast import LISTS, sign_in
from tests.factories import FOR_FOLLOW_UP, FOR_POLICE, IN_DANGER, form_key, make_officer, make_report, route
from triage.models import WorkItem

pytestmark = pytest.mark.django_db


def automated_report(answers: dict[str, Any], number: int) -> Report:
    receipt = intake.receive(
        form_key=form_key(number),
        facts=Facts.from_answers(answers),
        account="Words of a test.",
        language="en",
        looks_automated=True,
    )
    assert route(receipt.report_id)
    return Report.objects.get(pk=receipt.report_id)


@pytest.mark.any_hour
@pytest.mark.parametrize("answers", [FOR_POLICE, FOR_FOLLOW_UP, {}])
def test_a_automated_report_gets_the_queues_urgency_and_term_of_any_other(answers: dict[str, Any]) -> None:
    fast, other = automated_report(answers, 1), make_report(answers=answers, triaged=True)

    def handled(report: Report) -> list[tuple[Any, ...]]:
        return [
            (work.queue, work.state, work.urgency, work.due and work.due.date(), work.needs_person)
            for work in report.work_items.order_by("queue")
        ]

    assert handled(fast) == handled(other)
    assert {work.looks_automated for work in fast.work_items.all()} == {True}
    assert {work.looks_automated for work in other.work_items.all()} == {False}


@pytest.mark.parametrize("danger", ["yes", "unsure"])
def test_in_danger_nothing_is_hasty(danger: str) -> None:
    report = automated_report({**IN_DANGER, "in_danger_now": danger}, 2)

    assert not any(work.looks_automated for work in report.work_items.all())


def test_it_stands_after_the_others_of_its_urgency_and_before_what_is_less_urgent(staff_site: Any) -> None:
    fast = automated_report(FOR_POLICE, 3)
    later = make_report(triaged=True, answers=FOR_POLICE)
    calm = make_report(triaged=True, answers={**FOR_FOLLOW_UP, "feels_threatened": "yes"})
    ranks = [each.work_items.get(queue=Queue.POLICE_REFERRAL).urgency for each in (later, fast, calm)]
    assert ranks[0] == ranks[1] != ranks[2]

    shown = WorkItem.objects.filter(queue=Queue.POLICE_REFERRAL).most_urgent_first()
    assert [work.report for work in shown] == [later, fast, calm]
    make_officer("anna", [Queue.POLICE_REFERRAL])
    sign_in(staff_site, "anna")
    page = staff_site.get(LISTS[Queue.POLICE_REFERRAL], headers={"accept-language": "en"}).content.decode()
    places = [page.index(each.reference) for each in (later, fast, calm)]
    assert places == sorted(places)
    assert page.count("sent very fast, not judged") == 1


def test_its_page_says_that_nobody_judged_it(staff_site: Any) -> None:
    work = automated_report(FOR_POLICE, 4).work_items.get(queue=Queue.POLICE_REFERRAL)
    make_officer("anna", [Queue.POLICE_REFERRAL])
    sign_in(staff_site, "anna")
    address = f"{LISTS[Queue.POLICE_REFERRAL]}{work.pk}/change/"

    page = staff_site.get(address, headers={"accept-language": "en"}).content.decode()

    assert "Nobody judged it; a person can be fast too." in page
