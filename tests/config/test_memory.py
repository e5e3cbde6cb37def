"""Nothing of a process that holds keys comes onto a disk as a core dump, and no other process reads it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

import pytest

from config.settings import BASE_DIR
from config.trial.processes import celery, gunicorn
from tests.config.trials import free_ports
from tests.services import eventually, running

Environment = Callable[[str], dict[str, str]]
_GROUP = os.getgid() or 65534
"""An open process belongs to its user and group, a closed one to root and root. With this group the
processes of root tell the difference too."""


@contextmanager
def started(command: list[str], env: dict[str, str]) -> Iterator[Popen[str]]:
    group = {"group": _GROUP, "extra_groups": []} if os.geteuid() == 0 else {}
    with running(
        command, env=env, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, cwd=BASE_DIR, **group
    ) as process:
        yield process


def is_readable_by_neighbours(pid: int) -> bool:
    return Path(f"/proc/{pid}/environ").stat().st_gid == _GROUP


def may_dump(pid: int) -> bool:
    (line,) = [
        line for line in Path(f"/proc/{pid}/limits").read_text().splitlines() if "core file size" in line
    ]
    return line.split()[4:6] != ["0", "0"]


def family_of(pid: int) -> list[int]:
    """The process and all it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family_of(int(child)))]


pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
    pytest.mark.django_db(transaction=True),
]


def test_an_ordinary_process_can_be_read() -> None:
    with started([sys.executable, "-c", "input()"], dict(os.environ)) as process:
        assert is_readable_by_neighbours(process.pid)


@pytest.mark.parametrize("role", ["public", "staff", "worker", "mail"])
def test_no_process_of_the_house_can_be_read_or_dumped(
    role: str, process_environment: Environment, redis_url: str
) -> None:
    own = {"BAKEN_BIND": f"127.0.0.1:{free_ports(1)[0]}", "BAKEN_WEB_WORKERS": "1"}
    queue = "mail" if role == "mail" else "triage"
    command = (
        gunicorn() if role in {"public", "staff"} else celery("worker", "-Q", queue, "--concurrency", "1")
    )
    with started(command, process_environment(role) | own) as process:
        eventually(lambda: len(family_of(process.pid)) > 1, what="the start of its children")
        for pid in family_of(process.pid):
            assert not is_readable_by_neighbours(pid), Path(f"/proc/{pid}/cmdline").read_text()
            assert not may_dump(pid)


@pytest.mark.parametrize("arguments", [["manage.py", "shell", "-c", "input()"]])
def test_neither_can_a_command_at_the_console(arguments: list[str], process_environment: Environment) -> None:
    with started([sys.executable, *arguments], process_environment("console")) as process:
        eventually(lambda: not is_readable_by_neighbours(process.pid), what="the closing of its memory")
        assert not may_dump(process.pid)
