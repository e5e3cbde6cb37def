"""Holds for every verb, of people and of the machine: it is on record, and no report goes earlier for it.

Only a removal that the reporter asked for makes a report go earlier.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from reports import audit, mailbox, retention
from reports.choices import Queue, ReportStatus
from reports.evidence import blobs
from reports.evidence.uploads import Upload
from reports.models import Audit, Item, ItemKind, Report
from reports.vault.keyring import Keyring
from tests.cast import DANGER, LISTS, Case, close, sign_in
from tests.factories import FOR_OBI, FOR_POLICE, form_key, make_officer, make_report, ring_of
from triage import tasks
from triage.casework import decisions, links, replies
from triage.casework.removal import remove_after_all
from triage.casework.verbs import VERBS
from triage.choices import FollowUp
from triage.worker.sweep import WORK

pytestmark = pytest.mark.django_db

POLICE, OBI, FOLLOW_UP = Queue.POLICE_REFERRAL, Queue.OBI_APPROACH, Queue.FOLLOW_UP
NUMBER = "They called from 06-12345678."
DAYS = (1, 364, 365, 366, 730, 1000)
"""How long the report was going to be kept when the verb is done, in days from today."""


class Told:
    """A report for the police, and an officer who may do everything with it."""

    def __init__(self, *, triaged: bool = True) -> None:
        self.case = Case(triaged=triaged, answers=FOR_POLICE, account=NUMBER)
        self.officer = make_officer("anna", [POLICE], is_superuser=True)

    @property
    def given(self) -> dict[str, Any]:
        return {"work_item": self.case.work(POLICE), "officer": self.officer}

    @property
    def ring(self) -> Keyring:
        return ring_of(self.officer)

    def closed(self) -> Told:
        close(self.case, POLICE, self.officer)
        return self

    def confirmed(self) -> Told:
        decisions.confirm(**self.given)
        return self

    def proposed_again(self) -> Told:
        """CannotOpen, and then words came: proposed once more, as after many months."""
        self.closed().case.add("Nothing more.")
        return self


Act = Callable[[], object]


def confirm() -> tuple[Told, Act]:
    told = Told().proposed_again()
    return told, lambda: decisions.confirm(**told.given, ring=told.ring)


def change_urgency() -> tuple[Told, Act]:
    told = Told().proposed_again()
    return told, lambda: decisions.change_urgency(**told.given, urgency="low", reason="x", ring=told.ring)


def add_queue() -> tuple[Told, Act]:
    told = Told().proposed_again()
    return told, lambda: decisions.add_queue(**told.given, queue=OBI, reason="x", ring=told.ring)


def remove_queue() -> tuple[Told, Act]:
    told = Told().proposed_again()
    return told, lambda: decisions.remove_queue(**told.given, reason="x", ring=told.ring)


def remove_queue_beside_a_closed_one() -> tuple[Told, Act]:
    told = Told().confirmed()
    decisions.add_queue(**told.given, queue=FOLLOW_UP, reason="x", ring=told.ring)
    olga = make_officer("olga", [FOLLOW_UP])
    close(told.case, FOLLOW_UP, olga)
    return told, lambda: decisions.remove_queue(**told.given, reason="x", ring=told.ring)


def close_it() -> tuple[Told, Act]:
    told = Told().proposed_again().confirmed()
    return told, lambda: decisions.close(**told.given, decision=FollowUp.ADVICE, reason="x")


def close_one_of_two() -> tuple[Told, Act]:
    told = Told().confirmed()
    decisions.add_queue(**told.given, queue=OBI, reason="x", ring=told.ring)
    return told, lambda: decisions.close(**told.given, decision=FollowUp.ADVICE, reason="x")


def reply() -> tuple[Told, Act]:
    told = Told().closed()
    return told, lambda: replies.reply(**told.given, words="x", once="1")


def note() -> tuple[Told, Act]:
    told = Told().closed()
    return told, lambda: replies.note(**told.given, words="x", once="1")


def reveal_links() -> tuple[Told, Act]:
    told = Told().closed()
    make_report(triaged=True, answers=FOR_OBI, account=NUMBER)
    return told, lambda: links.reveal(**told.given, ring=told.ring, reason="x")


def removal() -> tuple[Told, Act]:
    told = Told().closed()
    mailbox.withdraw(holder=told.case.holder)
    return told, lambda: remove_after_all(**told.given, reason="x")


def open_original() -> tuple[Told, Act]:
    told = Told().closed()
    return told, lambda: decisions.open_original(**told.given, file="a.txt", reason="x")


def read() -> tuple[Told, Act]:
    told = Told().closed()
    return told, lambda: decisions.record_look(**told.given)


PEOPLE = {
    "confirm": [confirm],
    "change_urgency": [change_urgency],
    "add_queue": [add_queue],
    "remove_queue": [remove_queue, remove_queue_beside_a_closed_one],
    "close": [close_it, close_one_of_two],
    "reply": [reply],
    "note": [note],
    "reveal_links": [reveal_links],
}
SHORTENS = {"remove_after_all": [removal]}
NOT_A_FORM = [open_original, read]


def report() -> tuple[Told, Act]:
    told = Told(triaged=False)
    item = Item.objects.get(report=told.case.id, kind=ItemKind.REPORT)
    return told, lambda: tasks.triage_item(str(item.pk))


def addition() -> tuple[Told, Act]:
    told = Told().closed()
    return told, lambda: told.case.add(DANGER)


def file() -> tuple[Told, Act]:
    told = Told().closed()
    upload = Upload(name="a.txt", claimed="text/plain")
    upload.blob = blobs.Writer(upload.item_id, upload.key)
    upload.blob.feed(b"words")
    upload.blob.finish()
    mailbox.add_words(holder=told.case.holder, form_key=form_key(9), words="", language="en", files=[upload])
    item = Item.objects.get(report=told.case.id, kind=ItemKind.FILE)
    return told, lambda: WORK[ItemKind.FILE].give_up(item, Keyring.of_worker())


def withdrawal_refused() -> tuple[Told, Act]:
    told = Told().closed()
    mailbox.withdraw(holder=told.case.holder)
    item = Item.objects.get(report=told.case.id, kind=ItemKind.WITHDRAWAL)
    return told, lambda: tasks.triage_item(str(item.pk))


def given_up(kind: ItemKind) -> Callable[[], tuple[Told, Act]]:
    """The worker's way out for an item of this kind that failed three times."""

    def start() -> tuple[Told, Act]:
        told = Told(triaged=kind != ItemKind.REPORT)
        if kind == ItemKind.ADDITION:
            told.closed().case.add_only(DANGER)
        elif kind == ItemKind.WITHDRAWAL:
            mailbox.withdraw(holder=told.closed().case.holder)
        item = Item.objects.get(report=told.case.id, kind=kind)
        return told, lambda: WORK[kind].give_up(item, Keyring.of_worker())

    start.__name__ = f"{kind}_given_up"
    return start


MACHINE = {
    ItemKind.REPORT: [report, given_up(ItemKind.REPORT)],
    ItemKind.ADDITION: [addition, given_up(ItemKind.ADDITION)],
    ItemKind.FILE: [file],
    ItemKind.WITHDRAWAL: [withdrawal_refused, given_up(ItemKind.WITHDRAWAL)],
}
EVERY = [start for starts in [*PEOPLE.values(), NOT_A_FORM, *MACHINE.values()] for start in starts]


def kept_until(days: int, case: Case) -> date:
    until = timezone.localdate() + timedelta(days=days)
    Report.objects.filter(pk=case.id).update(delete_after=until)
    return until


def test_every_verb_of_the_product_stands_in_this_file() -> None:
    assert set(VERBS) == PEOPLE.keys() | SHORTENS.keys()
    assert set(WORK) == MACHINE.keys()


@pytest.mark.parametrize("start", EVERY, ids=lambda start: start.__name__)
def test_it_never_shortens(start: Callable[[], tuple[Told, Act]]) -> None:
    told, act = start()
    for days in DAYS:
        with transaction.atomic():  # undone, so that the verb may be done once more
            before = kept_until(days, told.case)
            act()
            after = told.case.report.delete_after
            transaction.set_rollback(True)

        assert after >= before, f"kept {days} days before"


@pytest.mark.parametrize("start", [*EVERY, removal], ids=lambda start: start.__name__)
def test_it_leaves_an_entry_that_names_who_did_it(start: Callable[[], tuple[Told, Act]]) -> None:
    told, act = start()
    before = audit.head().seq

    act()

    entries = [json.loads(row.entry) for row in Audit.objects.filter(seq__gt=before)]
    by_machine = start in [one for starts in MACHINE.values() for one in starts]
    assert entries
    assert {entry["actor"] for entry in entries} == {"process:worker" if by_machine else "anna"}
    assert any(str(told.case.id) in json.dumps(entry) for entry in entries)


@pytest.mark.parametrize("start", [confirm, reply, note, addition], ids=lambda start: start.__name__)
def test_what_is_done_begins_the_twelve_months_anew(start: Callable[[], tuple[Told, Act]]) -> None:
    told, act = start()
    kept_until(1, told.case)

    act()

    assert told.case.report.delete_after == timezone.localdate() + timedelta(days=365)


def test_a_late_answer_leaves_a_police_report_its_24_months(staff_site: Any) -> None:
    told = Told().closed()
    assert told.case.report.delete_after == timezone.localdate() + timedelta(days=730)
    sign_in(staff_site, "anna")

    page = f"{LISTS[POLICE]}{told.case.work(POLICE).pk}/do/reply/"
    staff_site.post(page, {"words": "We spoke to the police.", "once": "1"})

    assert Item.objects.filter(report=told.case.id, kind=ItemKind.REPLY).exists()
    assert told.case.report.delete_after == timezone.localdate() + timedelta(days=730)


def test_removal_shortens_and_nothing_prolongs_the_empty_row_after_it() -> None:
    told = Told().closed()
    mailbox.withdraw(holder=told.case.holder)
    tasks.triage_item(str(Item.objects.get(report=told.case.id, kind=ItemKind.WITHDRAWAL).pk))
    remove_after_all(**told.given, reason="x")
    month = timezone.localdate() + timedelta(days=30)
    assert told.case.report.delete_after == month

    retention.keep_longer(told.case.report)

    assert (told.case.report.status, told.case.report.delete_after) == (ReportStatus.WITHDRAWN, month)
