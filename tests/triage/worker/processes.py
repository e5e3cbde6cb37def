"""Real Celery workers on the database and Redis of a test."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from subprocess import Popen

import time_machine
from django.utils import timezone

import config.celery  # noqa: F401 (so that tasks sent by the test itself go to the same broker)
from tests.services import eventually, running
from triage import tasks

READY = "ready."  # Celery's last line before it takes tasks


@contextmanager
def celery_process(
    *arguments: str, env: Mapping[str, str], log: Path, app: str = "config.celery", ready: str = READY
) -> Iterator[Popen[str]]:
    """A Celery process that has said `ready`; what it says goes to `log`; killed at the end."""
    command = [sys.executable, "-m", "celery", "--app", app, *arguments]
    at_once = dict(env) | {"PYTHONUNBUFFERED": "1"}  # beat prints its first line, which a file would get late
    with log.open("a") as out, running(command, env=at_once, stdout=out, stderr=out) as process:

        def is_ready() -> bool:
            assert process.poll() is None, log.read_text()
            return ready in log.read_text()

        eventually(is_ready, what=f"the start of {arguments[0]}")
        yield process


@contextmanager
def worker(
    env: Mapping[str, str],
    log: Path,
    *,
    app: str = "config.celery",
    concurrency: int = 0,
    queues: str = "triage",
) -> Iterator[Popen[str]]:
    """A worker that takes the tasks of these queues: one process, or `concurrency` children."""
    pool = ["--concurrency", str(concurrency)] if concurrency else ["--pool", "solo"]
    lean = ["--without-gossip", "--without-mingle", "--loglevel", "DEBUG"]
    with celery_process("worker", "-Q", queues, *lean, *pool, env=env, log=log, app=app) as process:
        yield process


@contextmanager
def held_worker(env: Mapping[str, str], log: Path, *, at: str) -> Iterator[Popen[str]]:
    """A worker that stops for ever at a place (see held_worker.py); yields once it is there."""
    mark = log.with_suffix(".held")
    held = dict(env) | {"HOLD_AT": at, "HOLD_MARK": str(mark)}
    with worker(held, log, app="tests.triage.worker.held_worker") as process:
        eventually(mark.exists, what=f"the worker's coming to {at}")
        assert int(mark.read_text()) == process.pid
        yield process
    assert process.returncode == -9


def sweep_later(seconds: float = 20) -> None:
    """The sweep as beat starts it after that time; claims and pauses are over by then."""
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds)):
        tasks.sweep()


def alive(pid: int) -> bool:
    """True while the process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
