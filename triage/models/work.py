"""One work item for each report and queue, and the three queues as the admin lists them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.choices import Queue, Urgency
from reports.models import Report
from triage.choices import OPEN_STATES, WorkState

ORDER = ("_open", "_rank", "looks_automated", "due", "id")  # of most_urgent_first()


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def open(self) -> WorkItemQuerySet:
        """Work items that still wait for a person."""
        return self.filter(state__in=OPEN_STATES)

    def overdue(self, now: datetime | None = None) -> WorkItemQuerySet:
        """Open work items past their due time."""
        return self.open().filter(due__lt=now or timezone.now())

    def most_urgent_first(self) -> WorkItemQuerySet:
        """Open before closed, then by urgency, looks_automated ones after the others, then by due time."""
        rank = Case(
            *(When(urgency=each, then=Value(-each.rank)) for each in Urgency),
            output_field=models.IntegerField(),
        )
        is_open = Case(When(state__in=OPEN_STATES, then=Value(0)), default=Value(1))
        return self.annotate(_open=is_open, _rank=rank).order_by(*ORDER)


class WorkItem(models.Model):
    """One report in one queue. The machine proposes it; a person confirms, corrects and closes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    report = models.ForeignKey(
        Report, on_delete=models.CASCADE, related_name="work_items", verbose_name=_("report")
    )
    queue = models.CharField(_("queue"), max_length=16, choices=Queue)
    state = models.CharField(_("state"), max_length=10, choices=WorkState, default=WorkState.PROPOSED)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency)
    due = models.DateTimeField(_("due"), null=True)  # empty once closed
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("assignee")
    )
    # A rule or the whole assessment failed: the proposal says less than it should.
    needs_person = models.BooleanField(_("needs a person"), default=False)
    # The form was filled in as programs do it: sorts after the others of its urgency, and nothing else.
    looks_automated = models.BooleanField(_("sent very fast"), default=False)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("work item")
        verbose_name_plural = _("work items")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "queue"], name="work_item_once_per_queue"),
            models.CheckConstraint(condition=Q(queue__in=Queue.values), name="work_item_queue_known"),
            models.CheckConstraint(condition=Q(state__in=WorkState.values), name="work_item_state_known"),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="work_item_urgency_known"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, due__isnull=False) | Q(due__isnull=True),
                name="work_item_due_only_while_open",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["queue", "state", "due"], name="work_item_list")]

    def __str__(self) -> str:
        return f"{self.report.reference} {self.queue}"

    def get_absolute_url(self) -> str:
        """The address of its page on the staff site."""
        return reverse(f"admin:triage_{OF_QUEUE[Queue(self.queue)]._meta.model_name}_change", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due is not None and self.due < timezone.now()


class PoliceReferral(WorkItem):
    class Meta:
        proxy = True
        verbose_name = _("police referral")
        verbose_name_plural = _("police referral")


class ObiApproach(WorkItem):
    class Meta:
        proxy = True
        verbose_name = _("OBI approach")
        verbose_name_plural = _("OBI approach")


class FollowUpItem(WorkItem):
    class Meta:
        proxy = True
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-up")


OF_QUEUE: dict[Queue, type[WorkItem]] = {
    Queue.POLICE_REFERRAL: PoliceReferral,
    Queue.OBI_APPROACH: ObiApproach,
    Queue.FOLLOW_UP: FollowUpItem,
}
"""How the admin lists each queue."""
