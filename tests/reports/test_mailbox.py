"""The code opens a mailbox: a status, replies, a form for more words. Never the report."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from reports import mailbox
from reports.choices import ReportStatus
from reports.models import Item, ItemKind, Mailbox, Report, Wrap
from reports.sealing import core, receipt_code
from reports.vault import bundle
from reports.vault.keyring import Keyring
from tests.cast import Case, close
from tests.factories import FOR_POLICE, form_key, make_officer, make_receipt

WORDS = "He came back today. Ён вярнуўся."


def add(holder: mailbox.CodeHolder, number: int = 1, words: str = WORDS) -> bool:
    return mailbox.add_words(holder=holder, form_key=form_key(number), words=words, language="be")


def rows() -> list[int]:
    return [model.objects.count() for model in (Report, Item, Wrap, Mailbox)]


@pytest.fixture
def holder(db: None) -> mailbox.CodeHolder:
    return mailbox.identify(receipt_code.show(make_receipt(number=1).code))


def answer(report: Report, words: str, public: bytes) -> Item:
    """A reply as the staff side makes it (triage/casework/replies.py), here without an officer."""
    item, key = Item.compose(report, ItemKind.REPLY, {"words": words, "at": "2026-01-01T10:00:00"})
    item.save(force_insert=True)
    Wrap.objects.hand({item: key}, [public])
    return item


def test_a_fresh_mailbox_says_received_and_holds_nothing(holder: mailbox.CodeHolder) -> None:
    visit = mailbox.visit(holder)

    assert visit.status == ReportStatus.RECEIVED
    assert (visit.replies, visit.asked_to_withdraw, visit.kept, visit.broken) == ((), False, False, 0)


def test_the_code_opens_none_of_the_items_that_were_filed(holder: mailbox.CodeHolder) -> None:
    ring = Keyring([holder.pair])

    assert Item.objects.count() == 1
    for item in Item.objects.all():
        assert not ring.kids & set(item.wraps.values_list("to", flat=True))


@pytest.mark.django_db
def test_a_mistyped_code_costs_no_work_and_no_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    code = make_receipt().code
    monkeypatch.setattr(receipt_code, "identity", lambda *_: pytest.fail("derived"))
    slip = code[:7] + str((int(code[7]) + 1) % 10) + code[8:]

    for typed in (
        slip,
        code[:-1],
        code + "0",
        "",
        "80585 65333",
        code[1] + code[0] + code[2:] if code[0] != code[1] else slip,
    ):
        with pytest.raises(mailbox.Mistyped):
            mailbox.identify(typed)


@pytest.mark.django_db
def test_a_code_that_nobody_has_is_unknown() -> None:
    make_receipt(number=1)
    other = receipt_code.from_form_key(form_key(99), b"x" * 32)

    with pytest.raises(mailbox.Unknown):
        mailbox.identify(other)


@pytest.mark.django_db
def test_a_code_made_at_an_earlier_cost_still_opens_and_a_third_is_never_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = make_receipt(number=1).code
    present, dearer, dearest = core.CODE_COST, core.Cost(16, 1, 1), core.Cost(24, 1, 1)

    def with_costs(*costs: core.Cost) -> None:
        changed = replace(bundle.public(), code_costs=costs)
        monkeypatch.setattr(bundle, "public", lambda: changed)

    with_costs(dearer, present)
    assert mailbox.visit(mailbox.identify(code)).status == ReportStatus.RECEIVED
    with_costs(dearer, dearest, present)
    with pytest.raises(mailbox.Unknown):
        mailbox.identify(code)


@pytest.mark.django_db
def test_more_derivations_at_once_than_there_is_room_for_wait_and_then_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = make_receipt().code
    monkeypatch.setattr(mailbox, "_deriving", threading.BoundedSemaphore(1))
    monkeypatch.setattr(mailbox, "LONGEST_WAIT", 0.01)

    with mailbox._one_of_few(), pytest.raises(mailbox.Busy):
        mailbox.identify(code)
    assert mailbox.visit(mailbox.identify(code)).status == ReportStatus.RECEIVED


def test_words_are_sealed_for_the_worker_only_and_signed_with_the_code(holder: mailbox.CodeHolder) -> None:
    assert add(holder)

    item = Item.objects.get(kind=ItemKind.ADDITION)
    content = Keyring.of_worker().open(item)
    assert (content["words"], content["language"]) == (WORDS, "be")
    assert mailbox.is_of_holder(item, content)
    assert item.wraps.count() == 1
    assert WORDS.encode() not in item.body


def test_words_that_somebody_without_the_code_put_there_are_not_of_the_holder(
    holder: mailbox.CodeHolder,
) -> None:
    other = mailbox.identify(make_receipt(number=2).code)
    assert add(holder)
    item = Item.objects.get(kind=ItemKind.ADDITION)
    content = Keyring.of_worker().open(item)
    forged = core.KeyPair.generate().sign(b"addition" + item.pk.bytes, WORDS.encode()).hex()

    for change in (
        {"signature": forged},
        {"signature": "no"},
        {"signature": None},
        {"words": WORDS + "!"},
        {"signature": other.pair.sign(b"addition" + item.pk.bytes, WORDS.encode()).hex()},
    ):
        assert not mailbox.is_of_holder(item, {**content, **change})


def test_the_same_form_sent_twice_adds_once(holder: mailbox.CodeHolder) -> None:
    assert add(holder, number=1)
    before = rows()

    assert add(holder, number=1, words="changed meanwhile") is False
    assert rows() == before
    assert add(holder, number=2)


def test_one_form_key_used_in_two_mailboxes_is_two_additions(holder: mailbox.CodeHolder) -> None:
    other = mailbox.identify(make_receipt(number=2).code)

    assert add(holder, number=1)
    assert add(other, number=1)
    assert Item.objects.filter(kind=ItemKind.ADDITION).values("report").distinct().count() == 2


def test_answers_are_read_in_order_and_only_by_the_code_they_were_made_for(
    holder: mailbox.CodeHolder,
) -> None:
    other = mailbox.identify(make_receipt(number=2).code)
    report = Report.objects.get(mailbox__lookup=holder.lookup.hex())
    for words in ("first", "second"):
        answer(report, words, holder.pair.public)

    assert sorted(each.words for each in mailbox.visit(holder).replies) == ["first", "second"]
    assert mailbox.visit(other).replies == ()
    assert "first" not in repr(mailbox.visit(holder))


def test_a_deleted_answer_is_gone_for_the_code_and_stays_for_the_others(holder: mailbox.CodeHolder) -> None:
    report = Report.objects.get(mailbox__lookup=holder.lookup.hex())
    officer = core.KeyPair.generate()
    item = answer(report, "words", holder.pair.public)
    Wrap.objects.hand({item: Keyring([holder.pair]).key_of(item)}, [officer.public])

    mailbox.drop(holder=holder, reply_id=item.pk)

    assert mailbox.visit(holder).replies == ()
    assert Keyring([officer]).open(Item.objects.get(pk=item.pk))["words"] == "words"


def test_nobody_deletes_anothers_answer(holder: mailbox.CodeHolder) -> None:
    other = mailbox.identify(make_receipt(number=2).code)
    item = answer(Report.objects.get(mailbox__lookup=holder.lookup.hex()), "words", holder.pair.public)

    mailbox.drop(holder=other, reply_id=item.pk)

    assert len(mailbox.visit(holder).replies) == 1


def test_an_altered_answer_is_counted_not_shown_and_hides_no_other(holder: mailbox.CodeHolder) -> None:
    report = Report.objects.get(mailbox__lookup=holder.lookup.hex())
    answer(report, "whole", holder.pair.public)
    broken = answer(report, "altered", holder.pair.public)
    Item.objects.filter(pk=broken.pk).update(body=broken.body[:-1] + bytes([broken.body[-1] ^ 1]))

    visit = mailbox.visit(holder)

    assert [each.words for each in visit.replies] == ["whole"]
    assert visit.broken == 1


def test_asking_to_withdraw_inserts_one_signed_item_and_changes_nothing_else(
    holder: mailbox.CodeHolder,
) -> None:
    before = rows()

    assert mailbox.withdraw(holder=holder) is True
    assert mailbox.withdraw(holder=holder) is False

    item = Item.objects.get(kind=ItemKind.WITHDRAWAL)
    assert mailbox.is_of_holder(item, Keyring.of_worker().open(item))
    assert rows() == [before[0], before[1] + 1, before[2] + 2, before[3]]
    visit = mailbox.visit(holder)
    assert (visit.status, visit.asked_to_withdraw, visit.kept) == (ReportStatus.RECEIVED, True, False)


def test_a_code_does_not_ask_for_another_report(holder: mailbox.CodeHolder) -> None:
    other = mailbox.identify(make_receipt(number=2).code)

    mailbox.withdraw(holder=other)

    assert not mailbox.visit(holder).asked_to_withdraw


def test_the_public_process_reads_and_writes_no_more_than_it_may(holder: mailbox.CodeHolder) -> None:
    """No UPDATE; of a report only id and status; of items only replies (docs/decisions.md 24)."""
    said: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        said.append(sql)
        return execute(sql, params, many, context)

    report = Report.objects.get(mailbox__lookup=holder.lookup.hex())
    item = answer(report, "words", holder.pair.public)
    code = make_receipt(number=1).code
    with connection.execute_wrapper(listen):
        mailbox.visit(mailbox.identify(code))
        add(holder, 1)
        add(holder, 1)
        mailbox.withdraw(holder=holder)
        mailbox.withdraw(holder=holder)
        mailbox.drop(holder=holder, reply_id=item.pk)

    assert not [sql for sql in said if sql.startswith("UPDATE")]
    deletes = [sql for sql in said if sql.startswith("DELETE")]
    assert len(deletes) == 1
    assert deletes[0].startswith('DELETE FROM "reports_wrap"')
    for sql in said:
        for column in ("delete_after", "danger_ticked", 'report"."day'):
            assert column not in sql, sql


@pytest.mark.django_db
def test_deleting_takes_answers_only_a_request_to_withdraw_stays() -> None:
    """The notice that it was kept is an answer, so it may go; the page still says what was asked."""
    case = Case(answers=FOR_POLICE)
    close(case, "police_referral", make_officer("anna", ["police_referral"]))
    case.withdraw()
    assert mailbox.visit(case.holder).kept

    for item in Item.objects.filter(report=case.id):
        mailbox.drop(holder=case.holder, reply_id=item.pk)

    visit = mailbox.visit(case.holder)
    assert (visit.asked_to_withdraw, visit.kept) == (True, False)
