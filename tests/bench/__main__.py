"""`./run bench [--reports N]`: what one submission and one triage cost, run as production runs them.

PostgreSQL with fsync on, each process logged in under its own role; gunicorn, Celery's worker and beat with
their own defaults; the accounts of the written test cases; gzip. A submission is GET of the form, POST and
the receipt. CPU-ms are user and system time of a process tree (from /proc), SQL is what pg_stat_statements
counted, both divided by the submissions or reports. p50 and p95 are wall time: see the machine's load beside.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config.env import Misconfigured
from config.healthcheck import site_answers
from config.trial.environment import BASE_DIR, Trial
from config.trial.processes import celery, gunicorn
from tests.bench.clients import CASES, Figures, submit_many
from tests.bench.meters import Database, cpu_ms
from tests.config.trials import free_ports
from tests.postgres import temporary_cluster
from tests.services import eventually, running, running_redis

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "128MB"}
PREPARED = (
    "manage.py migrate",
    "-m config.database_roles",
    "manage.py vault_init --development",
    "manage.py collectstatic --noinput",
)
AT_REST = 20  # seconds


def main() -> None:
    arguments = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    arguments.add_argument("--reports", type=int, default=100_000, help="rows stored for the second round")
    arguments.add_argument("--submissions", type=int, default=200, help="submissions measured a line")
    given = arguments.parse_args()
    lengths = [len(str(answers.get("account", ""))) for _language, answers in CASES]
    middle = statistics.median(lengths)
    print(f"{os.cpu_count()} cores; {len(CASES)} accounts in 4 languages,", end=" ")
    print(f"{min(lengths)} to {max(lengths)} characters, middle {middle:.0f}; {given.submissions} a line")
    try:
        with temporary_cluster(**DURABLE, shared_preload_libraries="pg_stat_statements") as cluster:
            _measure(cluster | {"BAKEN_DB_NAME": "postgres"}, given.reports, given.submissions)
    except Misconfigured as problem:
        sys.exit(f"not measured: {problem}")


def _measure(cluster: dict[str, str], stored: int, submissions: int) -> None:
    with ExitStack() as open_now:
        folder = open_now.enter_context(tempfile.TemporaryDirectory(prefix="baken-bench-"))
        trial = Trial(data=Path(folder), public_port=free_ports(1)[0])
        trial.make_folders()
        console = _environment(trial, "console", cluster)
        for words in PREPARED:
            command = [sys.executable, *words.split()]
            subprocess.run(command, env=console, cwd=BASE_DIR, check=True, stdout=subprocess.DEVNULL)
        database = Database(cluster)
        print(f"PostgreSQL {database.ask('SHOW server_version')}, fsync {database.ask('SHOW fsync')}")
        open_now.enter_context(running_redis(trial.redis_socket))
        print(f"  stored  {'measured':<23}app CPU-ms  PG CPU-ms   SQL  p50 ms  p95 ms  load")
        for rows in (0, stored):
            database.load(rows)
            with _site(trial, cluster) as site:
                submit_many(trial.public_url, clients=2, submissions=20)  # warm
                for clients in (1, 8):
                    with _line(rows, f"submission, {clients} at once", site, database, submissions) as told:
                        told.append(submit_many(trial.public_url, clients=clients, submissions=submissions))
                _triage(trial, cluster, database, rows, submissions)


def _triage(trial: Trial, cluster: dict[str, str], database: Database, rows: int, count: int) -> None:
    """The worker and beat as they are deployed: first what was filed until now, unmeasured, then `count`."""
    command = celery("worker", "-Q", "triage", "--without-gossip", "--without-mingle", "-n", "worker@bench")
    with (
        running(command, env=_environment(trial, "worker", cluster), cwd=BASE_DIR) as worker,
        running(celery("beat"), env=_environment(trial, "beat", {}), cwd=BASE_DIR) as beat,
    ):
        eventually(database.is_done, within=600, what="the triage of what was filed before")
        beat.send_signal(signal.SIGSTOP)
        submit_many(trial.public_url, clients=2, submissions=count)
        sessions = database.sessions()
        with _line(rows, "triage", worker.pid, database, count):
            beat.send_signal(signal.SIGCONT)
            eventually(database.is_done, within=600, what="the triage")
        with _line(rows, "at rest, each second", worker.pid, database, AT_REST):
            time.sleep(AT_REST)
        told = f"connections opened: {database.sessions() - sessions}; the sweep's search"
        print(f"{'':10}{told} {database.sweep_ms():.2f} ms")


@contextmanager
def _line(rows: int, what: str, pid: int, database: Database, times: int) -> Iterator[list[Figures]]:
    """Prints what the block cost, divided by `times`; the block may add wall times."""
    told: list[Figures] = []
    database.forget()
    before = cpu_ms(pid), cpu_ms(database.pid)
    yield told
    app, postgres = (cpu_ms(pid) - before[0]) / times, (cpu_ms(database.pid) - before[1]) / times
    sql = database.statements() / times
    wall = "".join(f"{each.p50:>8.0f}{each.p95:>8.0f}" for each in told) or f"{'':16}"
    load = os.getloadavg()[0]
    print(f"{rows:>8}  {what:<23}{app:>10.1f}{postgres:>11.1f}{sql:>6.1f}{wall}{load:>6.1f}", flush=True)


@contextmanager
def _site(trial: Trial, cluster: dict[str, str]) -> Iterator[int]:
    """The public site; yields the pid of gunicorn's master."""
    own = {"BAKEN_BIND": f"127.0.0.1:{trial.public_port}", "BAKEN_REPORTS_PER_MINUTE": "1000000"}
    with running(gunicorn(), env=_environment(trial, "public", cluster) | own, cwd=BASE_DIR) as site:
        eventually(lambda: site_answers(trial.public_port, "127.0.0.1"), within=60, what="the public site")
        yield site.pid


def _environment(trial: Trial, role: str, cluster: dict[str, str]) -> dict[str, str]:
    """What the process of this role knows; each logs in under its own name, the console as the owner."""
    own = trial.environment(role) | cluster
    if role == "console":
        roles = ("PUBLIC", "STAFF", "WORKER", "MAIL")
        return own | {f"BAKEN_DB_PASSWORD_{each}": cluster["BAKEN_DB_PASSWORD"] for each in roles}
    return own | ({"BAKEN_DB_USER": f"baken_{role}"} if cluster else {})


if __name__ == "__main__":
    main()
