"""A PostgreSQL server for one run of the tests, made by Debian's pg_virtualenv and removed by it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from config.env import Misconfigured
from tests.config.trials import free_ports

# Nothing of the tests needs to survive a power cut; pg_virtualenv itself switches fsync off.
# -t: in a temporary folder, also for root. Debian's own clusters are never touched.
_OPTIONS = ["-t", "-c", "--locale C.UTF-8"]
_FAST = {"synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def temporary_cluster(**settings: str) -> Iterator[dict[str, str]]:
    """Yields the BAKEN_DB_ settings of a running server on this machine; the login is its superuser.

    `settings` are PostgreSQL's own, such as fsync="on" for a benchmark.
    pg_virtualenv removes the server when the command that it was given ends. Ours is `cat` on a pipe
    from this process: it ends with this process, however that ends. What pg_virtualenv says goes to a file:
    writing to a pipe that nobody reads any more would stop it in the middle of the removal.
    Raises Misconfigured when PostgreSQL is not installed or does not start.
    """
    if not has_postgresql():
        raise Misconfigured("PostgreSQL and its pg_virtualenv are needed: apt-get install postgresql")
    options = [part for name, value in (_FAST | settings).items() for part in ("-o", f"{name}={value}")]
    ready, tell = os.pipe()
    command = f'echo "$PGPORT:$PGUSER:$PGPASSWORD" >&{tell}; exec cat'
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as said,
        os.fdopen(ready, encoding="utf-8") as answer,
        subprocess.Popen(
            ["pg_virtualenv", *_OPTIONS, *options, "bash", "-c", command],
            env=os.environ | {"PGPORT": str(free_ports(1)[0])},  # its own choice is not safe for two at once
            cwd="/",  # user postgres may not enter ours
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            pass_fds=[tell],
            start_new_session=True,  # a Ctrl-C is for pytest
        ),
    ):
        os.close(tell)
        login = answer.readline().strip()
        if not login:
            said.seek(0)
            raise Misconfigured(f"PostgreSQL did not start: {said.read().strip()[-300:]}")
        port, user, password = login.split(":")
        yield {
            "BAKEN_DB_HOST": "127.0.0.1",
            "BAKEN_DB_PORT": port,
            "BAKEN_DB_NAME": "baken",
            "BAKEN_DB_USER": user,
            "BAKEN_DB_PASSWORD": password,
        }


def has_postgresql() -> bool:
    """True where Debian's package `postgresql` is installed."""
    return shutil.which("pg_virtualenv") is not None
