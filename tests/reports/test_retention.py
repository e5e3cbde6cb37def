"""What is past its time is deleted: contact data first, then replies that waited, then the whole report."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from reports import mailbox, retention
from reports.evidence import blobs
from reports.evidence.uploads import Upload
from reports.models import Item, ItemKind, Mailbox, Report, Wrap
from reports.sealing import core
from reports.vault import bundle
from reports.vault.keyring import Keyring
from tests.cast import THANKS, Case, close
from tests.factories import FOR_POLICE, make_officer, ring_of
from triage.casework import replies
from triage.models import WorkItem

pytestmark = pytest.mark.django_db


def after(days: int) -> Any:
    """That many days from now, at noon, so that no clock change matters."""
    noon = timezone.localtime().replace(hour=12, minute=0, second=0)
    return time_machine.travel(noon + timedelta(days=days), tick=False)


def busy_case() -> Case:
    """A report with contact data, words added, a note and a reply."""
    case = Case(answers=FOR_POLICE, contact={"phone": "MARKER"})
    case.add(THANKS)
    anna = make_officer(f"anna{Report.objects.count()}", ["police_referral"])
    for verb in (replies.reply, replies.note):
        verb(work_item=case.work("police_referral"), officer=anna, words="MARKER", once="1")
    return case


def test_nothing_is_past_its_time_on_the_day_it_came() -> None:
    busy_case()

    assert retention.purge() == retention.Purged(reports=0, contacts=0, replies=0, never_closed=0)


def test_contact_data_goes_after_six_months_and_nothing_else_of_the_report() -> None:
    case = busy_case()
    kept = Item.objects.filter(report=case.id).exclude(kind=ItemKind.CONTACT).count()

    with after(183):
        assert retention.purge().contacts == 0
    with after(184):
        assert retention.purge().contacts == 1
        assert retention.purge().contacts == 0

    assert not Item.objects.filter(report=case.id, kind=ItemKind.CONTACT).exists()
    assert Item.objects.filter(report=case.id).count() == kept


def test_an_answer_nobody_fetched_leaves_the_mailbox_and_stays_for_officers() -> None:
    case = busy_case()
    with after(184):
        assert retention.purge().replies == 1

    assert mailbox.visit(case.holder).replies == ()
    ring = ring_of(make_officer("piet", ["police_referral"]))
    assert ring.open(Item.objects.get(report=case.id, kind=ItemKind.REPLY))["words"] == "MARKER"


@pytest.mark.parametrize(
    ("queue", "given", "days"),
    [("follow_up", {}, 365), ("police_referral", {"answers": FOR_POLICE}, 730)],
)
def test_a_closed_report_goes_after_the_time_of_its_queue(
    queue: str, given: dict[str, Any], days: int
) -> None:
    case, other = Case(**given), Case()
    close(case, queue, make_officer("anna"))
    Report.objects.filter(pk=other.id).update(delete_after=timezone.localdate() + timedelta(days=9999))

    with after(days):
        assert retention.purge().reports == 0
    with after(days + 1):
        assert retention.purge() == retention.Purged(reports=1, contacts=0, replies=0, never_closed=0)

    assert list(Report.objects.values_list("pk", flat=True)) == [other.id]


def test_a_report_nobody_closed_goes_too_and_is_counted() -> None:
    busy_case()

    with after(366):
        done = retention.purge()

    assert (done.reports, done.never_closed) == (1, 1)


def test_a_withdrawn_report_disappears_wholly_after_a_month() -> None:
    case = Case()
    retention.shred(case.report)
    with after(30):
        assert retention.purge().reports == 0
        assert mailbox.visit(case.holder).is_removed
    with after(31):
        assert retention.purge() == retention.Purged(reports=1, contacts=0, replies=0, never_closed=0)
    with pytest.raises(mailbox.Unknown):
        mailbox.visit(case.holder)


def test_after_the_purge_neither_a_key_holder_nor_a_dump_opens_it() -> None:
    """Every key of ours and of the reporter, every wrap left, and an old copy of the bodies."""
    case, other = busy_case(), busy_case()
    Report.objects.filter(pk=other.id).update(delete_after=timezone.localdate() + timedelta(days=9999))
    old = list(Item.objects.filter(report=case.id))
    assert len(old) >= 5

    with after(366):
        retention.purge()

    for model in (Item, Mailbox, WorkItem):
        assert not model.objects.filter(report=case.id).exists()
    assert not Wrap.objects.filter(item__in=[item.pk for item in old]).exists()
    pairs = {
        pair.kid: pair
        for pair in (
            *bundle.worker().intake,
            *bundle.mail().summary,
            bundle.recovery().pair,
            case.holder.pair,
            other.holder.pair,
            *Keyring.of_holder(bundle.recovery().pair)._pairs.values(),
        )
    }
    wraps = list(Wrap.objects.all())
    assert wraps
    for item in old:
        for wrap in wraps:
            with pytest.raises(core.Broken):
                item.read(pairs[wrap.to].unwrap(wrap.blob, item.context) if wrap.to in pairs else b"0" * 32)


def test_a_report_that_was_prolonged_at_the_last_moment_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case()
    past = retention._past

    def prolonged(now: Any) -> Any:
        found = past(now)
        retention.keep_longer(case.report)
        return found

    monkeypatch.setattr(retention, "_past", prolonged)
    with after(366):
        assert retention.purge().reports == 0
    assert Report.objects.filter(pk=case.id).exists()


def test_keeping_longer_never_shortens() -> None:
    case = Case()
    far = timezone.localdate() + timedelta(days=730)
    Report.objects.filter(pk=case.id).update(delete_after=far)

    retention.keep_longer(case.report)

    assert case.report.delete_after == far


@pytest.mark.parametrize("how", ["shred", "purge"])
def test_files_go_with_the_report(how: str, django_capture_on_commit_callbacks: Any) -> None:
    case = Case()
    upload = Upload(name="a.txt", claimed="text/plain")
    upload.blob = blobs.Writer(upload.item_id, upload.key)
    upload.blob.feed(b"MARKER")
    upload.blob.finish()
    mailbox.add_words(holder=case.holder, form_key=b"f" * 32, words="a file", language="en", files=[upload])
    assert blobs.path_of(upload.item_id).exists()

    with after(366), django_capture_on_commit_callbacks(execute=True):
        if how == "shred":
            retention.shred(case.report)
        else:
            retention.purge()

    assert not blobs.path_of(upload.item_id).exists()
