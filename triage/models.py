"""The ministry's side: one work item per report and queue, and what is mailed to whom."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.choices import Language, Queue, Urgency
from reports.models import Report
from triage.choices import OPEN_STATES, MailKind, WorkState
from triage.officers import Invitation, Lockout  # noqa: F401 (Django looks for models here)
from triage.slip_rows import Slip as Slip
from triage.slip_rows import WeekSums as WeekSums

ORDER = ("_open", "_rank", "hasty", "due", "id")  # of most_urgent_first()


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def open(self) -> WorkItemQuerySet:
        """What still asks for a person."""
        return self.filter(state__in=OPEN_STATES)

    def overdue(self, now: datetime | None = None) -> WorkItemQuerySet:
        """Open and past its due time."""
        return self.open().filter(due__lt=now or timezone.now())

    def most_urgent_first(self) -> WorkItemQuerySet:
        """Open before closed, then by urgency, hasty ones after the others, then by due time."""
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
    hasty = models.BooleanField(_("sent very fast"), default=False)

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


class TallyQuerySet(models.QuerySet["Tally"]):
    def add(self, week: str, counts: list[tuple[str, str]]) -> None:
        """Counts one report in each of these (list, line) pairs of the week."""
        lines = Q()
        for list_name, line in counts:
            lines |= Q(list=list_name, line=line)
        chosen = self.filter(lines, week=week)
        if chosen.count() < len(counts):  # the first of its kind this week
            fresh = [Tally(week=week, list=list_name, line=line) for list_name, line in counts]
            self.bulk_create(fresh, ignore_conflicts=True)
        chosen.update(count=models.F("count") + 1)


class Tally(models.Model):
    """One-way counts of a week: reports received, per queue, per urgency; never crossed.

    And, once the week is mailed, its open and overdue work as the steps that were mailed
    (triage/disclosure.py), so that every mail of one week says the same.
    """

    class List(models.TextChoices):
        RECEIVED = "received"
        QUEUE = "queue"
        URGENCY = "urgency"
        WORK = "work"

    week = models.CharField(max_length=8)  # ISO, "2026-W46"
    list = models.CharField(max_length=8, choices=List)
    line = models.CharField(max_length=16)
    count = models.PositiveIntegerField(default=0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["week", "list", "line"], name="tally_once"),
            models.CheckConstraint(
                condition=Q(list__in=["received", "queue", "urgency", "work"]), name="tally_list_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.list} {self.line}"


class Subscription(models.Model):
    """An address that receives the weekly summary, or a queue's alerts."""

    email = models.EmailField(_("e-mail address"))
    kind = models.CharField(_("receives"), max_length=16, choices=MailKind)
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=[(each.value, each.label) for each in (Language.NL, Language.EN)],
        default="nl",
    )

    class Meta:
        verbose_name = _("mail subscription")
        verbose_name_plural = _("mail subscriptions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["email", "kind"], name="subscription_once"),
            models.CheckConstraint(condition=Q(kind__in=MailKind.values), name="subscription_kind_known"),
            models.CheckConstraint(
                condition=Q(language__in=["nl", "en"]), name="subscription_language_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.kind})"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def free(self, now: datetime, claim: timedelta) -> DeliveryQuerySet:
        """Not sent, and not claimed within the time a claim lasts."""
        return self.filter(Q(claimed=None) | Q(claimed__lt=now - claim), sent=None)


class Delivery(models.Model):
    """One mail to one subscription, claimed, sent and marked (docs/decisions.md 30)."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    subject = models.CharField(max_length=36)  # an ISO week, or a work item's id
    claimed = models.DateTimeField(null=True)
    sent = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("sent mail")
        verbose_name_plural = _("sent mails")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "subject"], name="delivery_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} -> {self.subscription_id}"
