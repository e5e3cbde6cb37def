"""A PostgreSQL server for one run of the tests, made by Debian's pg_virtualenv and removed by it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from config.env import Misconfigured
from tests.config.trials import free_ports

# Nothing of the tests needs to survive a power cut; pg_virtualenv itself switches fsync off.
# -t: in a temporary folder, also for root. Debian's own clusters are never touched.
_OPTIONS = ["-t", "-c", "--locale C.UTF-8"]
_FAST = {"synchronous_commit": "off", "full_page_writes": "off"}
_MARK = "it runs:"
# pg_virtualenv removes the cluster when the command that it was given ends. `cat` ends with our end of the
# pipe, so the cluster goes with this process, however this process ends.
_COMMAND = f'echo "{_MARK}$PGPORT:$PGUSER:$PGPASSWORD"; exec cat'


@contextmanager
def temporary_cluster(**settings: str) -> Iterator[dict[str, str]]:
    """Yields the BAKEN_DB_ settings of a running server on this machine; the login is its superuser.

    `settings` are PostgreSQL's own, such as fsync="on" for a benchmark.
    Raises Misconfigured when PostgreSQL is not installed or does not start.
    """
    if not has_postgresql():
        raise Misconfigured("PostgreSQL and its pg_virtualenv are needed: apt-get install postgresql")
    options = [part for name, value in (_FAST | settings).items() for part in ("-o", f"{name}={value}")]
    with subprocess.Popen(
        ["pg_virtualenv", *_OPTIONS, *options, "sh", "-c", _COMMAND],
        env=os.environ | {"PGPORT": str(free_ports(1)[0])},  # its own choice is not safe for two runs at once
        cwd="/",  # user postgres may not enter ours
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # a Ctrl-C is for pytest; the pipe tells this one when to end
    ) as server:
        assert server.stdin and server.stdout
        said = []
        for line in server.stdout:
            if line.startswith(_MARK):
                break
            said.append(line)
        else:
            raise Misconfigured(f"PostgreSQL did not start: {''.join(said[-5:]).strip()}")
        port, user, password = line.removeprefix(_MARK).strip().split(":")
        try:
            yield {
                "BAKEN_DB_HOST": "127.0.0.1",
                "BAKEN_DB_PORT": port,
                "BAKEN_DB_NAME": "baken",
                "BAKEN_DB_USER": user,
                "BAKEN_DB_PASSWORD": password,
            }
        finally:
            server.stdin.close()
            server.stdout.read()  # to its end: what it says while it removes the cluster


def has_postgresql() -> bool:
    """True where Debian's package `postgresql` is installed."""
    return shutil.which("pg_virtualenv") is not None
