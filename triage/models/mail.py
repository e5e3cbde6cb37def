"""Subscriptions to mails, and the outbox: one row for each mail to one subscription."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.choices import Language
from triage.choices import MailKind


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
        """Mails that are not sent and that no claim holds."""
        return self.filter(Q(claimed=None) | Q(claimed__lt=now - claim), sent=None)


class Delivery(models.Model):
    """One mail to one subscription: a week's summary or one alert (docs/decisions.md 30)."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    subject = models.CharField(
        max_length=36
    )  # an ISO week, or the id that an alert is about (mail/alerts.py)
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
