"""The worker keeps its connection to PostgreSQL from task to task, and makes a new one when it was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from config.database_roles import ROLES
from reports.models import Item, Report
from tests.factories import FOR_POLICE, make_report
from tests.roles import rows
from tests.services import eventually
from tests.triage.worker.processes import worker
from triage import tasks

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
Environment = Callable[[str], dict[str, str]]


@pytest.fixture
def log(redis_url: str, process_environment: Environment, tmp_path: Path) -> Iterator[Path]:
    """A worker of one process is running; what it says goes to this file."""
    log = tmp_path / "worker.log"
    with worker(process_environment("worker"), log):
        yield log


def triage_one() -> None:
    """Files a report and waits until the worker has routed it."""
    report: Report = make_report(answers=FOR_POLICE)
    tasks.sweep()
    eventually(lambda: not Item.objects.filter(report=report).untriaged().exists(), what="the routing")


def sessions() -> list[int]:
    """The server processes that serve the worker now."""
    found = rows(
        "SELECT pid FROM pg_stat_activity WHERE usename = %s AND datname = current_database()",
        ROLES["worker"],
    )
    return [pid for (pid,) in found]


def has_ended(pid: int) -> bool:
    return pid not in sessions()


def test_one_connection_serves_task_after_task(log: Path) -> None:
    triage_one()
    first = eventually(sessions, what="the worker's session")
    for _turn in range(10):
        triage_one()

    assert len(first) == 1
    assert sessions() == first


def test_a_connection_that_was_cut_is_replaced_and_no_report_waits_for_it(log: Path) -> None:
    """As after a restart of PostgreSQL: the very next task works, no attempt of a report is lost."""
    triage_one()
    for _turn in range(2):
        (pid,) = eventually(sessions, what="the worker's session")
        rows("SELECT pg_terminate_backend(%s)", pid)
        eventually(partial(has_ended, pid), what="the end of the session")
        triage_one()
        assert pid not in sessions()

    said = log.read_text()
    assert "Traceback" not in said
    assert "failed, attempt" not in said
