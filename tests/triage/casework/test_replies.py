"""Replies to the reporter and notes among officers: sealed, once, and shown to those they are for."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reports import mailbox
from reports.choices import Queue
from reports.models import Item, ItemKind, Wrap
from reports.vault.keyring import CannotOpen, Keyring
from tests.cast import DANGER, LISTS, THANKS, Case, sign_in
from tests.factories import FOR_POLICE, make_officer, ring_of
from triage.casework import decisions, replies
from triage.work.items import NotNow

pytestmark = pytest.mark.django_db
POLICE, OBI = Queue.POLICE_REFERRAL, Queue.OBI_APPROACH
WORDS = "MARKER: we read it. Гэта мы."


@pytest.fixture
def anna() -> Any:
    return make_officer("anna", [POLICE])


@pytest.fixture
def case() -> Case:
    return Case(answers=FOR_POLICE)


def answer(case: Case, officer: Any, once: str = "1", words: str = WORDS) -> bool:
    return replies.reply(work_item=case.work(POLICE), officer=officer, words=words, once=once)


def test_an_answer_reaches_the_mailbox_and_the_queues_of_the_report(case: Case, anna: Any) -> None:
    olga = make_officer("olga", [OBI])
    decisions.add_queue(work_item=case.work(POLICE), queue=OBI, officer=anna, ring=ring_of(anna), reason="x")

    assert answer(case, anna)

    [read] = mailbox.visit(case.holder).replies
    assert read.words == WORDS
    item = Item.objects.get(kind=ItemKind.REPLY)
    assert ring_of(olga).open(item)["words"] == ring_of(anna).open(item)["words"] == WORDS
    with pytest.raises(CannotOpen):
        Keyring.of_worker().open(item)
    assert b"MARKER" not in item.body


def test_an_answer_does_not_name_the_officer_but_the_sealed_decision_does(case: Case, anna: Any) -> None:
    answer(case, anna)

    item = Item.objects.get(kind=ItemKind.REPLY)
    assert "anna" not in str(Keyring([case.holder.pair]).open(item))
    decision = ring_of(anna).open(Item.objects.get(report=case.id, kind=ItemKind.DECISION))
    assert (decision["verb"], decision["by"], decision["item"]) == ("reply", "anna", str(item.pk))


def test_two_clicks_are_one_answer_and_one_decision(case: Case, anna: Any) -> None:
    assert answer(case, anna, "1")
    assert answer(case, anna, "1", "changed") is False
    assert Item.objects.filter(kind__in=[ItemKind.REPLY, ItemKind.DECISION]).count() == 2

    assert answer(case, anna, "2")
    assert len(mailbox.visit(case.holder).replies) == 2


def test_a_closed_report_may_still_be_answered(case: Case, anna: Any) -> None:
    decisions.confirm(work_item=case.work(POLICE), officer=anna)
    decisions.close(work_item=case.work(POLICE), decision="advice", officer=anna, reason="x")

    assert answer(case, anna)


def test_a_queue_that_lost_the_report_answers_no_more(case: Case, anna: Any) -> None:
    ring = ring_of(anna)
    decisions.add_queue(work_item=case.work(POLICE), queue=OBI, officer=anna, ring=ring, reason="x")
    decisions.remove_queue(work_item=case.work(POLICE), officer=anna, ring=ring, reason="x")

    with pytest.raises(NotNow):
        answer(case, anna)


def test_a_note_is_for_its_own_queue_and_never_for_the_reporter(case: Case, anna: Any) -> None:
    olga = make_officer("olga", [OBI])
    decisions.add_queue(work_item=case.work(POLICE), queue=OBI, officer=anna, ring=ring_of(anna), reason="x")

    assert replies.note(work_item=case.work(POLICE), officer=anna, words=WORDS, once="1")
    assert replies.note(work_item=case.work(POLICE), officer=anna, words=WORDS, once="1") is False

    item = Item.objects.get(kind=ItemKind.NOTE)
    assert ring_of(anna).open(item)["by"] == "anna"
    for ring in (ring_of(olga), Keyring([case.holder.pair]), Keyring.of_worker()):
        with pytest.raises(CannotOpen):
            ring.open(item)
    assert mailbox.visit(case.holder).replies == ()


def test_the_page_shows_what_was_said_in_order_and_whether_it_still_lies_there(
    case: Case, anna: Any, staff_site: Any
) -> None:
    case.add(THANKS)
    sign_in(staff_site, "anna")
    address = f"{LISTS[POLICE]}{case.work(POLICE).pk}/"

    def post(verb: str, words: str) -> Any:
        page = staff_site.get(f"{address}change/").content.decode()
        once = re.search(rf'do/{verb}/".*?name="once" value="(\w+)"', page, re.DOTALL)
        assert once
        return staff_site.post(f"{address}do/{verb}/", {"words": words, "once": once[1]})

    assert post("reply", "").status_code == 422
    assert post("reply", "FIRST <b>bold</b>").status_code == 302
    assert post("note", "SECOND").status_code == 302

    page = staff_site.get(f"{address}change/").content.decode()
    assert page.index(THANKS) < page.index("FIRST") < page.index("SECOND")
    assert "&lt;b&gt;bold" in page
    assert "still in the mailbox" in page or "nog in de" in page
    [waiting] = mailbox.visit(case.holder).replies
    mailbox.drop(holder=case.holder, reply_id=waiting.id)
    again = staff_site.get(f"{address}change/").content.decode()
    assert "FIRST" in again
    assert "still in the mailbox" not in again


def test_words_with_danger_show_their_reasons_on_the_page(staff_site: Any) -> None:
    make_officer("olga", [POLICE])
    case = Case()
    case.add(DANGER)
    sign_in(staff_site, "olga")

    page = staff_site.get(f"{LISTS[POLICE]}{case.work(POLICE).pk}/change/").content.decode()

    assert DANGER in page, "the words are read before the report itself opens"
    assert "adds-queue" in page
    assert "They asked my neighbour" not in page
    assert 'id="decide"' in page


def test_another_officer_of_the_queue_is_needed_to_read_a_members_note_only_with_the_key(
    case: Case, anna: Any
) -> None:
    replies.note(work_item=case.work(POLICE), officer=anna, words=WORDS, once="1")

    item = Item.objects.get(kind=ItemKind.NOTE)
    assert Wrap.objects.filter(item=item).count() == 1
    assert ring_of(make_officer("bert", [POLICE])).open(item)["words"] == WORDS


def test_a_page_with_a_conversation_costs_few_statements(
    case: Case, anna: Any, staff_site: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        case.add(DANGER)
    answer(case, anna)
    sign_in(staff_site, "anna")
    address = f"{LISTS[POLICE]}{case.work(POLICE).pk}/change/"
    staff_site.get(address)

    # 15, and the savepoint of the test around the audit entry, which is BEGIN and COMMIT in production.
    with django_assert_max_num_queries(17):
        staff_site.get(address)
