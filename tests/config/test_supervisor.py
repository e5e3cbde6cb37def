"""The supervisor: a process that ends stops the others, and nothing is left at the end."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest

from tests.config.trials import Watched, alive, supervised
from tests.services import PATIENCE, eventually

PID = re.compile(r"\| pid (\d+)")
# Says its process id, then waits to be stopped.
STAYS = "import os, signal; print('pid', os.getpid()); signal.pause()"
# The same with a child of its own, as gunicorn and Celery have.
WITH_CHILD = f"import subprocess, sys; subprocess.Popen([sys.executable, '-uc', {STAYS!r}]); {STAYS}"
# Finishes what it is doing when asked to stop, as a worker does.
FINISHES = (
    "import signal, sys, time\n"
    "signal.signal(signal.SIGTERM, lambda *_: (print('finished its task'), sys.exit()))\n"
    "print('pid', __import__('os').getpid())\n"
    "while True: time.sleep(60)"
)
STUBBORN = (
    f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {STAYS}\n"
    "while True: signal.pause()"
)  # fmt: skip


def pids(supervisor: Watched, count: int) -> list[int]:
    """The process ids that the children have said, once there are `count` of them."""

    def said() -> list[int]:
        return [int(pid) for pid in PID.findall("\n".join(supervisor.lines()))]

    return eventually(lambda: said() if len(said()) >= count else [], what=f"{count} process ids")


@pytest.mark.parametrize(
    ("last_words", "how"),
    [
        ("os.kill(os.getpid(), 9)", "killed by SIGKILL"),
        ("raise SystemExit(3)", "exit code 3"),
        ("pass", "exit code 0"),
    ],
)
def test_a_child_that_ends_stops_the_others_and_is_named(tmp_path: Path, last_words: str, how: str) -> None:
    dies = f"import os; print('last words'); {last_words}"
    with supervised(tmp_path, ("stays", WITH_CHILD), ("dies", dies)) as supervisor:
        assert supervisor.process.wait(PATIENCE) == 0

        lines = supervisor.lines()
        end = lines.index(f"dies  | ended ({how}); the others stop now")
        assert "dies  | last words" in lines[:end]
        assert lines[-1] == "all stopped, because of dies"
        assert not [pid for pid in map(int, PID.findall("\n".join(lines))) if alive(pid)]


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_and_a_closed_terminal_stop_all_and_let_a_task_finish(
    tmp_path: Path, asked: signal.Signals
) -> None:
    with supervised(tmp_path, ("web", WITH_CHILD), ("worker", FINISHES)) as supervisor:
        started = pids(supervisor, 3)

        supervisor.process.send_signal(asked)

        assert supervisor.process.wait(PATIENCE) == 0
        assert not [pid for pid in started if alive(pid)]
        assert "worker | finished its task" in supervisor.lines()
        assert supervisor.lines()[-1] == "all stopped, as asked"


def test_a_child_that_will_not_stop_is_killed_at_the_second_ctrl_c(tmp_path: Path) -> None:
    with supervised(tmp_path, ("stubborn", STUBBORN)) as supervisor:
        (pid,) = pids(supervisor, 1)
        supervisor.process.send_signal(signal.SIGTERM)

        def press_again() -> bool:
            supervisor.process.send_signal(signal.SIGINT)
            return supervisor.process.poll() is not None

        eventually(press_again, what="the end before the hour of grace")  # PATIENCE is far less than an hour
        assert not alive(pid)


def test_nothing_is_left_when_the_supervisor_itself_is_killed(tmp_path: Path) -> None:
    with supervised(tmp_path, ("one", STAYS), ("two", FINISHES)) as supervisor:
        started = pids(supervisor, 2)

        supervisor.process.kill()

        eventually(lambda: not any(map(alive, started)), what="the end of the children")


def test_each_line_carries_the_name_of_its_process(tmp_path: Path) -> None:
    with supervised(tmp_path, ("web", f"print('hello'); {STAYS}"), ("worker", STAYS)) as supervisor:
        pids(supervisor, 2)

        assert "web    | hello" in supervisor.lines()
