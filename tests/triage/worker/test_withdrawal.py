"""A reporter withdraws: the worker removes everything, unless it was referred; the mailbox says which."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from reports import mailbox
from reports.choices import Queue, ReportStatus
from reports.models import Audit, Item, ItemKind, Mailbox, Wrap
from reports.sealing import core
from reports.vault import bundle
from reports.vault.keyring import Keyring
from tests.cast import DANGER, LISTS, THANKS, Case, close, sign_in
from tests.factories import FOR_FOLLOW_UP, FOR_OBI, FOR_POLICE, make_officer, ring_of
from triage import tasks
from triage.casework import decisions, replies
from triage.casework.removal import remove_after_all
from triage.choices import WorkState
from triage.models import Delivery, Subscription, WorkItem
from triage.work.items import NotNow
from triage.worker import withdrawal

pytestmark = pytest.mark.django_db
POLICE, OBI, FOLLOW_UP = Queue.POLICE_REFERRAL, Queue.OBI_APPROACH, Queue.FOLLOW_UP


def ask(case: Case) -> Item:
    mailbox.withdraw(holder=case.holder)
    return Item.objects.get(report=case.id, kind=ItemKind.WITHDRAWAL)


def withdraw(case: Case) -> None:
    tasks.triage_item(str(ask(case).pk))


def is_removed(case: Case) -> bool:
    return (
        not Item.objects.filter(report=case.id).exists()
        and not Wrap.objects.filter(item__report=case.id).exists()
        and case.report.status == ReportStatus.WITHDRAWN
        and not WorkItem.objects.open().filter(report=case.id).exists()
    )


@pytest.mark.parametrize("answers_given", [FOR_FOLLOW_UP, FOR_POLICE, FOR_OBI])
def test_a_report_that_nobody_decided_on_is_removed_at_once(answers_given: dict[str, Any]) -> None:
    case = Case(answers=answers_given, contact={"phone": "1"})
    case.add(THANKS)

    withdraw(case)

    assert is_removed(case)
    visit = mailbox.visit(case.holder)
    assert visit.is_removed
    assert (visit.replies, visit.asked_to_withdraw, visit.kept) == ((), False, False)


def test_a_request_made_before_the_report_was_routed_waits_for_that_and_is_not_swallowed() -> None:
    case = Case(triaged=False)
    item = ask(case)
    assert item not in Item.objects.due(timezone.now())

    tasks.triage_item(str(Item.objects.get(report=case.id, kind=ItemKind.REPORT).pk))
    assert item in Item.objects.due(timezone.now())
    tasks.triage_item(str(item.pk))

    assert is_removed(case)


def test_a_confirmed_report_that_no_queue_decided_on_is_removed() -> None:
    case = Case(answers=FOR_POLICE)
    decisions.confirm(work_item=case.work(POLICE), officer=make_officer("anna", [POLICE]))

    withdraw(case)

    assert is_removed(case)


def test_a_closed_signal_for_follow_up_was_never_referred_and_is_removed() -> None:
    case = Case(answers=FOR_FOLLOW_UP)
    close(case, FOLLOW_UP, make_officer("anna"))

    withdraw(case)

    assert is_removed(case)


@pytest.mark.any_hour
@pytest.mark.parametrize(("answers_given", "queue"), [(FOR_POLICE, POLICE), (FOR_OBI, OBI)])
def test_after_police_or_obi_decided_it_is_kept_and_a_person_must_look(
    answers_given: dict[str, Any], queue: Queue
) -> None:
    case = Case(answers=answers_given)
    anna = make_officer("anna", [queue])
    close(case, queue, anna)

    withdraw(case)

    assert not is_removed(case)
    visit = mailbox.visit(case.holder)
    assert (visit.kept, visit.is_removed, visit.replies) == (True, False, ())
    assert case.work(queue).state == WorkState.PROPOSED
    request = Item.objects.get(report=case.id, kind=ItemKind.WITHDRAWAL)
    assert mailbox.is_of_holder(request, ring_of(anna).open(request))


@pytest.mark.any_hour
def test_an_addition_that_reopened_the_work_does_not_make_it_forgotten() -> None:
    case = Case(answers=FOR_POLICE)
    close(case, POLICE, make_officer("anna", [POLICE]))
    case.add(THANKS)
    assert case.work(POLICE).state == WorkState.PROPOSED

    withdraw(case)

    assert mailbox.visit(case.holder).kept


def test_a_person_may_remove_it_after_all() -> None:
    case = Case(answers=FOR_POLICE)
    anna = make_officer("anna", [POLICE])
    close(case, POLICE, anna)
    with pytest.raises(NotNow):
        remove_after_all(work_item=case.work(POLICE), officer=anna, reason="nobody asked")
    withdraw(case)

    remove_after_all(work_item=case.work(POLICE), officer=anna, reason="nothing was handed on")

    assert is_removed(case)
    assert mailbox.visit(case.holder).is_removed


def test_nobody_opens_a_removed_report_not_with_every_key_and_an_old_copy_of_the_bodies() -> None:
    """The backup keeps bodies longer than wraps (docs/retention.md): without wraps nobody opens them."""
    case = Case(answers=FOR_POLICE, contact={"phone": "1"})
    make_officer("anna", [POLICE])
    case.add(THANKS)
    old = list(Item.objects.filter(report=case.id))
    assert old

    withdraw(case)

    pairs = [*bundle.worker().intake, bundle.recovery().pair, case.holder.pair]
    rings = [Keyring(pairs), Keyring.of_holder(bundle.recovery().pair)]
    everything = [pair for ring in rings for pair in ring._pairs.values()]
    for item in old:
        for wrap in Wrap.objects.all():
            for pair in everything:
                with pytest.raises(core.Broken):
                    item.read(pair.unwrap(wrap.blob, item.context))
        assert not item.wraps.exists()


@pytest.mark.any_hour
def test_the_mailboxs_key_goes_too_and_the_code_still_says_removed() -> None:
    case = Case()
    before = Mailbox.objects.get(report=case.id)

    withdraw(case)

    after = Mailbox.objects.get(report=case.id)
    assert after.lookup == before.lookup
    assert after.kid != before.kid
    assert after.public == b""
    for verb in (
        mailbox.withdraw,
        lambda holder: mailbox.add_words(holder=holder, form_key=b"1", words="x", language="en"),
    ):
        with pytest.raises(mailbox.Withdrawn):
            verb(holder=case.holder)
    assert case.report.delete_after == timezone.localdate() + timedelta(days=30)


def test_delivered_twice_it_is_done_once() -> None:
    kept, gone = Case(answers=FOR_POLICE), Case()
    close(kept, POLICE, make_officer("anna", [POLICE]))
    for case in (kept, gone):
        item = ask(case)
        tasks.triage_item(str(item.pk))
        tasks.triage_item(str(item.pk))
        mailbox_again = Item.objects.filter(report=case.id, kind=ItemKind.WITHDRAWAL)
        for one in mailbox_again:
            assert withdrawal.give_up(item=one, ring=Keyring.of_worker()) is False

    assert Item.objects.filter(report=kept.id, kind=ItemKind.REPLY).count() == 1


def forge(case: Case, content: dict[str, Any]) -> Item:
    """What a captured public process could insert: it knows ids and the intake key, not the code."""
    item, key = Item.compose(case.report, ItemKind.WITHDRAWAL, content)
    item.save(force_insert=True)
    ring = Keyring.of_worker()
    Wrap.objects.hand({item: key}, [ring.pair(next(iter(ring.kids))).public])
    return item


def test_a_request_without_the_code_removes_nothing_and_is_brought_before_a_person() -> None:
    case, other = Case(answers=FOR_POLICE), Case()
    anna = make_officer("anna", [POLICE])
    pair = core.KeyPair.generate()
    forged = forge(case, {"signature": pair.sign(b"withdrawal", case.id.bytes).hex()})
    with pytest.raises(withdrawal.Forged):
        withdrawal.do(item=forged, ring=Keyring.of_worker())
    for content in ({}, {"signature": other.holder.pair.sign(b"withdrawal", case.id.bytes).hex()}):
        with pytest.raises(withdrawal.Forged):
            withdrawal.do(item=forge(case, content), ring=Keyring.of_worker())

    for _ in range(4):
        forged.refresh_from_db()
        moment = forged.next_try if isinstance(forged.next_try, datetime) else timezone.now()
        with time_machine.travel(moment + timedelta(seconds=1)):
            tasks.triage_item(str(forged.pk))

    assert not is_removed(case)
    assert case.work(POLICE).needs_person
    assert not mailbox.is_of_holder(forged, ring_of(anna).open(forged))


def test_alerts_that_were_not_mailed_yet_are_not_mailed() -> None:
    Subscription.objects.create(email="desk@example.org", kind=POLICE)
    case = Case(answers={"in_danger_now": "yes", "feels_threatened": "yes"})
    assert Delivery.objects.count() == 1

    withdraw(case)

    assert not Delivery.objects.exists()


def test_alerts_about_words_that_were_added_are_not_mailed_either() -> None:
    Subscription.objects.create(email="desk@example.org", kind=POLICE)
    case = Case(answers=FOR_POLICE)
    case.add(DANGER)
    assert Delivery.objects.count() == 1

    withdraw(case)

    assert not Delivery.objects.exists()


def test_officers_can_do_nothing_more_with_it() -> None:
    case = Case(answers=FOR_POLICE)
    anna = make_officer("anna", [POLICE])
    work = case.work(POLICE)
    withdraw(case)

    for act in (
        lambda: decisions.confirm(work_item=work, officer=anna),
        lambda: replies.reply(work_item=work, officer=anna, words="x", once="1"),
        lambda: replies.note(work_item=work, officer=anna, words="x", once="1"),
        lambda: decisions.add_queue(work_item=work, queue=OBI, officer=anna, ring=ring_of(anna), reason="x"),
        lambda: remove_after_all(work_item=work, officer=anna, reason="x"),
    ):
        with pytest.raises(NotNow):
            act()


def test_the_page_shows_the_request_and_removes_it_after_all(staff_site: Any) -> None:
    case = Case(answers=FOR_POLICE, account="MARKER words")
    close(case, POLICE, make_officer("anna", [POLICE]))
    withdraw(case)
    sign_in(staff_site, "anna")
    address = f"{LISTS[POLICE]}{case.work(POLICE).pk}/"

    page = staff_site.get(f"{address}change/").content.decode()
    assert 'class="reason said-withdrawal"' in page
    assert f"{address}do/remove_after_all/" in page
    assert staff_site.post(f"{address}do/remove_after_all/", {"reason": ""}).status_code == 422
    done = staff_site.post(f"{address}do/remove_after_all/", {"reason": "nothing handed on"})

    assert done.status_code == 302
    assert is_removed(case)
    assert "MARKER" not in staff_site.get(f"{address}change/").content.decode()


def told(verb: str) -> list[dict[str, Any]]:
    """The entries of the audit chain about one verb."""
    entries = [json.loads(row.entry) for row in Audit.objects.order_by("seq")]
    return [entry for entry in entries if entry["verb"] == verb]


def test_the_audit_chain_tells_what_became_of_a_request_and_who_removed_it() -> None:
    gone, kept = Case(), Case(answers=FOR_POLICE)
    anna = make_officer("anna", [POLICE])
    close(kept, POLICE, anna)
    withdraw(gone)
    withdraw(kept)
    remove_after_all(work_item=kept.work(POLICE), officer=anna, reason="MARKER")

    assert [(each["subject"], each["outcome"], each["actor"]) for each in told("withdraw")] == [
        (f"report:{gone.id}", "removed", "process:worker"),
        (f"report:{kept.id}", "kept", "process:worker"),
    ]
    [removal] = told("remove_after_all")
    assert (removal["actor"], removal["report"]) == ("anna", str(kept.id))
    assert "MARKER" not in "".join(Audit.objects.values_list("entry", flat=True))
