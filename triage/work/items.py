"""What may be done with a work item: the functions that the worker and the officers' verbs share.

Call every function inside the caller's transaction. The report's row is locked first, always: so two
officers in two queues, or an officer and the worker, never block each other for ever.
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports import retention, shredding
from reports.choices import ReportStatus, Urgency
from reports.models import Item, ItemKind, Key, Report, Wrap
from triage.choices import OPEN_STATES, WorkState
from triage.mail.alerts import alert_desks
from triage.models import Delivery, WorkItem
from triage.work.due import due_at


class NotNow(Exception):
    """The work item does not allow this; `reason` tells the officer why, in their language."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__("not now")
        self.reason = reason


def locked(work_item: WorkItem) -> WorkItem:
    """The present row, locked until the transaction ends."""
    Report.objects.select_for_update().get(pk=work_item.report_id)
    return WorkItem.objects.select_for_update(of=("self",)).select_related("report").get(pk=work_item.pk)


def locked_open(work_item: WorkItem) -> WorkItem:
    """The same for a work item that still asks for a person. Raises NotNow for any other."""
    current = locked(work_item)
    if current.state not in OPEN_STATES:
        raise NotNow(_("This work item is closed or was removed."))
    return current


def lock_present(report: Report) -> list[WorkItem]:
    """The work items of the queues a report is in, also closed ones; locked until the transaction ends."""
    return list(_present(report).select_for_update(of=("self",)).order_by("queue"))


def queues_of(report: Report) -> list[str]:
    """The queues a report is in, also those that have closed their work item."""
    return sorted(_present(report).values_list("queue", flat=True))


def without_report(report: Report) -> list[str]:
    """Queues with work on this report whose members cannot open it yet.

    Words that were added later brought the report there. The worker handed on these words, but it holds
    no key to the report.
    """
    filed = Wrap.objects.filter(item__report=report, item__kind=ItemKind.REPORT).values("to")
    able = Key.objects.filter(kid__in=filed).values("role")
    there = WorkItem.objects.open().filter(report=report)
    return list(there.exclude(queue__in=able).values_list("queue", flat=True))


def put_in(
    report: Report, queue: str, *, urgency: str, needs_person: bool, about: Item | None = None
) -> WorkItem:
    """A proposed work item for this queue, new or once removed. `about`: see alert_desks."""
    work_item, _made = WorkItem.objects.update_or_create(
        report=report,
        queue=queue,
        defaults={
            "state": WorkState.PROPOSED,
            "urgency": urgency,
            "due": due_at(urgency, timezone.now()),
            "needs_person": needs_person,
        },
    )
    alert_desks([work_item], about=about)
    return work_item


def propose_again(
    work: WorkItem, *, urgency: str = Urgency.LOW, needs_person: bool = False, about: Item | None = None
) -> None:
    """Proposes a work item to a person once more, at this urgency or at its own if that is higher.

    What is open keeps its due time unless the new urgency asks for an earlier one.
    """
    now = timezone.now()
    higher = max(Urgency(work.urgency), Urgency(urgency), key=lambda each: each.rank)
    due = due_at(higher, now)
    if work.state in OPEN_STATES and work.due is not None:
        due = min(due, work.due) if higher != work.urgency else work.due
    raised = higher != work.urgency
    work.state, work.urgency, work.due = WorkState.PROPOSED, higher, due
    work.needs_person = work.needs_person or needs_person
    work.save(update_fields=["state", "urgency", "due", "needs_person"])
    if raised or urgency == Urgency.IMMEDIATE:
        alert_desks([work], about=about)


def reopen(report: Report) -> None:
    """Sets status and retention when a person has to look again."""
    # Not "being read": the worker must still see that a queue decided earlier (worker/withdrawal.py).
    Report.objects.filter(pk=report.pk, status=ReportStatus.CLOSED).update(status=ReportStatus.DECIDED)
    retention.keep_longer(report)


def mark_read(report: Report) -> None:
    """Sets the status "being read", unless a later one is set already."""
    if report.status == ReportStatus.RECEIVED:  # no write for every later look
        unread = Report.objects.filter(pk=report.pk, status=ReportStatus.RECEIVED)
        unread.update(status=ReportStatus.IN_REVIEW)


def remove(report: Report) -> None:
    """Shreds a withdrawn report, takes it out of every queue and deletes its alerts that were not mailed."""
    work_items = WorkItem.objects.filter(report=report)
    # An alert names a work item, or the item that made it immediate (mail/alerts.py).
    named = [*work_items.values_list("pk", flat=True), *report.items.values_list("pk", flat=True)]
    Delivery.objects.filter(subject__in=[str(pk) for pk in named], sent=None).delete()
    shredding.shred(report)
    work_items.update(state=WorkState.REMOVED, due=None)


def _present(report: Report) -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(report=report).exclude(state=WorkState.REMOVED)
