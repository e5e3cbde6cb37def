"""`./run`: prepare, start everything, say where it is, until Ctrl-C or until one process ends."""

from __future__ import annotations

import fcntl
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.env import Misconfigured
from config.healthcheck import site_answers
from config.trial import dies_with_parent
from config.trial.console import Screen
from config.trial.environment import BASE_DIR, Trial
from config.trial.folders import private
from config.trial.processes import processes
from config.trial.supervisor import Supervisor


def start(trial: Trial) -> int:
    """Runs the trial until it is stopped; returns the exit code.

    Raises Misconfigured when it already runs, a port is taken, a step of the preparation fails
    or a process ends by itself.
    """
    trial.make_folders()
    with _alone(trial), _scratch(trial):
        children = processes(trial)
        for port, name in ((trial.public_port, "BAKEN_PUBLIC_PORT"), (trial.staff_port, "BAKEN_STAFF_PORT")):
            refuse_taken(port, name)
        screen = Screen([child.name for child in children])
        screen.plain("baken: preparing the database, the translations, the keys and the demo reports")
        logins = _prepare(trial)
        announce = _Announcement(trial, screen, logins)
        died = Supervisor(children, screen).run(each_round=announce.when_ready)
        if died:
            raise Misconfigured(
                f"{died.name} ended by itself ({died.how_it_ended()}), so all was stopped; "
                "its last lines are above."
            )
    return 0


@contextmanager
def _alone(trial: Trial) -> Iterator[None]:
    """Holds the lock of the data folder; the system releases it however this process ends."""
    with (trial.run / "lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Misconfigured(
                f"it already runs with the data in {trial.data}; stop that one first."
            ) from error
        yield


@contextmanager
def _scratch(trial: Trial) -> Iterator[None]:
    """Makes the processes' folder for temporary files; removes it with all that they left."""
    private(trial.scratch)
    try:
        yield
    finally:
        shutil.rmtree(trial.scratch, ignore_errors=True)


def refuse_taken(port: int, name: str) -> None:
    """Raises Misconfigured, naming the setting to change, when the port cannot be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise Misconfigured(
                f"port {port} on 127.0.0.1 cannot be used ({getattr(error, 'strerror', None) or error}); "
                f"stop what uses it, or choose another port: {name}={port + 100} ./run"
            ) from error


def _prepare(trial: Trial) -> str:
    """Runs config.trial.set_up in a process of its own; returns the demo logins it printed."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "config.trial.set_up"],
        env=trial.environment("console"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C comes to us; the exception it raises here kills this one
        preexec_fn=dies_with_parent.hook(),
    )
    if done.returncode:
        raise Misconfigured("the preparation failed; what went wrong is above.")
    return str(json.loads(done.stdout)["logins"])


class _Announcement:
    """Says once, when both sites answer, where they are and who can log in."""

    def __init__(self, trial: Trial, screen: Screen, logins: str) -> None:
        self._trial, self._screen, self._logins = trial, screen, logins
        self._waiting_for = [trial.public_port, trial.staff_port]

    def when_ready(self) -> None:
        if not self._waiting_for:
            return
        self._waiting_for = [port for port in self._waiting_for if not site_answers(port, "127.0.0.1")]
        if self._waiting_for:
            return
        logins = "\n".join(f"    {line}" for line in self._logins.strip().splitlines())
        mail: Path = self._trial.data / "mail"
        self._screen.plain(
            f"\nBaken is ready. Ctrl-C stops it.\n"
            f"  Public site   {self._trial.public_url}/\n"
            f"  Staff site    {self._trial.staff_url}/\n{logins}\n"
            f"  Mail is in    {_short(mail)}\n"
        )


def _short(path: Path) -> str:
    return str(path.relative_to(BASE_DIR)) if path.is_relative_to(BASE_DIR) else str(path)
