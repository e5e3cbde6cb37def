"""`./run` as a whole: it comes up, is alone, leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from config.healthcheck import site_answers
from config.trial.folders import socket_folder
from tests.config.trials import Watched, alive, clean_environment, free_ports, portal_running, watched
from tests.services import PATIENCE, eventually


def start(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs `python -m config.trial`, which is expected to give up at once."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "config.trial"],
        env=clean_environment(BAKEN_DATA_DIR=str(folder), **settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def group_of(supervisor: int) -> list[int]:
    """The process ids of all descendants of the supervisor."""
    found = [supervisor]
    for pid in found:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
        found += map(int, children)
    return found[1:]


def private_files(data: Path) -> list[Path]:
    """All that is there, but for the style sheets that everybody may see."""
    static = data / "static"
    return [file for file in data.rglob("*") if not file.is_relative_to(static) and not file.is_socket()]


def reports_in(data: Path) -> int:
    with closing(sqlite3.connect(data / "baken.sqlite3")) as database:
        return int(database.execute("select count(*) from reports_report").fetchone()[0])


@pytest.mark.parametrize("name", ["BAKEN_PUBLIC_PORT", "BAKEN_STAFF_PORT"])
def test_a_port_in_use_is_one_line_that_names_the_setting(tmp_path: Path, name: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        first, second = free_ports(2)
        ports = {"BAKEN_PUBLIC_PORT": str(first), "BAKEN_STAFF_PORT": str(second)}
        ports[name] = str(taken.getsockname()[1])

        done = start(tmp_path, **ports)

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"port {ports[name]} on 127.0.0.1 cannot be used" in line
    assert f"{name}=" in line


def test_a_port_that_is_no_number_is_one_line(tmp_path: Path) -> None:
    done = start(tmp_path, BAKEN_PUBLIC_PORT="eighty")

    assert done.stderr.splitlines() == ["baken: BAKEN_PUBLIC_PORT must be a whole number, not 'eighty'."]


def test_without_a_redis_server_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from config.env import Misconfigured
    from config.trial import broker

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(Misconfigured, match="apt-get install redis-server"):
        broker.program()


def test_a_long_or_blank_path_never_holds_the_socket(tmp_path: Path) -> None:
    for folder in (tmp_path / "with a blank", tmp_path / ("long" * 40)):
        chosen = socket_folder(folder)

        assert len(str(chosen / "redis.sock")) < 100
        assert " " not in str(chosen)


def test_it_comes_up_is_alone_and_stops_without_a_trace(tmp_path: Path) -> None:
    with portal_running(tmp_path) as portal:
        port = int(portal.public_url.rpartition(":")[2])
        assert "Demo logins" in portal.announced
        portal.supervisor.wait_for("worker@trial ready")
        started = group_of(portal.supervisor.process.pid)
        assert len(started) >= 8  # Redis, beat, and three masters with a child each
        assert portal.data.stat().st_mode & 0o777 == 0o700
        assert not [file for file in private_files(portal.data) if file.stat().st_mode & 0o077]

        second = start(portal.data)
        assert second.returncode == 1
        assert "already runs" in second.stderr
        assert len(second.stderr.splitlines()) == 1

        filed = reports_in(portal.data)

    assert not site_answers(port, "127.0.0.1")
    assert not [pid for pid in started if alive(pid)]
    assert "Traceback" not in portal.supervisor.log.read_text(encoding="utf-8")

    again = tmp_path / "again"
    again.mkdir()
    (tmp_path / "data").rename(again / "data")
    with portal_running(again) as portal:
        assert reports_in(portal.data) == filed
        children = group_of(portal.supervisor.process.pid)
        portal.supervisor.process.kill()

        eventually(lambda: not any(map(alive, children)), what="the end of all processes")

    died = run_until_the_worker_is_killed(again / "data", tmp_path / "log of the last one")
    assert died.process.returncode == 1
    assert died.lines()[-1] == (
        "baken: worker ended by itself (killed by SIGKILL), so all was stopped; its last lines are above."
    )


def run_until_the_worker_is_killed(data: Path, log: Path) -> Watched:
    """The trial with prepared data, its worker killed as soon as it works; returned when it has ended."""
    public, staff = map(str, free_ports(2))
    environment = clean_environment(
        BAKEN_DATA_DIR=str(data), BAKEN_PUBLIC_PORT=public, BAKEN_STAFF_PORT=staff
    )
    with watched([sys.executable, "-P", "-m", "config.trial"], log, environment) as trial:
        trial.wait_for("worker@trial ready")
        started = group_of(trial.process.pid)
        [worker] = [
            pid
            for pid in started
            if parent_of(pid) == trial.process.pid
            and b"worker@trial" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        os.kill(worker, signal.SIGKILL)
        trial.process.wait(PATIENCE)
        assert not [pid for pid in started if alive(pid)]
        return trial


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])


def test_ctrl_c_during_the_preparation_leaves_nothing(tmp_path: Path) -> None:
    public, staff = map(str, free_ports(2))
    environment = clean_environment(
        BAKEN_DATA_DIR=str(tmp_path / "data"), BAKEN_PUBLIC_PORT=public, BAKEN_STAFF_PORT=staff
    )
    with watched([sys.executable, "-P", "-m", "config.trial"], tmp_path / "log", environment) as trial:
        trial.wait_for("preparing")
        started = eventually(lambda: group_of(trial.process.pid), what="the preparation")
        os.killpg(trial.process.pid, 2)  # as a terminal does

        assert trial.process.wait(PATIENCE) == 130
        eventually(lambda: not any(map(alive, started)), what="the end of the preparation")
        assert not re.search("Traceback", trial.log.read_text(encoding="utf-8"))
