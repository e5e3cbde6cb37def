"""deploy/redis-start and deploy/redis.acl with a real Redis: each process does its work and no more."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import redis

from config.healthcheck import file_is_fresh
from config.settings import BASE_DIR
from config.trial import broker
from tests.config.trials import free_ports, watched
from tests.services import eventually, running

Connect = Callable[[str], str]


@pytest.fixture
def broker_url(tmp_path: Path) -> Iterator[Connect]:
    """The production broker on a free port; call it with a process's name for that one's address."""
    make_secrets = [BASE_DIR / "deploy" / "make-secrets", tmp_path / "secrets"]
    subprocess.run(make_secrets, check=True, capture_output=True)
    (port,) = free_ports(1)
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "redis-server").symlink_to(broker.program())
    environment = {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "SECRETS": str(tmp_path / "secrets"),
        "ACL": str(BASE_DIR / "deploy" / "redis.acl"),
        "RUN": str(tmp_path),
    }

    def url(process: str) -> str:
        secret = (tmp_path / "secrets" / f"redis_url_{process}").read_text(encoding="utf-8")
        return secret.replace("@redis:6379", f"@127.0.0.1:{port}")

    def answers() -> bool:
        try:
            return bool(redis.Redis.from_url(url("worker")).ping())
        except redis.ConnectionError:
            return False

    command = ["sh", str(BASE_DIR / "deploy" / "redis-start"), "--port", str(port), "--bind", "127.0.0.1"]
    with running(command, env=environment, stdout=subprocess.DEVNULL):
        eventually(answers, what="an answer of Redis")
        yield url


def test_nobody_is_let_in_without_a_password(broker_url: Connect) -> None:
    nameless = broker_url("worker").replace("worker:", "nobody:")

    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(nameless).ping()


@pytest.mark.parametrize("process", ["worker", "mail", "beat"])
def test_no_process_may_do_more_than_pass_tasks(broker_url: Connect, process: str) -> None:
    client = redis.Redis.from_url(broker_url(process))

    for order in ("CONFIG GET *", "KEYS *", "FLUSHALL", "GET else", "ACL LIST"):
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.execute_command(*order.split())


def test_beat_may_send_tasks_but_not_read_them(broker_url: Connect) -> None:
    beat = redis.Redis.from_url(broker_url("beat"))
    beat.lpush("triage", "a task")

    with pytest.raises(redis.exceptions.NoPermissionError):
        beat.rpop("triage")


@pytest.mark.django_db(transaction=True)
def test_beat_and_workers_do_their_work_with_these_rights(
    broker_url: Connect, process_environment: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    celery = [sys.executable, "-m", "celery", "--app", "config.celery", "--quiet"]
    worker = ["worker", "--concurrency", "1", "--without-gossip", "--without-mingle"]
    commands = {
        "worker": [*celery, *worker, "-Q", "triage"],
        "mail": [*celery, *worker, "-Q", "mail"],
        "beat": [*celery, "beat", "--schedule", str(tmp_path / "schedule")],
    }

    def environment(role: str) -> dict[str, str]:
        own = {"BAKEN_REDIS_URL": broker_url(role), "BAKEN_HEARTBEAT": str(tmp_path / f"{role}-alive")}
        return process_environment(role) | own

    queues = redis.Redis.from_url(broker_url("worker"))

    def is_empty(queue: str) -> bool:
        return not queues.llen(queue)

    with watched(commands["beat"], tmp_path / "beat.log", environment("beat")):
        eventually(lambda: queues.llen("triage") and queues.llen("mail"), what="beat's tasks in both queues")
        assert file_is_fresh(tmp_path / "beat-alive")
    for role in ("worker", "mail"):
        with watched(commands[role], tmp_path / f"{role}.log", environment(role)) as process:
            queue = "triage" if role == "worker" else "mail"
            eventually(partial(is_empty, queue), what=f"an empty queue {queue}")
            eventually(partial(file_is_fresh, tmp_path / f"{role}-alive"), what="a heartbeat")
            assert "NoPermission" not in process.log.read_text(encoding="utf-8")
