"""A reporter asks to remove their report. The worker removes it, unless it was referred already.

reports/shredding.py does the removing, called through triage/work/items.py remove().

Referred means: police referral or the OBI approach has the report, and
a queue has decided on it (the report was decided or closed at some time). What
was decided is sealed, and the worker must not know it, so in doubt the
report is kept; a person then looks at the request and may still remove the report.
"""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from reports import audit, mailbox
from reports.choices import Queue, ReportStatus, Urgency
from reports.models import Item, ItemKind, Mailbox, Report, Wrap
from reports.vault import bundle, keys
from reports.vault.keyring import Keyring
from triage.choices import WorkState
from triage.models import WorkItem
from triage.work.items import lock_present, propose_again, remove, reopen
from triage.worker.alarms import opened

log = logging.getLogger(__name__)

REFERRING = (Queue.POLICE_REFERRAL, Queue.OBI_APPROACH)


class Forged(Exception):
    """The request was not made with the code of this report."""


def is_referred(report: Report) -> bool:
    """Whether the report counts as referred; see the top of this file. Needs no key."""
    if report.status not in {ReportStatus.DECIDED, ReportStatus.CLOSED}:
        return False
    there = WorkItem.objects.filter(report=report, queue__in=REFERRING)
    return there.exclude(state=WorkState.REMOVED).exists()


def do(item: Item, ring: Keyring) -> bool:
    """Removes the report, or keeps it and says so; False when that was done before.

    `ring` is the worker's. Raises Forged, keyring.CannotOpen, core.Broken or keys.Untrusted; nothing has
    changed then.
    """
    key = ring.key_of(item)
    if not mailbox.is_of_holder(item, item.read(key)):
        raise Forged
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=item.report_id)
        if not Item.objects.filter(pk=item.pk).untriaged().exists():
            return False
        if is_referred(report):
            _hand_to_people(report, item, key)
            _tell_kept(report)
            outcome = "kept"
        else:
            remove(report)
            outcome = "removed"
        audit.record(actor="worker", verb="withdraw", subject=report, item=str(item.pk), outcome=outcome)
    return True


def give_up(item: Item, ring: Keyring) -> bool:
    """After `do` failed for good: keeps the report and shows people the request."""
    key = opened(item, ring).key
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=item.report_id)
        if not Item.objects.filter(pk=item.pk).untriaged().exists():
            return False
        if key is None and all(work.needs_person and work.is_open for work in lock_present(report)):
            return False  # people were told already; it comes back only because its wrap was kept
        _hand_to_people(report, item, key, needs_person=True)
        audit.record(actor="worker", verb="integrity_alarm", subject=item, report=str(report.pk))
    return True


def _hand_to_people(report: Report, item: Item, key: bytes | None, *, needs_person: bool = False) -> None:
    queues = lock_present(report)
    for work in queues:
        propose_again(work, urgency=Urgency.NORMAL, needs_person=needs_person)
    reopen(report)
    if key is not None:
        Wrap.objects.hand({item: key}, keys.currents([work.queue for work in queues], bundle.worker()))
        Item.objects.filter(pk=item.pk).drop_intake_wraps()


def _tell_kept(report: Report) -> None:
    """Writes a reply for the mailbox; officers see it too, so they know what the reporter was told."""
    content = {"notice": mailbox.KEPT, "at": timezone.now().isoformat(timespec="milliseconds")}
    notice, key = Item.compose(report, ItemKind.REPLY, content)
    notice.save(force_insert=True)
    reporter = Mailbox.objects.get(report=report).public
    queues = keys.currents([work.queue for work in lock_present(report)], bundle.worker())
    Wrap.objects.hand({notice: key}, [reporter, *queues])
