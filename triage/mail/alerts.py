"""Alerts: the mail to a desk that immediate work waits in its queue. No content, no id, no name.

The text is in templates/triage/mail/alert.LANGUAGE.txt. The outbox beside this file does the sending.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage

from reports.choices import Queue, Urgency
from reports.models import Item
from triage.mail.outbox import Sent, deliver, headers, written
from triage.models import Delivery, Subscription, WorkItem

log = logging.getLogger(__name__)

ALERT_CLAIM = timedelta(minutes=2)  # an alert cannot wait long; a task is killed after CELERY_TASK_TIME_LIMIT


def alert_desks(work_items: Iterable[WorkItem], *, about: Item | None = None) -> None:
    """Puts a mail to the desk in the outbox for every immediate work item; call it inside the transaction.

    One mail for a work item, and one more for each thing that came later (`about`) and makes it immediate.
    """
    for work_item in work_items:
        if work_item.urgency == Urgency.IMMEDIATE:
            desk = Subscription.objects.filter(kind=work_item.queue)
            subject = str(about.pk if about else work_item.pk)
            alerts = [Delivery(subscription=each, subject=subject) for each in desk]
            if not alerts:
                log.warning("an immediate item waits in %s and nobody is mailed its alerts", work_item.queue)
            Delivery.objects.bulk_create(alerts, ignore_conflicts=True)


def send_due_alerts() -> Sent:
    """Mails every alert in the outbox; returns how many went out and how many wait."""
    alerts = Delivery.objects.filter(subscription__kind__in=Queue.values)
    return deliver(outbox=alerts, claim=ALERT_CLAIM, compose=_alert)


def _alert(delivery: Delivery) -> EmailMessage:
    to = delivery.subscription
    subject, body = written(
        f"triage/mail/alert.{to.language}.txt", {"queue": to.kind, "staff_url": settings.STAFF_URL}
    )
    return EmailMessage(subject, body, to=[to.email], headers=headers(to.kind, delivery.subject, to.email))
