"""Celery tasks of the mail worker. The rows of the outbox are their queue."""

from __future__ import annotations

import logging

from celery import shared_task

from reports.vault.bundle import Refused
from reports.vault.keys import Untrusted
from triage import notifications, summaries, week_sums

log = logging.getLogger(__name__)


@shared_task(name="triage.mail.send_due_alerts")
def send_due_alerts() -> None:
    """Every 5 seconds: mails the desks of immediate work."""
    _say("alerts", notifications.send_due_alerts())


@shared_task(name="triage.mail.send_due_summaries")
def send_due_summaries() -> None:
    """Every 10 minutes: sums the week that is due, then mails the weekly summary to whom it is due."""
    try:
        week_sums.sum_closed_weeks()
    except (Refused, Untrusted) as error:
        log.error("the figures of the week were not summed: %s", error)  # the mail goes without them
    _say("summaries", summaries.send_due_summaries())


def _say(what: str, outcome: notifications.Sent) -> None:
    if outcome.sent:
        log.info("%s: %s mailed, %s waiting", what, outcome.sent, outcome.waiting)
