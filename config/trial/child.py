"""One process under the supervisor: how it is started, read, asked to stop and killed."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from dataclasses import dataclass
from typing import IO

from config.trial import dies_with_parent
from config.trial.console import Screen
from config.trial.environment import BASE_DIR


@dataclass(eq=False)
class Child:
    """A command that runs once. `grace` is how many seconds it has to end when asked to."""

    name: str
    command: list[str]
    environment: dict[str, str]
    grace: float = 10.0
    hide: re.Pattern[str] | None = None  # lines that are not worth a person's time
    output: IO[bytes] | None = None
    _process: subprocess.Popen[bytes] | None = None
    _half_line: bytes = b""

    def start(self) -> None:
        """Starts the process in a session of its own, so that Ctrl-C reaches only the supervisor.

        It ends with the supervisor, kill -9 included.
        """
        self._process = subprocess.Popen(
            self.command,
            env=self.environment,
            cwd=BASE_DIR,  # gunicorn and Celery import from their working folder
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dies_with_parent.hook(),  # noqa: PLW1509 (the supervisor has one thread)
        )
        self.output = self._process.stdout

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ended(self) -> bool:
        """True when it was started and is no longer running."""
        return self._process is not None and self._process.poll() is not None

    def how_it_ended(self) -> str:
        """For a person: the signal or the exit code."""
        code = self._process.returncode if self._process else 0
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def read_output(self, screen: Screen) -> bool:
        """Shows the whole lines that have arrived; False when the pipe has come to its end."""
        if self.output is None:
            return False
        try:
            chunk = os.read(self.output.fileno(), 65536)
        except BlockingIOError:
            return True
        *lines, self._half_line = (self._half_line + chunk).split(b"\n")
        if not chunk and self._half_line:
            lines.append(self._half_line)
        for line in lines:
            text = line.decode("utf-8", "replace").rstrip()
            if text and not (self.hide and self.hide.search(text)):
                screen.line(self.name, text)
        return bool(chunk)

    def ask_to_stop(self) -> None:
        """SIGTERM: gunicorn answers what it has begun, Celery finishes its task."""
        if self._process is not None:
            self._process.terminate()

    def kill_group(self) -> None:
        """Kills the process and all it started."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
