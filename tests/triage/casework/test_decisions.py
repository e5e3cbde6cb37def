"""What people do with a report: confirm, correct, close; each with a sealed record, none without a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from reports.choices import Queue, ReportStatus, Urgency
from reports.models import ItemKind, Wrap
from reports.vault.keyring import CannotOpen
from tests.cast import DANGER, LISTS, Case, act, close, sign_in
from tests.factories import FOR_FOLLOW_UP, FOR_POLICE, make_officer, make_report, ring_of
from triage.casework import decisions, replies
from triage.choices import FollowUp, WorkState
from triage.models import Delivery, Subscription
from triage.work.items import NotNow

pytestmark = [pytest.mark.django_db, pytest.mark.any_hour]

POLICE, OBI, FOLLOW_UP = Queue.POLICE_REFERRAL, Queue.OBI_APPROACH, Queue.FOLLOW_UP


@pytest.fixture
def anna() -> Any:
    return make_officer("anna", [POLICE])


@pytest.fixture
def work_item() -> Any:
    return make_report(triaged=True, answers=FOR_POLICE, account="words").work_items.get(queue=POLICE)


def recorded(work_item: Any, officer: Any) -> list[dict[str, Any]]:
    ring = ring_of(officer)
    return [ring.open(item) for item in work_item.report.items.filter(kind=ItemKind.DECISION)]


def test_confirming_names_the_person_and_keeps_the_reason_sealed(anna: Any, work_item: Any) -> None:
    decisions.confirm(work_item=work_item, officer=anna, reason="belongs here")

    work_item.refresh_from_db()
    assert (work_item.state, work_item.assignee) == (WorkState.CONFIRMED, anna)
    [decision] = recorded(work_item, anna)
    assert (decision["verb"], decision["by"], decision["reason"]) == ("confirm", "anna", "belongs here")
    assert decision["at"]


def test_confirming_twice_is_refused(anna: Any, work_item: Any) -> None:
    decisions.confirm(work_item=work_item, officer=anna)

    with pytest.raises(NotNow):
        decisions.confirm(work_item=work_item, officer=anna)


def test_adding_a_queue_lets_its_members_open_the_report(anna: Any, work_item: Any) -> None:
    olga = make_officer("olga", [OBI])
    filed = work_item.report.items.get(kind=ItemKind.REPORT)
    with pytest.raises(CannotOpen):
        ring_of(olga).open(filed)

    added = decisions.add_queue(
        work_item=work_item, queue=OBI, officer=anna, ring=ring_of(anna), reason="a service was named"
    )

    assert ring_of(olga).open(filed)["account"] == "words"
    assert (added.state, added.urgency) == (WorkState.PROPOSED, work_item.urgency)


def test_an_officer_who_can_not_open_the_report_can_not_hand_it_on(work_item: Any) -> None:
    olga = make_officer("olga", [OBI])

    with pytest.raises(CannotOpen):
        decisions.add_queue(
            work_item=work_item, queue=OBI, officer=olga, ring=ring_of(olga), reason="curious"
        )

    assert not work_item.report.work_items.filter(queue=OBI).exists()


def test_removing_a_queue_takes_the_keys_away_from_its_members(anna: Any, work_item: Any) -> None:
    decisions.add_queue(work_item=work_item, queue=OBI, officer=anna, ring=ring_of(anna), reason="also")

    decisions.remove_queue(work_item=work_item, officer=anna, ring=ring_of(anna), reason="not for us")

    for item in work_item.report.items.exclude(kind=ItemKind.DECISION):
        with pytest.raises(CannotOpen):
            ring_of(anna).open(item)
    olga = make_officer("olga", [OBI])
    assert ring_of(olga).open(work_item.report.items.get(kind=ItemKind.REPORT))["account"] == "words"


def test_what_the_queue_decided_and_noted_stays_readable_for_those_that_keep_the_report(anna: Any) -> None:
    both = {**FOR_POLICE, "incident_types": ["threat", "coercion_relatives"], "suspected_actor": "belarus"}
    work_item = make_report(triaged=True, answers=both).work_items.get(queue=POLICE)
    decisions.confirm(work_item=work_item, officer=anna, reason="a threat", ring=ring_of(anna))
    replies.note(work_item=work_item, officer=anna, words="call on Monday", once="1")

    decisions.remove_queue(work_item=work_item, officer=anna, ring=ring_of(anna), reason="not for us")

    olga = ring_of(make_officer("olga", [OBI]))
    kept = [olga.open(each) for each in work_item.report.items.filter(kind__in=["decision", "note"])]
    said = {each.get("reason", each.get("words")) for each in kept}
    assert said == {"a threat", "call on Monday", "not for us"}


def test_a_reply_stays_readable_when_only_queues_stay_that_closed_without_the_report(anna: Any) -> None:
    case = Case(answers=FOR_FOLLOW_UP)
    frank, follow_up = make_officer("frank", [FOLLOW_UP]), case.work(FOLLOW_UP)
    replies.reply(work_item=follow_up, officer=frank, words="we read it", once="1")
    case.add(DANGER)
    close(case, POLICE, anna)

    decisions.remove_queue(work_item=follow_up, officer=frank, ring=ring_of(frank), reason="done")

    kept = {
        each.kind: ring_of(anna).open(each) for each in case.report.items.filter(kind__in=["reply", "report"])
    }
    assert kept["reply"]["words"] == "we read it"
    assert "account" in kept["report"]


def test_removing_the_last_queue_puts_the_report_in_follow_up(anna: Any, work_item: Any) -> None:
    decisions.remove_queue(work_item=work_item, officer=anna, ring=ring_of(anna), reason="no incident")

    frank = make_officer("frank", [FOLLOW_UP])
    follow_up = work_item.report.work_items.get(queue=FOLLOW_UP)
    assert follow_up.state == WorkState.PROPOSED
    assert ring_of(frank).open(work_item.report.items.get(kind=ItemKind.REPORT))["account"] == "words"


def test_a_report_can_not_leave_follow_up_for_nowhere() -> None:
    frank = make_officer("frank", [FOLLOW_UP])
    lone = make_report(triaged=True, answers=FOR_FOLLOW_UP).work_items.get()

    with pytest.raises(NotNow):
        decisions.remove_queue(work_item=lone, officer=frank, ring=ring_of(frank), reason="spam")

    lone.refresh_from_db()
    assert lone.state == WorkState.PROPOSED
    assert Wrap.objects.filter(item__report=lone.report).exists()


def test_closing_needs_a_confirmed_queue_and_a_decision_and_clears_the_due_time(
    anna: Any, work_item: Any
) -> None:
    with pytest.raises(NotNow):
        decisions.close(work_item=work_item, decision=FollowUp.ADVICE, officer=anna, reason="called back")
    decisions.confirm(work_item=work_item, officer=anna)

    decisions.close(work_item=work_item, decision=FollowUp.ADVICE, officer=anna, reason="called back")

    work_item.refresh_from_db()
    assert (work_item.state, work_item.due) == (WorkState.CLOSED, None)
    work_item.report.refresh_from_db()
    assert work_item.report.status == ReportStatus.CLOSED


def test_closing_one_queue_never_closes_the_other(anna: Any, work_item: Any) -> None:
    other = decisions.add_queue(work_item=work_item, queue=OBI, officer=anna, ring=ring_of(anna), reason="x")
    decisions.confirm(work_item=work_item, officer=anna)

    decisions.close(work_item=work_item, decision=FollowUp.NO_ACTION, officer=anna, reason="done")

    other.refresh_from_db()
    assert other.state == WorkState.PROPOSED
    work_item.report.refresh_from_db()
    assert work_item.report.status == ReportStatus.DECIDED


def test_raising_to_immediate_puts_an_alert_in_the_outbox(anna: Any, work_item: Any) -> None:
    Subscription.objects.create(email="desk@example.nl", kind=POLICE)

    decisions.change_urgency(
        work_item=work_item, urgency=Urgency.IMMEDIATE, officer=anna, reason="is at the door"
    )

    assert Delivery.objects.filter(subject=str(work_item.pk), sent=None).count() == 1
    [decision] = recorded(work_item, anna)
    assert (decision["before"], decision["after"]) == ("high", "immediate")


def test_the_verbs_work_from_the_page(staff_site: Any, anna: Any, work_item: Any) -> None:
    sign_in(staff_site, "anna")

    verbs: list[tuple[str, dict[str, str]]] = [
        ("confirm", {}),
        ("add_queue", {"queue": OBI, "reason": "a service"}),
        ("change_urgency", {"urgency": "normal", "reason": "calm"}),
        ("close", {"decision": "advice", "reason": "advised"}),
    ]
    start = timezone.now()
    for minutes, (verb, given) in enumerate(verbs):  # decisions are dated, and put in order, by the second
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert act(staff_site, work_item, verb, **given).status_code == 302

    work_item.refresh_from_db()
    assert (work_item.state, work_item.urgency) == (WorkState.CLOSED, Urgency.NORMAL)
    assert work_item.report.work_items.get(queue=OBI).state == WorkState.PROPOSED
    page = staff_site.get(f"{LISTS[POLICE]}{work_item.pk}/change/").content.decode()
    assert page.index("a service") < page.index("calm") < page.index("advised")


def test_a_missing_reason_is_asked_for_beside_its_field_and_nothing_happens(
    staff_site: Any, anna: Any, work_item: Any
) -> None:
    sign_in(staff_site, "anna")

    response = act(staff_site, work_item, "add_queue", queue=OBI, reason="  ")

    assert response.status_code == 422
    assert [
        offer.form.errors for offer in response.context["offers"]["correct"] if offer.name == "add_queue"
    ][0]["reason"]
    assert not work_item.report.work_items.filter(queue=OBI).exists()


@pytest.mark.parametrize("verb", ["confirm", "add_queue", "remove_queue", "change_urgency", "close"])
def test_nobody_acts_on_a_queue_they_are_not_a_member_of(staff_site: Any, work_item: Any, verb: str) -> None:
    make_officer("olga", [OBI])
    sign_in(staff_site, "olga")

    assert act(staff_site, work_item, verb, reason="x").status_code == 403

    work_item.refresh_from_db()
    assert work_item.state == WorkState.PROPOSED


def test_looking_changes_no_state_and_a_get_does_nothing(staff_site: Any, anna: Any, work_item: Any) -> None:
    sign_in(staff_site, "anna")

    assert staff_site.get(f"{LISTS[POLICE]}{work_item.pk}/do/confirm/").status_code == 405

    work_item.refresh_from_db()
    assert work_item.state == WorkState.PROPOSED
