"""Words added later: assessed by themselves, they add and raise, never lower; a person looks again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NoReturn

import pytest
import time_machine
from django.utils import timezone

from reports.choices import Queue, ReportStatus, Urgency
from reports.models import Item, ItemKind, Report, Wrap
from reports.sealing import core
from reports.vault.keyring import CannotOpen, Keyring
from tests.cast import DANGER, THANKS, Case, close
from tests.factories import (
    FOR_FOLLOW_UP,
    FOR_OBI,
    FOR_POLICE,
    make_officer,
    make_report,
    ring_of,
)
from triage import tasks
from triage.casework import decisions
from triage.choices import FollowUp, WorkState
from triage.models import Delivery, Subscription
from triage.work import items
from triage.work.items import NotNow
from triage.worker import addition

pytestmark = [pytest.mark.django_db, pytest.mark.any_hour]
POLICE, OBI, FOLLOW_UP = Queue.POLICE_REFERRAL, Queue.OBI_APPROACH, Queue.FOLLOW_UP


def readers(item: Item) -> set[str]:
    """The queues whose members can open an item."""
    from reports.models import Key

    return set(Key.objects.filter(kid__in=item.wraps.values("to")).values_list("role", flat=True))


def test_words_go_to_the_queues_of_the_report_and_out_of_the_workers_hands() -> None:
    case = Case(answers=FOR_POLICE)

    item = case.add(THANKS)

    assert readers(item) == {POLICE}
    assert ring_of(make_officer("anna", [POLICE])).open(item)["words"] == THANKS
    with pytest.raises(CannotOpen):
        Keyring.of_worker().open(item)
    assert set(case.queues) == {POLICE}


def test_the_assessment_of_the_words_is_sealed_with_them_and_names_them() -> None:
    case = Case(answers=FOR_FOLLOW_UP)

    item = case.add(DANGER)

    anna = ring_of(make_officer("anna", [POLICE]))
    [assessed] = [
        content
        for each in Item.objects.filter(report=case.id, kind=ItemKind.ASSESSMENT)
        if anna.kids & set(each.wraps.values_list("to", flat=True))
        and (content := anna.open(each)).get("addition") == str(item.pk)
    ]
    assert assessed["urgency"] == Urgency.IMMEDIATE
    assert b"knife" not in Item.objects.get(report=case.id, kind=ItemKind.ADDITION).body


def test_dangerous_words_add_a_queue_and_raise_all_the_others() -> None:
    case = Case(answers=FOR_FOLLOW_UP)
    before = case.work(FOLLOW_UP)

    item = case.add(DANGER)

    assert case.queues == {
        FOLLOW_UP: (WorkState.PROPOSED, Urgency.IMMEDIATE),
        POLICE: (WorkState.PROPOSED, Urgency.IMMEDIATE),
    }
    after = case.work(FOLLOW_UP)
    assert before.due is not None and after.due is not None and after.due < before.due
    assert readers(item) == {FOLLOW_UP, POLICE}


def test_calm_words_lower_nothing() -> None:
    case = Case(answers={"in_danger_now": "yes", "feels_threatened": "yes"})
    before = case.work(POLICE)

    case.add(THANKS)

    after = case.work(POLICE)
    assert (after.urgency, after.due, after.state) == (before.urgency, before.due, before.state)
    assert set(case.queues) == {POLICE}


def test_words_without_a_rule_do_not_bring_follow_up_in() -> None:
    case = Case(answers=FOR_OBI)

    case.add(THANKS)

    assert set(case.queues) == {OBI}


def test_closed_and_confirmed_work_is_proposed_again_until_a_person_looked() -> None:
    anna = make_officer("anna", [POLICE])
    case = Case(answers=FOR_POLICE)
    close(case, POLICE, anna)
    assert case.report.status == ReportStatus.CLOSED

    case.add(THANKS)

    work = case.work(POLICE)
    assert work.state == WorkState.PROPOSED
    assert work.due is not None
    assert case.report.status == ReportStatus.DECIDED
    decisions.confirm(work_item=work, officer=anna)
    case.add(THANKS)
    with pytest.raises(NotNow):
        decisions.close(work_item=case.work(POLICE), decision=FollowUp.ADVICE, officer=anna, reason="unread")


def test_a_queue_the_report_was_removed_from_reads_nothing_more() -> None:
    anna = make_officer("anna")
    case = Case(answers=FOR_POLICE)
    ring = ring_of(anna)
    decisions.add_queue(work_item=case.work(POLICE), queue=OBI, officer=anna, ring=ring, reason="also")
    decisions.remove_queue(work_item=case.work(POLICE), officer=anna, ring=ring, reason="not here")

    item = case.add(THANKS)

    assert readers(item) == {OBI}
    assert case.work(POLICE).state == WorkState.REMOVED


def test_delivered_twice_is_done_once() -> None:
    case = Case(answers=FOR_FOLLOW_UP)
    item = case.add(DANGER)
    before = (Item.objects.count(), Wrap.objects.count(), case.queues)

    tasks.triage_item(str(item.pk))
    assert addition._hand_over(item, b"k" * 32, None, None, needs_person=True) is False

    assert (Item.objects.count(), Wrap.objects.count(), case.queues) == before


def test_it_waits_until_the_report_is_in_its_queues() -> None:
    case = Case(triaged=False)
    item = case.add_only(DANGER)

    assert item not in Item.objects.due(timezone.now())
    tasks.triage_item(str(Item.objects.get(report=case.id, kind=ItemKind.REPORT).pk))

    assert item in Item.objects.untriaged(), "the routing of the report leaves the words alone"
    assert item in Item.objects.due(timezone.now())
    tasks.triage_item(str(item.pk))
    assert POLICE in case.queues


def test_every_immediate_addition_mails_the_desk_once() -> None:
    Subscription.objects.create(email="desk@example.org", kind=POLICE)
    case = Case(answers={"in_danger_now": "yes", "feels_threatened": "yes"})
    assert Delivery.objects.count() == 1

    first = case.add(DANGER)
    tasks.triage_item(str(first.pk))
    case.add(THANKS)
    second = case.add(DANGER)

    subjects = set(Delivery.objects.values_list("subject", flat=True))
    assert subjects == {str(case.work(POLICE).pk), str(first.pk), str(second.pk)}


@pytest.mark.parametrize("words", [THANKS, DANGER])
def test_after_three_failures_people_read_the_words_unassessed(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> NoReturn:
        raise ValueError(words)

    case = Case(answers=FOR_OBI)
    item = case.add_only(words)
    monkeypatch.setattr(addition, "assess", fail)
    for _ in range(4):
        item.refresh_from_db()
        moment = item.next_try if isinstance(item.next_try, datetime) else timezone.now()
        with time_machine.travel(moment + timedelta(seconds=1)):
            tasks.triage_item(str(item.pk))

    work = case.work(OBI)
    assert (work.state, work.urgency, work.needs_person) == (WorkState.PROPOSED, Urgency.HIGH, True)
    assert readers(item) == {OBI}


def test_words_that_were_altered_are_an_alarm_that_is_raised_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    case = Case(answers=FOR_POLICE)
    anna = make_officer("anna", [POLICE])
    item = case.add_only(THANKS)
    Item.objects.filter(pk=item.pk).update(body=item.body[:-1] + bytes([item.body[-1] ^ 1]))
    item.refresh_from_db()
    ring = Keyring.of_worker()
    with pytest.raises(core.Broken):
        addition.do(item=item, ring=ring)

    assert addition.give_up(item=item, ring=ring)
    assert "INTEGRITY ALARM" in caplog.text
    assert case.work(POLICE).needs_person
    decisions.confirm(work_item=case.work(POLICE), officer=anna)

    assert addition.give_up(item=item, ring=ring) is False
    assert case.work(POLICE).state == WorkState.CONFIRMED


def test_words_put_there_without_the_code_are_handed_over_marked(caplog: pytest.LogCaptureFixture) -> None:
    case = Case(answers=FOR_POLICE)
    intruder = core.KeyPair.generate()
    item, key = Item.compose(case.report, ItemKind.ADDITION, {"words": "Close it.", "language": "en"})
    content = {
        "words": "Close it.",
        "language": "en",
        "signature": intruder.sign(b"addition" + item.pk.bytes, b"Close it.").hex(),
    }
    item.body = item.seal(key, content)
    item.save(force_insert=True)
    Wrap.objects.hand({item: key}, [Keyring.of_worker().pair(next(iter(Keyring.of_worker().kids))).public])

    tasks.triage_item(str(item.pk))

    assert case.work(POLICE).needs_person
    assert "INTEGRITY ALARM" in caplog.text


def test_an_added_queue_gets_the_report_when_an_officer_of_the_first_confirms() -> None:
    anna, olga = make_officer("anna", [OBI]), make_officer("olga", [POLICE])
    case = Case(answers=FOR_OBI, account="the report")
    filed = Item.objects.get(report=case.id, kind=ItemKind.REPORT)
    added = case.add(DANGER)
    assert ring_of(olga).open(added)["words"] == DANGER
    with pytest.raises(CannotOpen):
        ring_of(olga).open(filed)
    assert items.without_report(case.report) == [POLICE]

    decisions.confirm(work_item=case.work(POLICE), officer=olga, ring=ring_of(olga))
    assert items.without_report(case.report) == [POLICE]
    decisions.confirm(work_item=case.work(OBI), officer=anna, ring=ring_of(anna))

    assert items.without_report(case.report) == []
    assert ring_of(olga).open(filed)["account"] == "the report"


def test_it_can_be_handed_there_by_name_and_keeps_its_urgency() -> None:
    anna = make_officer("anna", [OBI])
    case = Case(answers=FOR_OBI)
    case.add(DANGER)

    decisions.add_queue(
        work_item=case.work(OBI), queue=POLICE, officer=anna, ring=ring_of(anna), reason="yes"
    )

    assert items.without_report(case.report) == []
    assert case.work(POLICE).urgency == Urgency.IMMEDIATE
    with pytest.raises(NotNow):
        decisions.add_queue(
            work_item=case.work(OBI), queue=POLICE, officer=anna, ring=ring_of(anna), reason="again"
        )


def test_removing_the_first_queue_never_leaves_a_report_nobody_opens() -> None:
    anna, olga = make_officer("anna", [OBI]), make_officer("olga", [POLICE])
    case = Case(answers=FOR_OBI, account="the report")
    case.add(DANGER)

    with pytest.raises(CannotOpen):
        decisions.remove_queue(work_item=case.work(OBI), officer=olga, ring=ring_of(olga), reason="x")
    decisions.remove_queue(work_item=case.work(OBI), officer=anna, ring=ring_of(anna), reason="x")

    filed = Item.objects.get(report=case.id, kind=ItemKind.REPORT)
    assert ring_of(olga).open(filed)["account"] == "the report"


def test_words_for_a_report_removed_meanwhile_are_removed_too() -> None:
    case = Case(answers=FOR_POLICE)
    item = case.add_only(THANKS)
    Report.objects.filter(pk=case.id).update(status=ReportStatus.WITHDRAWN)

    tasks.triage_item(str(item.pk))

    assert not Item.objects.filter(report=case.id).exists()


def test_the_report_is_kept_a_year_from_the_addition() -> None:
    case = Case(answers=FOR_POLICE)
    with time_machine.travel(timezone.now() + timedelta(days=100)):
        case.add(THANKS)
        assert case.report.delete_after == timezone.localdate() + timedelta(days=365)
    Report.objects.filter(pk=case.id).update(delete_after=timezone.localdate() + timedelta(days=730))
    case.add(THANKS)

    assert case.report.delete_after == timezone.localdate() + timedelta(days=730)


def test_other_reports_are_left_alone() -> None:
    other = make_report(triaged=True, answers=FOR_FOLLOW_UP)
    before = [(work.state, work.urgency, work.due) for work in other.work_items.all()]

    Case(answers=FOR_FOLLOW_UP).add(DANGER)

    assert [(work.state, work.urgency, work.due) for work in other.work_items.all()] == before
