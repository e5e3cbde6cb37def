"""What can only be counted from inside a process: SQL statements, CPU of one triage, and loading rows."""

from __future__ import annotations

import os
import secrets
import sys
import time
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from reports import intake  # noqa: E402
from reports.facts import Facts  # noqa: E402
from reports.models import Item, ItemKind, Key, KeyRole, Mailbox, Report, Wrap  # noqa: E402
from tests.bench.clients import ACCOUNT, ANSWERS  # noqa: E402
from triage import tasks  # noqa: E402
from triage.models import WorkItem  # noqa: E402
from triage.worker import sweep  # noqa: E402

BATCH = 2_000


def load(count: int) -> None:
    """Stores reports as they are long after triage; the blobs have the right size and open with no key."""
    body, wrapped, public = os.urandom(4177), os.urandom(1169), os.urandom(1249)
    queue = Key.objects.get(role=KeyRole.FOLLOW_UP).kid
    for start in range(0, count, BATCH):
        with transaction.atomic():
            reports = [
                Report(delete_after=date(2030, 1, 1), danger_ticked=None)
                for _ in range(min(BATCH, count - start))
            ]
            Report.objects.bulk_create(reports)
            items = [Item(report=report, kind=ItemKind.REPORT, body=body) for report in reports]
            Item.objects.bulk_create(items)
            Wrap.objects.bulk_create(Wrap(to=queue, item=item, blob=wrapped) for item in items)
            Mailbox.objects.bulk_create(
                Mailbox(lookup=secrets.token_hex(32), report=report, kid=uuid.uuid4().hex, public=public)
                for report in reports
            )
            WorkItem.objects.bulk_create(
                WorkItem(report=report, queue="follow_up", urgency="low", state="closed")
                for report in reports
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure(count: int = 60) -> None:
    """Prints SQL of one intake and SQL and CPU of one triage, each in one task as the worker runs it."""
    _file()
    statements = _counted(_file)
    waiting = [_file() for _ in range(count)]
    items = Item.objects.filter(report_id__in=waiting, kind=ItemKind.REPORT).values_list("pk", flat=True)
    ids = [str(pk) for pk in items]
    tasks.triage_item(ids[0])  # loads the policy
    triage_statements = _counted(lambda: tasks.triage_item(ids[1]))
    before = time.process_time()
    for item_id in ids[2:]:
        tasks.triage_item(item_id)
    cpu = 1000 * (time.process_time() - before) / (count - 2)
    sweep_statements = _counted(sweep.claim)
    print(f"  intake: {statements} SQL · triage: {cpu:.1f} CPU-ms, {triage_statements} SQL", end="")
    print(f" · sweep with nothing to do: {sweep_statements} SQL")


def _file() -> uuid.UUID:
    answers: dict[str, Any] = {
        name: value for name, value in ANSWERS.items() if not name.startswith("contact")
    }
    answers["incident_types"] = [answers["incident_types"]]
    receipt = intake.receive(
        form_key=os.urandom(32),
        facts=Facts.from_answers(answers),
        account=ACCOUNT,
        language="be",
        contact={"way": "code"},
    )
    return receipt.report_id


def _counted(work: Callable[[], object]) -> int:
    """Statements sent to the database, BEGIN and COMMIT left out."""
    count = 0

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        work()
    return count


if __name__ == "__main__":
    if sys.argv[1] == "load":
        load(int(sys.argv[2]))
    else:
        measure()
