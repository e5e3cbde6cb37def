"""Doors for Celery: the two tasks of the mail worker. The rows of the outbox are their queue."""

from __future__ import annotations

import logging

from celery import shared_task

from triage import notifications, summaries

log = logging.getLogger(__name__)


@shared_task(name="triage.mail.send_due_alerts")
def send_due_alerts() -> None:
    """Every 5 seconds: mails the desks of immediate work."""
    _say("alerts", notifications.send_due_alerts())


@shared_task(name="triage.mail.send_due_summaries")
def send_due_summaries() -> None:
    """Every 10 minutes: mails the weekly summary to whom it is due."""
    _say("summaries", summaries.send_due_summaries())


def _say(what: str, outcome: notifications.Sent) -> None:
    if outcome.sent:
        log.info("%s: %s mailed, %s waiting", what, outcome.sent, outcome.waiting)
