"""A reporter asks that their report be removed. The worker removes it, unless it was referred already.

Referred means: a desk for the police or for the OBI approach has the report, and
a queue has decided on it (the report was decided or closed at some time). What
was decided is sealed, and the worker must not know it, so in doubt the
report is kept; a person then looks at the request and may still remove the report.
"""

from __future__ import annotations

import logging

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports import audit, mailbox, retention
from reports.choices import Queue, ReportStatus, Urgency
from reports.models import Item, ItemKind, Mailbox, Report, Wrap
from reports.vault import bundle, core, keys
from reports.vault.keyring import Closed, Keyring
from triage.additions import present, propose_again, reopened
from triage.casework import NotNow
from triage.choices import WorkState
from triage.models import Delivery, WorkItem
from triage.routing import let_go

log = logging.getLogger(__name__)

REFERRING = (Queue.POLICE_REFERRAL, Queue.OBI_APPROACH)


class Forged(Exception):
    """The request was not made with the code of this report."""


def is_referred(report: Report) -> bool:
    """Whether the report counts as referred; see the top of this page. Needs no key."""
    if report.status not in {ReportStatus.DECIDED, ReportStatus.CLOSED}:
        return False
    there = WorkItem.objects.filter(report=report, queue__in=REFERRING)
    return there.exclude(state=WorkState.REMOVED).exists()


def carry_out(*, item: Item, ring: Keyring) -> bool:
    """Removes the report, or keeps it and says so; False when that was done before.

    `ring` is the worker's. Raises Forged, keyring.Closed, core.Broken or keys.Untrusted; nothing has
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
            _remove(report)
            outcome = "removed"
        audit.record(actor="worker", verb="withdraw", subject=report, item=str(item.pk), outcome=outcome)
    return True


def hand_to_people(*, item: Item, ring: Keyring) -> bool:
    """After it failed for good: the report stays, and people see that somebody asked."""
    key: bytes | None = None
    try:
        key = ring.key_of(item)
        item.read(key)
    except (Closed, core.Broken, ValueError):
        log.critical("INTEGRITY ALARM: item %s of report %s does not open", item.pk, item.report_id)
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=item.report_id)
        if not Item.objects.filter(pk=item.pk).untriaged().exists():
            return False
        if key is None and all(work.needs_person and work.is_open for work in present(report)):
            return False  # they know already; it is tried again only because its wrap stays
        _hand_to_people(report, item, key, needs_person=True)
        audit.record(actor="worker", verb="integrity_alarm", subject=item, report=str(report.pk))
    return True


def remove_after_all(*, work_item: WorkItem, officer: AbstractBaseUser, reason: str) -> None:
    """An officer found that nothing was handed on, or that it may go: the report is removed after all.

    Only when the reporter asked for it. Raises NotNow.
    """
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=work_item.report_id)
        if not Item.objects.filter(report=report, kind=ItemKind.WITHDRAWAL).exists():
            raise NotNow(_("The reporter has not asked to withdraw this report."))
        _remove(report)
        audit.record(
            actor=officer,
            verb="remove_after_all",
            subject=work_item,
            report=str(report.pk),
            queue=work_item.queue,
        )


def _remove(report: Report) -> None:
    retention.shred(report)
    work_items = WorkItem.objects.filter(report=report)
    waiting = [str(pk) for pk in work_items.values_list("pk", flat=True)]
    Delivery.objects.filter(subject__in=waiting, sent=None).delete()
    work_items.update(state=WorkState.REMOVED, due=None)


def _hand_to_people(report: Report, item: Item, key: bytes | None, *, needs_person: bool = False) -> None:
    queues = present(report)
    for work in queues:
        propose_again(work, urgency=Urgency.NORMAL, needs_person=needs_person)
    reopened(report)
    if key is not None:
        Wrap.objects.hand({item: key}, keys.currents([work.queue for work in queues], bundle.worker()))
        let_go([item])


def _tell_kept(report: Report) -> None:
    """An answer for the mailbox, and for officers to see what the reporter was told."""
    content = {"notice": mailbox.KEPT, "at": timezone.now().isoformat(timespec="seconds")}
    notice, key = Item.compose(report, ItemKind.ANSWER, content)
    notice.save(force_insert=True)
    reporter = Mailbox.objects.get(report=report).public
    queues = keys.currents([work.queue for work in present(report)], bundle.worker())
    Wrap.objects.hand({notice: key}, [reporter, *queues])
