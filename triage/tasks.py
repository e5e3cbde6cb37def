"""Celery tasks: each takes an id and calls one verb. Nothing of a report is in a task.

The rows are the queue (docs/decisions.md 9): the sweep finds items that still have a
wrap to an intake key, so a lost message or a killed worker costs seconds,
never a report.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from reports import evidence
from reports.models import Item, ItemKind
from reports.vault.keyring import Keyring
from triage import (  # noqa: F401 (tasks are looked for here)
    additions,
    evidence_work,
    key_tasks,
    mail_tasks,
    purging,
    routing,
    withdrawal,
)

log = logging.getLogger(__name__)

CLAIM = timedelta(seconds=15)  # long enough for a message to be picked up, short enough to try again soon
PAUSES = (timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5))  # after attempt 1, 2, 3
BATCH = 200


class Work(NamedTuple):
    """What is done with one kind of item, and what instead when that failed three times."""

    do: Callable[[Item, Keyring], object]
    give_up: Callable[[Item, Keyring], object]


WORK = {
    ItemKind.REPORT: Work(
        do=lambda item, ring: routing.route(report_id=item.report_id, ring=ring),
        give_up=lambda item, ring: routing.route_unassessed(report_id=item.report_id, ring=ring),
    ),
    ItemKind.FILE: Work(do=evidence_work.clean, give_up=evidence_work.hand_on),
    ItemKind.ADDITION: Work(
        do=lambda item, ring: additions.route_addition(item=item, ring=ring),
        give_up=lambda item, ring: additions.route_addition_unassessed(item=item, ring=ring),
    ),
    ItemKind.WITHDRAWAL: Work(
        do=lambda item, ring: withdrawal.carry_out(item=item, ring=ring),
        give_up=lambda item, ring: withdrawal.hand_to_people(item=item, ring=ring),
    ),
}


@shared_task(name="triage.sweep")
def sweep() -> None:
    """Claims what waits for the worker, danger first, and starts one task for each."""
    for item_id in claim():
        triage_item.apply_async((str(item_id),), expires=CLAIM.total_seconds())


def claim() -> list[UUID]:
    """Items that are due, marked so that the next sweep leaves them alone for a moment."""
    now = timezone.now()
    with transaction.atomic():
        due = Item.objects.due(now).filter(kind__in=WORK)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        claimed = list(due.values_list("pk", flat=True)[:BATCH])
        Item.objects.filter(pk__in=claimed).update(next_try=now + CLAIM)
    return claimed


@shared_task(name="triage.triage_item")
def triage_item(item_id: str) -> None:
    """Does the work of one item; after three failures hands it to people as it is."""
    chosen = Item.objects.filter(pk=UUID(item_id))
    item = chosen.untriaged().defer("body").first()
    if item is None:
        return  # delivered twice, or gone
    attempt = item.attempts + 1
    # Counted before the work: a report that kills its worker must not be tried for ever.
    pause = PAUSES[min(attempt, len(PAUSES)) - 1]
    chosen.update(attempts=min(attempt, len(PAUSES) + 1), next_try=timezone.now() + pause)
    work = WORK[ItemKind(item.kind)]
    verb = work.do if attempt <= len(PAUSES) else work.give_up
    try:
        verb(item, Keyring.of_worker())
    except Exception as error:
        # The type only: the text of an exception may quote the account.
        log.error(
            "%s of item %s failed, attempt %s: %s", item.kind, item_id, attempt, type(error).__qualname__
        )


@shared_task(name="triage.sweep_orphan_blobs")
def sweep_orphan_blobs() -> None:
    """Deletes what broken-off uploads left behind (reports/evidence.py)."""
    swept = evidence.sweep_orphans()
    if swept:
        log.info("removed %s blobs that belonged to nothing", swept)


@shared_task(name="triage.purge")
def purge() -> None:
    """Removes what is past its time, once a day; cut short, it goes on the next day."""
    done = purging.purge()
    log.info("purged: reports %s, contacts %s, answers %s", done.reports, done.contacts, done.answers)
    if done.never_closed:
        log.warning("%s reports were deleted after their time and had never been closed", done.never_closed)
