"""kill -9 of the worker while it hands words over or carries out a withdrawal: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reports import mailbox
from reports.choices import ReportStatus
from reports.models import Item, ItemKind, Wrap
from tests.cast import DANGER, Case
from tests.services import eventually
from tests.triage.worker.processes import held_worker, sweep_later, worker
from triage import tasks

pytestmark = pytest.mark.django_db(transaction=True)
Environment = Callable[[str], dict[str, str]]


@pytest.mark.parametrize(
    "place", ["reports.models.ItemQuerySet.drop_intake_wraps", "triage.worker.addition.reopen"]
)
def test_words_are_handed_over_wholly_or_not_at_all(
    place: str, redis_url: str, process_environment: Environment, tmp_path: Path
) -> None:
    case = Case()
    item = case.add_only(DANGER)
    before = (Item.objects.count(), Wrap.objects.count(), case.queues)
    tasks.sweep()

    with held_worker(process_environment("worker"), tmp_path / "held.log", at=place):
        pass  # killed with -9 at the end of the block
    assert (Item.objects.count(), Wrap.objects.count(), case.queues) == before

    sweep_later()
    with worker(process_environment("worker"), tmp_path / "worker.log"):
        eventually(lambda: "police_referral" in case.queues, what="the second worker")
    assert item not in Item.objects.untriaged()
    assert Item.objects.filter(report=case.id, kind=ItemKind.ASSESSMENT).count() == 2


def test_a_withdrawal_is_carried_out_wholly_or_not_at_all(
    redis_url: str, process_environment: Environment, tmp_path: Path
) -> None:
    case = Case()
    mailbox.withdraw(holder=case.holder)
    before = (Item.objects.count(), Wrap.objects.count(), case.queues, case.report.status)
    tasks.sweep()

    with held_worker(
        process_environment("worker"), tmp_path / "held.log", at="after triage.worker.withdrawal.remove"
    ):
        pass
    assert (Item.objects.count(), Wrap.objects.count(), case.queues, case.report.status) == before

    sweep_later()
    with worker(process_environment("worker"), tmp_path / "worker.log"):
        eventually(lambda: case.report.status == ReportStatus.WITHDRAWN, what="the second worker")
    assert not Item.objects.filter(report=case.id).exists()
