"""`./run bench [--reports N]`: what one submission and one triage cost, on SQLite and PostgreSQL.

A submission is the whole of it: GET the form, POST it, read the receipt. App CPU
is what the site's own processes used (user + system, from /proc), so the figure
does not depend on the machine's load; p50/p95 are wall time and do.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.env import Misconfigured
from config.trial.environment import BASE_DIR, Trial
from config.trial.processes import gunicorn
from tests.bench.clients import Figures, submit_many
from tests.config.trials import free_ports
from tests.postgres import temporary_cluster
from tests.services import eventually, running


def main() -> None:
    arguments = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    arguments.add_argument("--reports", type=int, default=100_000, help="rows stored for the second round")
    arguments.add_argument("--submissions", type=int, default=200, help="submissions measured a line")
    given = arguments.parse_args()
    print(f"{'database':<11}{'stored':>8}{'clients':>8}{'app CPU-ms':>12}{'p50 ms':>8}{'p95 ms':>8}")
    _round("SQLite", {}, given.reports, given.submissions)
    try:
        with temporary_cluster() as cluster:
            database = {**cluster, "BAKEN_DB_NAME": "postgres"}  # the cluster's own first database
            _round("PostgreSQL", database, given.reports, given.submissions)
    except Misconfigured as problem:
        print(f"PostgreSQL: not measured: {problem}")


def _round(name: str, database: dict[str, str], stored: int, submissions: int) -> None:
    with tempfile.TemporaryDirectory(prefix="baken-bench-") as folder:
        trial = Trial(data=Path(folder), public_port=free_ports(1)[0])
        trial.make_folders()
        console = {**trial.environment("console"), **database}
        for command in (["migrate"], ["vault_init", "--development"], ["collectstatic", "--noinput"]):
            _python(console, "manage.py", *command)
        for rows in (0, stored):
            if rows:
                _python(console, "-m", "tests.bench.inside", "load", str(rows))
            with _site(trial, database) as pid:
                submit_many(trial.public_url, clients=1, submissions=10)  # warm
                for clients in (1, 8):
                    _line(name, rows, clients, pid, trial.public_url, submissions)
            print(_python(console, "-m", "tests.bench.inside", "measure").rstrip())


def _line(name: str, rows: int, clients: int, pid: int, url: str, submissions: int) -> None:
    before = _cpu_ms(pid)
    figures: Figures = submit_many(url, clients=clients, submissions=submissions)
    cpu = (_cpu_ms(pid) - before) / submissions
    print(f"{name:<11}{rows:>8}{clients:>8}{cpu:>12.1f}{figures.p50:>8.0f}{figures.p95:>8.0f}", flush=True)


@contextmanager
def _site(trial: Trial, database: dict[str, str]) -> Iterator[int]:
    """The public site as it is deployed, one gunicorn worker; yields the pid of its master."""
    environment = {
        **trial.environment("public"),
        **database,
        "BAKEN_BIND": f"127.0.0.1:{trial.public_port}",
        "BAKEN_WEB_WORKERS": "1",
        "BAKEN_REPORTS_PER_MINUTE": "1000000",
    }
    with running(gunicorn(), env=environment, cwd=BASE_DIR) as site:
        eventually(lambda: _answers(trial.public_url), what="the public site")
        yield site.pid


def _answers(url: str) -> bool:
    from urllib.error import URLError
    from urllib.request import urlopen

    try:
        return bool(urlopen(f"{url}/healthz", timeout=2).status == 200)
    except URLError:
        return False


def _cpu_ms(pid: int) -> float:
    """CPU of a process and its living children so far, in milliseconds."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    ticks = 0
    for each in (pid, *map(int, children)):
        fields = Path(f"/proc/{each}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return 1000 * ticks / os.sysconf("SC_CLK_TCK")


def _python(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=BASE_DIR, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
