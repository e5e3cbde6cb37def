"""One queue as its members see it on the start page: how many work items wait in it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from reports.choices import Queue, Urgency
from triage.models import OF_QUEUE, WorkItem


@dataclass(frozen=True)
class QueueOverview:
    name: str
    address: str
    open: int
    immediate: int
    overdue: int


def overview_of(queue: Queue) -> QueueOverview:
    """Counts the work items that wait in this queue now."""
    waiting = WorkItem.objects.filter(queue=queue).open()
    return QueueOverview(
        name=str(queue.label),
        address=reverse(f"admin:triage_{OF_QUEUE[queue]._meta.model_name}_changelist"),
        open=waiting.count(),
        immediate=waiting.filter(urgency=Urgency.IMMEDIATE).count(),
        overdue=WorkItem.objects.filter(queue=queue).overdue().count(),
    )
