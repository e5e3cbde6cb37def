"""Shredding: a withdrawn report at once, everything else when its time is over (docs/retention.md).

Removing means: the wraps first, because without them nobody can open the rest,
then bodies, files and the mailbox. Needs no key.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import models, transaction

from reports import audit
from reports.choices import ReportStatus
from reports.evidence import files as evidence_files
from reports.models import Item, ItemKind, Mailbox, Report, Selector, Wrap, today
from reports.retention import CONTACT_KEPT, REMOVED_SHOWN, REPLY_WAITS


@dataclass(frozen=True)
class Purged:
    """What one run removed."""

    reports: int
    contacts: int
    replies: int  # from mailboxes only
    never_closed: int  # reports that were deleted while work on them was still open


def shred(report: Report) -> None:
    """Removes all content of a withdrawn report at once; nobody opens it again, whatever keys they hold.

    The row stays for a month with the status "withdrawn", and the look-up id with it, so that the
    code says "removed"; the mailbox's key is gone. Call it in the transaction that decided so.
    """
    with transaction.atomic():
        _remove_items(Item.objects.filter(report=report))
        Selector.objects.filter(report=report).delete()
        Mailbox.objects.filter(report=report).update(kid=uuid.uuid4().hex, public=b"")
        Report.objects.filter(pk=report.pk).update(
            status=ReportStatus.WITHDRAWN,
            danger_ticked=None,
            delete_after=min(report.delete_after, today() + REMOVED_SHOWN),
        )


def purge(*, actor: str = "worker") -> Purged:
    """Removes what is past its time: contact data first, replies from mailboxes, then whole reports.

    May be run as often as you like, and while everything else runs. The audit chain names `actor`.
    """
    now = today()
    with transaction.atomic():
        contacts = Item.objects.filter(kind=ItemKind.CONTACT, day__lt=now - CONTACT_KEPT)
        contacts_removed = _remove_items(contacts)
        readers = Mailbox.objects.values("kid")
        replies, _ = Wrap.objects.filter(
            to__in=readers, item__kind=ItemKind.REPLY, item__day__lt=now - REPLY_WAITS
        ).delete()
        if contacts_removed:
            audit.record(actor=actor, verb="purge", kind=ItemKind.CONTACT, count=contacts_removed)
    done = [_delete(pk, now, actor) for pk in _past(now)]
    finished = [status for status in done if status]
    never_closed = sum(status not in {ReportStatus.CLOSED, ReportStatus.WITHDRAWN} for status in finished)
    return Purged(len(finished), contacts_removed, replies, never_closed)


def _past(now: date) -> list[uuid.UUID]:
    return list(Report.objects.filter(delete_after__lt=now).values_list("pk", flat=True))


def _delete(report_id: uuid.UUID, now: date, actor: str) -> str:
    """Deletes one report; its last status, or nothing when somebody just prolonged it."""
    with transaction.atomic():
        report = Report.objects.select_for_update().filter(pk=report_id, delete_after__lt=now).first()
        if report is None:
            return ""
        _remove_items(Item.objects.filter(report=report))
        status = report.status
        gone = f"report:{report.pk}"
        report.delete()  # with its mailbox and work items
        audit.record(actor=actor, verb="purge", subject=gone, state=status)
    return status


def _remove_items(items: models.QuerySet[Item]) -> int:
    ids = list(items.values_list("pk", flat=True))
    Wrap.objects.filter(item__in=ids).delete()
    evidence_files.shred_blobs(ids)
    Item.objects.filter(pk__in=ids).delete()
    return len(ids)
