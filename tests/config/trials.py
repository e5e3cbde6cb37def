"""A whole trial, or a supervisor with small children, as a process that a test can watch and stop."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.trial.environment import BASE_DIR
from config.trial.folders import scratch
from tests.services import PATIENCE, eventually, running


@dataclass(frozen=True)
class Portal:
    """A whole trial that runs: both sites, worker, beat and Redis."""

    public_url: str
    staff_url: str
    data: Path
    announced: str  # what it printed when it was ready, with the demo logins
    supervisor: Watched


@contextmanager
def portal_running(folder: Path) -> Iterator[Portal]:
    """`./run` with its data in `folder` and on free ports; stopped at the end of the block."""
    public_port, staff_port = free_ports(2)
    environment = clean_environment(
        BAKEN_DATA_DIR=str(folder / "data"),
        BAKEN_PUBLIC_PORT=str(public_port),
        BAKEN_STAFF_PORT=str(staff_port),
    )
    command = [sys.executable, "-P", "-m", "config.trial"]
    with watched(command, folder / "log", environment) as supervisor:
        supervisor.wait_for("Mail is in")
        yield Portal(
            public_url=f"http://127.0.0.1:{public_port}",
            staff_url=f"http://127.0.0.1:{staff_port}",
            data=folder / "data",
            announced=supervisor.log.read_text(encoding="utf-8"),
            supervisor=supervisor,
        )
        supervisor.process.terminate()
        supervisor.process.wait(PATIENCE)
    shutil.rmtree(scratch(folder / "data"), ignore_errors=True)  # left behind when a test killed it


@dataclass(frozen=True)
class Watched:
    """A started process and the file that its lines go to."""

    process: subprocess.Popen[str]
    log: Path

    def said(self, words: str) -> bool:
        """True when the words are in its output; fails the test when it ended without saying them."""
        heard = self.log.read_text(encoding="utf-8")
        if words not in heard and self.process.poll() is not None:
            raise AssertionError(f"it ended without saying {words!r}:\n{heard}")
        return words in heard

    def wait_for(self, words: str) -> None:
        eventually(lambda: self.said(words), what=f"{words!r}")

    def lines(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines()


@contextmanager
def watched(
    command: list[str], log: Path, env: dict[str, str], *, stdin: int = subprocess.DEVNULL
) -> Iterator[Watched]:
    """Starts the command with its output in `log`."""
    with (
        log.open("w", encoding="utf-8") as out,
        running(command, env=env, stdin=stdin, stdout=out, stderr=out) as process,
    ):
        yield Watched(process, log)


@contextmanager
def supervised(folder: Path, *children: tuple[str, str]) -> Iterator[Watched]:
    """A supervisor in a process of its own, over children given as (name, Python code)."""
    code = (
        "import json, os, sys\n"
        "from config.trial.child import Child\n"
        "from config.trial.console import Screen\n"
        "from config.trial.supervisor import Supervisor\n"
        "named = json.loads(sys.argv[1])\n"
        "python = [sys.executable, '-u', '-c']\n"
        "children = [Child(n, [*python, code], dict(os.environ), grace=3600) for n, code in named]\n"
        "died = Supervisor(children, Screen([n for n, _ in named])).run()\n"
        "print('all stopped,', f'because of {died.name}' if died else 'as asked', flush=True)\n"
    )
    command = [sys.executable, "-u", "-c", code, json.dumps(children)]
    with watched(command, folder / "log", clean_environment()) as supervisor:
        yield supervisor


def clean_environment(**settings: str) -> dict[str, str]:
    """The caller's environment without any setting of the tests, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BAKEN_", "DJANGO_"))}
    return kept | {"PYTHONPATH": str(BASE_DIR)} | settings


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def alive(pid: int) -> bool:
    """True while the process runs; a zombie that nobody has asked for counts as ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
