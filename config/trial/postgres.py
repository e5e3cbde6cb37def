"""A PostgreSQL cluster of our own for `./run test --all`: a free port, a temp folder, gone afterwards."""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.env import Misconfigured
from config.trial import tied

_DEBIAN = Path("/usr/lib/postgresql")  # a folder for each version, off PATH


@contextmanager
def temporary_cluster(**settings: str) -> Iterator[dict[str, str]]:
    """Yields the BAKEN_DB_ settings of a running server on 127.0.0.1; `settings` are PostgreSQL's own.

    Raises Misconfigured when PostgreSQL is not installed or does not start.
    """
    initdb, postgres = _program("initdb"), _program("postgres")
    who = _who()
    folder = Path(tempfile.mkdtemp(prefix="baken-postgres-"))
    password = secrets.token_urlsafe(24)
    try:
        (folder / "password").write_text(password, encoding="utf-8")
        if user := who.get("user"):
            for path in (folder, folder / "password"):
                shutil.chown(path, user)
        _make(folder, initdb, who)
        port = _free_port()
        with open(folder / "log", "wb") as log, subprocess.Popen(
            _server(postgres, folder, port, settings),
            cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, preexec_fn=tied.to_this_process(signal.SIGINT), **who,
        ) as server:  # fmt: skip
            try:
                _wait_for(port, server, folder / "log")
                yield {
                    "BAKEN_DB_HOST": "127.0.0.1",
                    "BAKEN_DB_PORT": str(port),
                    "BAKEN_DB_NAME": "baken",
                    "BAKEN_DB_USER": "baken",
                    "BAKEN_DB_PASSWORD": password,
                }
            finally:
                server.send_signal(signal.SIGINT)  # "fast": ends the sessions, then itself
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(folder: Path, initdb: str, who: dict[str, Any]) -> None:
    made = subprocess.run(
        [initdb, "-D", folder / "data", "-U", "baken", "--pwfile", folder / "password", "-A", "scram-sha-256",
         "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions"],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, **who,
    )  # fmt: skip
    if made.returncode:
        raise Misconfigured(f"initdb failed: {made.stderr.strip().splitlines()[-1]}")


def _server(postgres: str, folder: Path, port: int, changed: dict[str, str]) -> list[str]:
    """Nothing of the tests needs to survive a power cut, so nothing is synced; a benchmark changes that."""
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "shared_buffers": "64MB",
        "max_connections": "60",
        **changed,
    }
    return [postgres, "-D", str(folder / "data"), *(f"--{name}={value}" for name, value in settings.items())]


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < deadline:
        if "ready to accept connections" in log.read_text(encoding="utf-8", errors="replace"):
            return
        time.sleep(0.05)
    last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
    raise Misconfigured(f"PostgreSQL did not start on port {port}: {''.join(last)}")


def _program(name: str) -> str:
    """Its path: Debian keeps the newest server's programs in a folder of their own, off PATH."""

    def version(path: Path) -> float:
        return float(re.sub(r"[^\d.]", "", path.parent.parent.name) or 0)

    installed = sorted(_DEBIAN.glob(f"*/bin/{name}"), key=version)
    found = str(installed[-1]) if installed else shutil.which(name)
    if not found:
        raise Misconfigured("./run test --all needs a PostgreSQL server: apt-get install postgresql")
    return found


def _who() -> dict[str, Any]:
    """For root: run as user postgres, since the server refuses root."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError as error:
        raise Misconfigured(
            "PostgreSQL refuses root and there is no user postgres: apt-get install postgresql"
        ) from error
    return {"user": "postgres", "group": user.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
