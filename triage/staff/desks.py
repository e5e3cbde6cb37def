"""A desk: one queue as its members see it on the start page."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from reports.choices import Queue, Urgency
from triage.models import WorkItem

_PAGES = {
    Queue.POLICE_REFERRAL: "policereferral",
    Queue.OBI_APPROACH: "obiapproach",
    Queue.FOLLOW_UP: "followupitem",
}


@dataclass(frozen=True)
class Desk:
    name: str
    address: str
    open: int
    immediate: int
    overdue: int


def page_of(queue: Queue, work_item_id: UUID) -> str:
    """The address of a work item's page."""
    return reverse(f"admin:triage_{_PAGES[queue]}_change", args=[work_item_id])


def desk_of(queue: Queue) -> Desk:
    """What waits in this queue now."""
    waiting = WorkItem.objects.filter(queue=queue).open()
    return Desk(
        name=str(queue.label),
        address=reverse(f"admin:triage_{_PAGES[queue]}_changelist"),
        open=waiting.count(),
        immediate=waiting.filter(urgency=Urgency.IMMEDIATE).count(),
        overdue=WorkItem.objects.filter(queue=queue).overdue().count(),
    )
