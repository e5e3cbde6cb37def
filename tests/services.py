"""Real servers and processes for the tests; each ends with its block, a kill -9 of pytest included."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import redis

from config.trial import broker, dies_with_parent

T = TypeVar("T")

PATIENCE = 180.0
"""Seconds after which something that a test waits for counts as not happening. A machine with ten times more
to do than it can is slow, not broken: no test may fail there because of the time that it takes."""


def eventually(question: Callable[[], T], *, within: float = PATIENCE, what: str = "it") -> T:
    """Asks until the answer is true and returns it; fails the test after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {within:g} seconds")
        time.sleep(0.02)


@contextmanager
def running(
    command: list[str], env: Mapping[str, str] | None = None, **kwargs: Any
) -> Iterator[subprocess.Popen[str]]:
    """A process in a session of its own; killed with all it started at the end of the block."""
    process = subprocess.Popen(
        command,
        env=env,
        text=True,
        start_new_session=True,
        preexec_fn=dies_with_parent.hook(),  # noqa: PLW1509 (it takes no lock)
        **kwargs,
    )
    try:
        yield process
    finally:
        stop_group(process)


def stop_group(process: subprocess.Popen[str]) -> None:
    """Kills the process and everything in its session."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


@contextmanager
def running_redis(socket: Path) -> Iterator[redis.Redis]:
    """A Redis on that socket; yields a client of it."""
    with running(broker.command(socket), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        client = redis.Redis(unix_socket_path=str(socket))

        def answers() -> bool:
            assert server.poll() is None, "the Redis server ended at once"
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False

        eventually(answers, what="an answer of Redis")
        yield client


def run_python(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs this Python with the arguments, without input, and returns what it said."""
    return subprocess.run(
        [sys.executable, *arguments],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
