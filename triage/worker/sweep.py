"""The rows are the queue: an item that still has a wrap to an intake key waits for the worker.

So a lost message or a killed worker delays a report by seconds and never loses one.
WORK has one row for each kind of item: `do`, and `give_up` after TRIES failures (reports/models/items.py).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from reports.models import TRIES, Item, ItemKind
from reports.vault.keyring import Keyring
from triage.worker import addition, file, report, withdrawal

log = logging.getLogger(__name__)

CLAIM = timedelta(seconds=15)  # long enough for a message to be picked up, short enough to try again soon
PAUSES = (timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5))  # after each of TRIES attempts
BATCH = 200


class Work(NamedTuple):
    """The work on one kind of item: `do`, and `give_up` after `do` failed TRIES times."""

    do: Callable[[Item, Keyring], object]
    give_up: Callable[[Item, Keyring], object]


WORK = {
    ItemKind.REPORT: Work(report.do, report.give_up),
    ItemKind.FILE: Work(file.do, file.give_up),
    ItemKind.ADDITION: Work(addition.do, addition.give_up),
    ItemKind.WITHDRAWAL: Work(withdrawal.do, withdrawal.give_up),
}


def claim() -> list[UUID]:
    """Items that are due, danger first, marked so that the next sweep leaves them alone for a moment."""
    now = timezone.now()
    with transaction.atomic():
        due = Item.objects.due(now).filter(kind__in=WORK)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        claimed = list(due.values_list("pk", flat=True)[:BATCH])
        Item.objects.filter(pk__in=claimed).update(next_try=now + CLAIM)
    return claimed


def work_on(item_id: UUID) -> None:
    """Does the work of one item; after three failures hands it to people as it is. Never raises for it."""
    chosen = Item.objects.filter(pk=item_id)
    item = chosen.untriaged().defer("body").first()
    if item is None:
        return  # delivered twice, or gone
    attempt = item.attempts + 1
    # Counted before the work: a report that kills its worker must not be tried for ever.
    pause = PAUSES[min(attempt, TRIES) - 1]
    chosen.update(attempts=min(attempt, TRIES + 1), next_try=timezone.now() + pause)
    work = WORK[ItemKind(item.kind)]
    verb = work.do if attempt <= TRIES else work.give_up
    try:
        verb(item, Keyring.of_worker())
    except Exception as error:  # noqa: BLE001 - whatever it was, the item is tried again or given to people
        # The type only: the text of an exception may quote the report.
        log.error(
            "%s of item %s failed, attempt %s: %s", item.kind, item_id, attempt, type(error).__qualname__
        )
