"""How far an officer's verb reaches: which keys it hands out or takes away, and whom it tells."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from reports.choices import Queue
from reports.models import Audit, Item, ItemKind, Wrap
from reports.vault import succession
from tests.cast import THANKS, Case, act, close, sign_in
from tests.factories import (
    FOR_FOLLOW_UP,
    FOR_OBI,
    FOR_POLICE,
    IN_DANGER,
    make_officer,
    make_report,
    ring_of,
    route_unassessed,
)
from triage import tasks
from triage.casework import decisions
from triage.models import Delivery, Subscription

pytestmark = pytest.mark.django_db
POLICE, OBI, FOLLOW_UP = Queue.POLICE_REFERRAL, Queue.OBI_APPROACH, Queue.FOLLOW_UP


def test_removing_a_queue_takes_away_what_its_earlier_keys_open_too(staff_site: Any) -> None:
    anna = make_officer("anna", [POLICE])
    work = make_report(triaged=True, answers=FOR_POLICE).work_items.get(queue=POLICE)
    decisions.add_queue(work_item=work, queue=OBI, officer=anna, ring=ring_of(anna), reason="also")
    succession.new_epoch(queue=POLICE, ring=ring_of(anna), by=anna)
    assert Wrap.objects.filter(item__report=work.report, to__in=ring_of(anna).kids).exists()
    sign_in(staff_site, "anna")

    assert act(staff_site, work, "remove_queue", reason="not for us").status_code == 302

    assert not Wrap.objects.filter(item__report=work.report, to__in=ring_of(anna).kids).exists()


def test_the_queue_that_is_added_reads_who_added_it_and_why() -> None:
    anna, olga = make_officer("anna", [POLICE]), make_officer("olga", [OBI])
    work = make_report(triaged=True, answers=FOR_POLICE).work_items.get(queue=POLICE)

    decisions.add_queue(work_item=work, queue=OBI, officer=anna, ring=ring_of(anna), reason="a service")

    decision = ring_of(olga).open(work.report.items.get(kind=ItemKind.DECISION))
    assert (decision["verb"], decision["by"], decision["reason"]) == ("add_queue", "anna", "a service")


def test_what_the_rules_did_not_judge_stays_marked_in_a_queue_that_is_added() -> None:
    frank = make_officer("frank", [FOLLOW_UP])
    report = make_report()
    assert route_unassessed(report.pk)
    work = report.work_items.get(queue=FOLLOW_UP)

    added = decisions.add_queue(work_item=work, queue=OBI, officer=frank, ring=ring_of(frank), reason="look")

    assert work.needs_person
    assert added.needs_person


@pytest.mark.parametrize("verb", ["add_queue", "remove_queue"])
def test_a_desk_that_gets_an_immediate_report_from_another_is_mailed(staff_site: Any, verb: str) -> None:
    for queue in Queue.values:
        Subscription.objects.create(email=f"{queue}@example.org", kind=queue)
    make_officer("anna", [POLICE])
    work = make_report(triaged=True, answers=IN_DANGER).work_items.get(queue=POLICE)
    before = set(Delivery.objects.values_list("pk", flat=True))
    sign_in(staff_site, "anna")

    data = {"queue": FOLLOW_UP.value} if verb == "add_queue" else {}
    assert act(staff_site, work, verb, reason="for you", **data).status_code == 302

    [alert] = Delivery.objects.exclude(pk__in=before)
    assert alert.subscription.kind == FOLLOW_UP
    assert alert.subject == str(work.report.work_items.get(queue=FOLLOW_UP).pk)


@pytest.mark.parametrize(
    ("answers", "queue", "kept_until"),
    [
        (FOR_POLICE, POLICE, date(2028, 11, 24)),
        (FOR_OBI, OBI, date(2028, 11, 24)),
        (FOR_FOLLOW_UP, FOLLOW_UP, date(2027, 11, 25)),
    ],
)
def test_a_closed_report_is_kept_24_months_after_police_or_obi_and_12_after_follow_up(
    answers: dict[str, Any], queue: Queue, kept_until: date
) -> None:
    """730 and 365 days from Wednesday 25 November 2026."""
    case = Case(answers=answers)

    close(case, queue, make_officer("anna", [queue]))

    assert case.report.delete_after == kept_until


def test_a_queue_that_lost_the_report_does_not_make_it_referred() -> None:
    case = Case(answers=FOR_POLICE)
    anna = make_officer("anna", [POLICE, FOLLOW_UP])
    decisions.remove_queue(
        work_item=case.work(POLICE), officer=anna, ring=ring_of(anna), reason="no police matter"
    )
    close(case, FOLLOW_UP, anna)

    case.withdraw()

    assert not Item.objects.filter(report=case.id).exists()


def test_an_addition_whose_wrap_was_altered_is_an_alarm_in_the_audit_chain_once() -> None:
    case = Case(answers=FOR_POLICE)
    item = case.add_only(THANKS)
    wrap = item.wraps.get()
    Wrap.objects.filter(pk=wrap.pk).update(blob=wrap.blob[:-1] + bytes([wrap.blob[-1] ^ 1]))

    for _ in range(5):
        item.refresh_from_db()
        moment = item.next_try if isinstance(item.next_try, datetime) else timezone.now()
        with time_machine.travel(moment + timedelta(seconds=1)):
            tasks.triage_item(str(item.pk))

    entries = [json.loads(row.entry) for row in Audit.objects.order_by("seq")]
    [alarm] = [entry for entry in entries if entry["verb"] == "integrity_alarm"]
    assert (alarm["actor"], alarm["subject"]) == ("process:worker", f"item:{item.pk}")
    assert alarm["report"] == str(case.id)
    assert case.work(POLICE).needs_person


def test_added_words_that_were_altered_reach_people_all_the_same_and_are_an_alarm() -> None:
    case = Case(answers=FOR_POLICE)
    anna = make_officer("anna", [POLICE])
    item = case.add_only(THANKS)
    Item.objects.filter(pk=item.pk).update(body=item.body[:-1] + bytes([item.body[-1] ^ 1]))

    for _ in range(4):
        item.refresh_from_db()
        moment = item.next_try if isinstance(item.next_try, datetime) else timezone.now()
        with time_machine.travel(moment + timedelta(seconds=1)):
            tasks.triage_item(str(item.pk))

    assert not Item.objects.filter(pk=item.pk).untriaged().exists()
    assert ring_of(anna).key_of(Item.objects.get(pk=item.pk))
    assert case.work(POLICE).needs_person
    entries = [json.loads(row.entry) for row in Audit.objects.order_by("seq")]
    assert [entry["subject"] for entry in entries if entry["verb"] == "integrity_alarm"] == [
        f"item:{item.pk}"
    ]
