"""The sweep: the rows are the queue, a message is only a hint."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import redis
import time_machine
from django.utils import timezone

from reports.models import Item, ItemKind, Report
from tests.factories import FOR_FOLLOW_UP, FOR_POLICE, IN_DANGER, make_report
from tests.triage.worker import processes  # noqa: F401 (tasks go to the broker of the test)
from triage import tasks
from triage.worker import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.any_hour]


@pytest.fixture
def broker(redis_url: str) -> Iterator[redis.Redis]:
    """A client of the broker, emptied before and after."""
    client = redis.Redis.from_url(redis_url.replace("redis+socket", "unix"))
    client.flushall()
    yield client
    client.flushall()


def messages(broker: redis.Redis) -> list[dict[str, Any]]:
    """What waits for a worker, in the order in which it will be taken."""
    return [json.loads(message) for message in reversed(broker.lrange("triage", 0, -1))]


def item_ids(broker: redis.Redis) -> list[str]:
    return [json.loads(b64decode(message["body"]))[0][0] for message in messages(broker)]


def filed_item(report: Report) -> str:
    return str(report.items.get(kind=ItemKind.REPORT).pk)


def test_danger_comes_first_and_then_the_oldest(broker: redis.Redis) -> None:
    with time_machine.travel("2026-11-16 10:00Z"):
        old = make_report(answers=FOR_POLICE)
    with time_machine.travel("2026-11-18 10:00Z"):
        young = make_report(answers=FOR_FOLLOW_UP)
        danger = make_report(answers=IN_DANGER)

    tasks.sweep()

    assert item_ids(broker) == [filed_item(report) for report in (danger, old, young)]


def test_a_message_holds_the_id_of_the_item_and_nothing_else(broker: redis.Redis) -> None:
    report = make_report(answers=IN_DANGER, account="MARKED", contact={"phone": "MARKED"})

    tasks.sweep()

    (message,) = messages(broker)
    arguments, named, options = json.loads(b64decode(message["body"]))
    assert (arguments, named) == ([filed_item(report)], {})
    assert not any(options.values())
    assert message["headers"]["argsrepr"] == f"('{filed_item(report)}',)"
    assert message["headers"]["kwargsrepr"] == "{}"
    for word in (b"MARKED", b"yes", b"danger", str(report.pk).encode()):
        assert word not in broker.lrange("triage", 0, -1)[0]
    assert broker.keys("celery-task-meta*") == []  # no results are kept


def test_a_claimed_item_is_not_sent_again_until_the_claim_is_over(broker: redis.Redis) -> None:
    report = make_report()
    tasks.sweep()
    tasks.sweep()
    assert item_ids(broker) == [filed_item(report)]

    broker.flushall()  # the message is lost
    tasks.sweep()
    assert item_ids(broker) == []

    with time_machine.travel(timezone.now() + sweep.CLAIM + timedelta(seconds=1)):
        tasks.sweep()
    assert item_ids(broker) == [filed_item(report)]


def test_a_message_expires_when_the_claim_is_over(broker: redis.Redis) -> None:
    """A worker that comes back after an hour does not find 1800 messages for one report."""
    make_report()
    before = timezone.now()

    tasks.sweep()

    (message,) = messages(broker)
    expires = datetime.fromisoformat(message["headers"]["expires"])
    assert abs(expires - before - sweep.CLAIM) < timedelta(seconds=5)


def test_what_was_triaged_is_not_swept(broker: redis.Redis) -> None:
    make_report(answers=FOR_POLICE, contact={"phone": "1"}, triaged=True)

    with time_machine.travel(timezone.now() + timedelta(days=1)):
        tasks.sweep()

    assert item_ids(broker) == []
    assert not Item.objects.due(timezone.now()).exists()


def test_one_sweep_takes_so_many_and_the_next_one_the_rest(
    broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "BATCH", 2)
    reports = [make_report() for _ in range(5)]

    sizes = []
    for _ in range(4):
        tasks.sweep()
        sizes.append(len(item_ids(broker)))

    assert sizes == [2, 4, 5, 5]
    assert set(item_ids(broker)) == {filed_item(report) for report in reports}
