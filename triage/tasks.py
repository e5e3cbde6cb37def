"""Doors for Celery: an id comes in, one verb is called. Nothing of a report is in a task.

The rows are the queue (DECISIONS 9): the sweep finds items that still have a
wrap to an intake key, so a lost message or a killed worker costs seconds,
never a report.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from reports.models import Item, ItemKind
from reports.vault.keyring import Keyring
from triage import routing

log = logging.getLogger(__name__)

CLAIM = timedelta(seconds=15)  # long enough for a message to be picked up, short enough to try again soon
PAUSES = (timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5))  # after attempt 1, 2, 3
BATCH = 200


@shared_task(name="triage.sweep")
def sweep() -> None:
    """Claims what waits to be triaged, danger first, and starts one task for each."""
    now = timezone.now()
    with transaction.atomic():
        due = Item.objects.due(now).filter(kind=ItemKind.REPORT)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        claimed = list(due.values_list("pk", "report_id")[:BATCH])
        Item.objects.filter(pk__in=[pk for pk, _ in claimed]).update(next_try=now + CLAIM)
    for _, report_id in claimed:
        triage_report.apply_async((str(report_id),), expires=CLAIM.total_seconds())


@shared_task(name="triage.triage_report")
def triage_report(report_id: str) -> None:
    """Routes one report; after three failures hands it to people unassessed."""
    chosen = Item.objects.filter(report_id=UUID(report_id), kind=ItemKind.REPORT)
    item = chosen.untriaged().first()
    if item is None:
        return  # delivered twice, or withdrawn
    attempt = item.attempts + 1
    # Counted before the work: a report that kills its worker must not be tried for ever.
    pause = PAUSES[min(attempt, len(PAUSES)) - 1]
    chosen.update(attempts=F("attempts") + 1, next_try=timezone.now() + pause)
    verb = routing.route if attempt <= len(PAUSES) else routing.route_unassessed
    try:
        verb(report_id=item.report_id, ring=Keyring.of_worker())
    except Exception as error:
        # The type only: the text of an exception may quote what it choked on.
        log.error("triage of %s failed, attempt %s: %s", report_id, attempt, type(error).__qualname__)  # noqa: TRY400
