"""kill -9 of the worker at any step: nothing is lost, nothing is done twice, nothing is half visible."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from reports.models import Item, ItemKind, Report, Wrap
from tests.factories import FOR_POLICE, make_report
from tests.services import eventually
from tests.triage.worker.processes import held_worker, sweep_later, worker
from triage import tasks
from triage.models import Tally, WorkItem

pytestmark = pytest.mark.django_db(transaction=True)
Environment = Callable[[str], dict[str, str]]


def is_untouched(report: Report) -> bool:
    """As filed: only the worker can open it, and nothing else was written."""
    kinds = sorted(report.items.values_list("kind", flat=True))
    return (
        kinds == [ItemKind.CONTACT, ItemKind.REPORT]
        and Item.objects.filter(report=report).untriaged().count() == 2
        and Wrap.objects.filter(item__report=report).count() == 2
        and not WorkItem.objects.filter(report=report).exists()
        and not Tally.objects.exists()
    )


def is_routed(report: Report) -> bool:
    """In its queue, once, and closed to the worker."""
    return (
        [work.queue for work in WorkItem.objects.filter(report=report)] == ["police_referral"]
        and not Item.objects.filter(report=report).untriaged().exists()
        and report.items.filter(kind=ItemKind.ASSESSMENT).count() == 1
        and Wrap.objects.filter(item__report=report).count() == 3
        and set(Tally.objects.values_list("count", flat=True)) == {1}
    )


BEFORE_THE_COMMIT = [
    "reports.vault.keyring.Keyring.key_of",
    "triage.worker.report.assess",
    "triage.worker.report.alert_desks",
    "reports.models.ItemQuerySet.drop_intake_wraps",
]


@pytest.mark.parametrize("place", BEFORE_THE_COMMIT)
def test_killed_before_the_commit_everything_is_as_it_was_and_another_worker_does_it(
    place: str, redis_url: str, process_environment: Environment, tmp_path: Path
) -> None:
    report = make_report(answers=FOR_POLICE, contact={"phone": "1"})
    tasks.sweep()

    with held_worker(process_environment("worker"), tmp_path / "held.log", at=place):
        pass  # killed with -9 at the end of the block
    assert is_untouched(report)
    assert report.items.get(kind=ItemKind.REPORT).attempts == 1

    sweep_later()
    with worker(process_environment("worker"), tmp_path / "worker.log"):
        eventually(lambda: is_routed(report), what="the routing by the second worker")


def test_killed_after_the_commit_it_is_done_once(
    redis_url: str, process_environment: Environment, tmp_path: Path
) -> None:
    report = make_report(answers=FOR_POLICE, contact={"phone": "1"})
    tasks.sweep()

    place = "after triage.worker.report.do"
    with held_worker(process_environment("worker"), tmp_path / "held.log", at=place):
        pass
    assert is_routed(report)

    item = report.items.get(kind=ItemKind.REPORT)
    tasks.triage_item.delay(str(item.pk))  # the message that was never acknowledged comes back
    other = make_report(answers=FOR_POLICE, contact={"phone": "2"})
    sweep_later()
    with worker(process_environment("worker"), tmp_path / "worker.log"):
        eventually(lambda: WorkItem.objects.filter(report=other).exists(), what="the routing of the next")
    assert WorkItem.objects.filter(report=report).count() == 1
    assert Wrap.objects.filter(item__report=report).count() == 3


def test_killed_between_claim_and_message_the_next_sweep_sends_it(
    redis_url: str, process_environment: Environment, tmp_path: Path
) -> None:
    report = make_report(answers=FOR_POLICE, contact={"phone": "1"})
    tasks.sweep.delay()

    place = "triage.tasks.triage_item.apply_async"
    with held_worker(process_environment("worker"), tmp_path / "held.log", at=place):
        pass
    assert is_untouched(report)

    sweep_later()
    with worker(process_environment("worker"), tmp_path / "worker.log"):
        eventually(lambda: is_routed(report), what="the routing by the second worker")


def test_a_child_of_the_worker_that_is_killed_is_replaced(
    redis_url: str, process_environment: Environment, tmp_path: Path
) -> None:
    with worker(process_environment("worker"), tmp_path / "worker.log", concurrency=1) as process:
        children = eventually(lambda: children_of(process.pid), what="a child")
        for child in children:
            os.kill(child, signal.SIGKILL)

        report = make_report(answers=FOR_POLICE, contact={"phone": "1"})
        tasks.sweep()
        eventually(lambda: is_routed(report), what="the routing by the new child")
        assert not set(children) & set(children_of(process.pid))


def children_of(pid: int) -> list[int]:
    tasks_folder = Path(f"/proc/{pid}/task/{pid}/children")
    if not tasks_folder.exists():
        pytest.skip("needs /proc, as Linux has it")
    return [int(child) for child in tasks_folder.read_text().split()]
