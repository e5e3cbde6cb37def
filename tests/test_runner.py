"""The runner itself: `./run test --all` needs every program, and its PostgreSQL server leaves nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from tests.config.trials import clean_environment, watched
from tests.postgres import temporary_cluster
from tests.services import PATIENCE, eventually


def test_with_all_every_missing_program_is_named_before_any_test_runs(tmp_path: Path) -> None:
    (tmp_path / "redis-server").touch(mode=0o700)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "config.trial", "test", "--all"],
        env=clean_environment(PATH=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )

    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert {"chromium", "postgresql", "libimage-exiftool-perl"} <= set(line.split())


def answers(settings: dict[str, str]) -> bool:
    try:
        psycopg2.connect(
            host=settings["BAKEN_DB_HOST"],
            port=settings["BAKEN_DB_PORT"],
            user=settings["BAKEN_DB_USER"],
            password=settings["BAKEN_DB_PASSWORD"],
            dbname="postgres",
        ).close()
    except psycopg2.OperationalError:
        return False
    return True


@pytest.mark.postgresql
def test_nothing_of_the_server_is_left_after_use() -> None:
    with temporary_cluster() as settings:
        assert answers(settings)

    assert not answers(settings)


@pytest.mark.postgresql
def test_the_server_ends_with_a_runner_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import json\n"
        "from tests.postgres import temporary_cluster\n"
        "with temporary_cluster() as settings:\n"
        "    print(json.dumps(settings), flush=True)\n"
        "    input()\n"
    )
    command = [sys.executable, "-c", code]
    with watched(command, tmp_path / "log", clean_environment(), stdin=subprocess.PIPE) as runner:
        runner.wait_for("BAKEN_DB_PASSWORD")
        settings = json.loads(runner.lines()[0])
        assert answers(settings)
        runner.process.kill()

        eventually(lambda: not answers(settings), what="the end of the server")
