"""Sweep, worker and beat as real processes: broker down, messages twice, workers at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.utils import timezone

from reports.models import Item, ItemKind, Report, Wrap
from tests.factories import FOR_POLICE, make_report
from tests.services import eventually, run_python, running_redis
from tests.triage.worker.processes import celery_process, worker
from triage import tasks
from triage.models import Tally, WorkItem
from triage.worker import sweep

pytestmark = pytest.mark.django_db(transaction=True)
Environment = Callable[[str], dict[str, str]]


def is_routed(report: Report) -> bool:
    return (
        WorkItem.objects.filter(report=report).exists()
        and not Item.objects.filter(report=report).untriaged().exists()
    )


def test_every_message_delivered_five_times_to_three_workers_is_done_once(
    redis_url: str, process_environment: Environment, tmp_path: Path
) -> None:
    reports = [make_report(answers=FOR_POLICE, contact={"phone": "1"}) for _ in range(8)]
    for _ in range(5):
        for item_id in Item.objects.filter(kind=ItemKind.REPORT).values_list("pk", flat=True):
            tasks.triage_item.delay(str(item_id))

    log = tmp_path / "worker.log"
    with worker(process_environment("worker"), log, concurrency=3):
        eventually(lambda: all(map(is_routed, reports)), what="the routing of all reports")
        last = make_report(answers=FOR_POLICE)
        tasks.sweep()  # taken after all the others: those messages are done by then
        eventually(lambda: is_routed(last), what="the routing of the last report")

    assert WorkItem.objects.count() == 9
    assert Item.objects.filter(kind=ItemKind.ASSESSMENT).count() == 9
    assert Wrap.objects.count() == 8 * 3 + 2
    assert Tally.objects.get(list="received").count == 9
    assert "failed, attempt" not in log.read_text()


def test_with_the_broker_down_reports_are_taken_and_triaged_once_it_is_back(
    process_environment: Environment, tmp_path: Path
) -> None:
    with (
        ExitStack() as running,
        TemporaryDirectory(prefix="baken-") as folder,
    ):  # a socket's path must be short
        socket = Path(folder) / "redis.sock"
        broker = {"BAKEN_REDIS_URL": f"redis+socket://{socket}"}
        beat_files = ["--schedule", str(tmp_path / "beat"), "--pidfile", str(tmp_path / "beat.pid")]
        with running_redis(socket):
            running.enter_context(worker(process_environment("worker") | broker, tmp_path / "worker.log"))
            running.enter_context(
                celery_process(
                    *("beat", "--loglevel", "INFO", *beat_files),
                    env=process_environment("beat") | broker,
                    log=tmp_path / "beat.log",
                    ready="is starting.",
                )
            )
            before = make_report(answers=FOR_POLICE)
            eventually(lambda: is_routed(before), what="triage by beat and worker")

        meanwhile = make_report(answers=FOR_POLICE)  # Redis was killed with -9
        assert not is_routed(meanwhile)
        assert meanwhile.items.untriaged().exists()

        running.enter_context(running_redis(socket))
        eventually(lambda: is_routed(meanwhile), what="triage after the broker came back")


def test_a_sweep_that_reaches_no_broker_loses_no_report(
    process_environment: Environment, tmp_path: Path
) -> None:
    reports = [make_report() for _ in range(3)]
    nowhere = {"BAKEN_REDIS_URL": f"redis+socket://{tmp_path}/nobody.sock"}
    program = "import django; django.setup(); import config.celery; from triage import tasks; tasks.sweep()"

    done = run_python("-c", program, env=process_environment("worker") | nowhere)

    assert "OperationalError" in done.stderr
    assert not Item.objects.due(timezone.now()).exists()  # claimed
    later = timezone.now() + sweep.CLAIM + timedelta(seconds=1)
    assert {item.report_id for item in Item.objects.due(later)} == {report.pk for report in reports}
    assert set(Item.objects.values_list("attempts", flat=True)) == {0}
