"""`./run test --all` on a machine where a program is missing: a failure that names the package."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from config.env import Misconfigured
from config.trial import postgres, testing


def test_without_postgresql_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres, "_DEBIAN", tmp_path)

    with pytest.raises(Misconfigured, match="apt-get install postgresql"), postgres.temporary_cluster():
        pass


def test_without_chromium_the_package_is_named_before_any_test_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "redis-server").touch(mode=0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(testing, "_pytest", lambda *_: pytest.fail("the tests were started"))

    with pytest.raises(Misconfigured, match="apt-get install chromium"):
        testing.run_tests(["--all"])


@pytest.mark.postgresql
def test_nothing_of_the_cluster_is_left_after_use() -> None:
    with postgres.temporary_cluster() as settings:
        port = int(settings["BAKEN_DB_PORT"])
        socket.create_connection(("127.0.0.1", port), timeout=5).close()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
