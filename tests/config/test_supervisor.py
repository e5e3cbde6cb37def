"""The supervisor: what dies comes back, and nothing is left when it ends."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from tests.config.trials import Watched, alive, supervised
from tests.services import eventually

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
        return [int(pid) for pid in re.findall(r"\| pid (\d+)", "\n".join(supervisor.lines()))]

    return eventually(lambda: said() if len(said()) >= count else [], what=f"{count} process ids")


def test_a_killed_child_is_started_again(tmp_path: Path) -> None:
    with supervised(tmp_path, ("one", STAYS), ("two", STAYS)) as supervisor:
        first, second = pids(supervisor, 2)
        os.kill(first, signal.SIGKILL)

        again = pids(supervisor, 3)[2]

        assert alive(again) and alive(second)
        assert any("ended (killed by SIGKILL); starts again" in line for line in supervisor.lines())


def test_ctrl_c_stops_all_and_lets_a_task_finish(tmp_path: Path) -> None:
    with supervised(tmp_path, ("web", WITH_CHILD), ("worker", FINISHES)) as supervisor:
        started = pids(supervisor, 3)

        supervisor.process.send_signal(signal.SIGINT)

        assert supervisor.process.wait(20) == 0
        assert not [pid for pid in started if alive(pid)]
        assert "worker | finished its task" in supervisor.lines()
        assert supervisor.lines()[-1] == "all stopped"


def test_a_child_that_will_not_stop_is_killed_at_the_second_ctrl_c(tmp_path: Path) -> None:
    with supervised(tmp_path, ("stubborn", STUBBORN)) as supervisor:
        (pid,) = pids(supervisor, 1)
        supervisor.process.send_signal(signal.SIGTERM)

        def press_again() -> bool:
            supervisor.process.send_signal(signal.SIGINT)
            return supervisor.process.poll() is not None

        eventually(press_again, within=4, what="the end before the five seconds of grace")
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


def test_a_child_that_dies_again_and_again_is_started_ever_more_slowly(tmp_path: Path) -> None:
    with supervised(tmp_path, ("broken", "raise SystemExit(3)")) as supervisor:
        supervisor.wait_for("exit code 3); starts again in 2 s")

        pauses = [line.rpartition("again in ")[2] for line in supervisor.lines()]
        assert pauses == ["0.5 s", "1 s", "2 s"]
