"""The tasks of Celery: each gets an id at most and calls one function. Nothing of a report is in a task.

The worker runs the tasks of the Celery queue "triage"; the mail worker those named triage.mail.*.
config/schedule.py says when beat starts each.
"""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task

from reports.evidence import files as evidence_files
from reports.vault import intake_rotation
from reports.vault.bundle import BundleRefused
from reports.vault.keys import Untrusted
from triage.figures import summaries, week_sums
from triage.mail import alerts
from triage.mail.outbox import Sent
from triage.worker import sweep as sweeping
from triage.worker.nightly_purge import purge as remove_what_is_past

log = logging.getLogger(__name__)


@shared_task(name="triage.sweep")
def sweep() -> None:
    """Every 2 seconds: claims what waits for the worker, danger first, and starts one task for each."""
    for item_id in sweeping.claim():
        triage_item.apply_async((str(item_id),), expires=sweeping.CLAIM.total_seconds())


@shared_task(name="triage.triage_item")
def triage_item(item_id: str) -> None:
    """Does the work of one item: a report, an addition, a file or a withdrawal."""
    sweeping.work_on(UUID(item_id))


@shared_task(name="triage.sweep_orphan_blobs")
def sweep_orphan_blobs() -> None:
    """Every 15 minutes: deletes what broken-off uploads left behind (reports/evidence/files.py)."""
    swept = evidence_files.sweep_orphans()
    if swept:
        log.info("removed %s blobs that belonged to nothing", swept)


@shared_task(name="triage.purge")
def purge() -> None:
    """Every night: removes what is past its time. If it is stopped, it goes on the next day."""
    done = remove_what_is_past()
    log.info("purged: reports %s, contacts %s, replies %s", done.reports, done.contacts, done.replies)
    if done.never_closed:
        log.warning("%s reports were deleted after their time and had never been closed", done.never_closed)


@shared_task(name="triage.rotate_intake")
def rotate_intake() -> None:
    """Every day: makes the next intake key when the present one is a week old, destroys what nothing needs.

    The worker holds the key, so the worker makes the next one.
    """
    intake_rotation.rotate_intake(not_before=intake_rotation.WEEK)


@shared_task(name="triage.mail.send_due_alerts")
def send_due_alerts() -> None:
    """Every 5 seconds: mails the desks about immediate work."""
    _say("alerts", alerts.send_due_alerts())


@shared_task(name="triage.mail.send_due_summaries")
def send_due_summaries() -> None:
    """Every 10 minutes: sums the week that is due, then mails the weekly summary where it is due."""
    try:
        week_sums.sum_closed_weeks()
    except (BundleRefused, Untrusted) as error:
        log.error("the figures of the week were not summed: %s", error)  # the mail goes without them
    _say("summaries", summaries.send_due_summaries())


def _say(what: str, outcome: Sent) -> None:
    if outcome.sent:
        log.info("%s: %s mailed, %s waiting", what, outcome.sent, outcome.waiting)
