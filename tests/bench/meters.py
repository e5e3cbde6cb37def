"""What is counted: CPU time of process trees from /proc, and PostgreSQL's own counts."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import psycopg2

# Asked by the processes; what asks for no data is left out.
_COUNTED = r"userid <> current_user::regrole AND query !~* '^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET)\M'"

# Reports as they are long after triage; the blobs have the right size and open with no key.
_ROWS = """
INSERT INTO reports_report (id, day, status, delete_after)
    SELECT md5('report' || n)::uuid, now(), 'received', now() + '1 year' FROM generate_series(1, %(count)s) n;
INSERT INTO reports_item (id, report_id, kind, day, body, attempts)
    SELECT md5('item' || n)::uuid, md5('report' || n)::uuid, 'report', now(), %(body)s, 0
    FROM generate_series(1, %(count)s) n;
INSERT INTO reports_wrap (id, "to", item_id, blob)
    SELECT gen_random_uuid(), kid, md5('item' || n)::uuid, %(wrap)s
    FROM generate_series(1, %(count)s) n, reports_key WHERE role = 'follow_up';
INSERT INTO reports_mailbox (lookup, report_id, kid, public)
    SELECT md5('look' || n) || md5('up' || n), md5('report' || n)::uuid, md5('kid' || n), %(public)s
    FROM generate_series(1, %(count)s) n;
INSERT INTO triage_workitem (id, report_id, queue, state, urgency, needs_person, looks_automated)
    SELECT gen_random_uuid(), md5('report' || n)::uuid, 'follow_up', 'closed', 'low', false, false
    FROM generate_series(1, %(count)s) n;
INSERT INTO triage_subscription (email, kind, language)
    SELECT 'desk@example.org', kind, 'nl' FROM unnest(ARRAY['police_referral', 'obi_approach']) kind
    ON CONFLICT DO NOTHING;
"""


def cpu_ms(pid: int) -> float:
    """User and system time of a process and all it started, ended ones included, in milliseconds."""
    ticks, parents = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = _stat(folder.name)
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended meanwhile
        parents[int(folder.name)] = int(fields[1])
        ticks[int(folder.name)] = sum(map(int, fields[11:15]))
    tree = {pid}
    while more := {each for each, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return 1000 * sum(ticks.get(each, 0) for each in tree) / os.sysconf("SC_CLK_TCK")


def _stat(pid: object) -> list[str]:
    """The fields of /proc/PID/stat that follow the name."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


class Database:
    """The benchmark's cluster, looked at by its owner; what the owner asks is not counted as SQL."""

    def __init__(self, settings: dict[str, str]) -> None:
        own = {name.removeprefix("BAKEN_DB_").lower(): value for name, value in settings.items()}
        self._connection = psycopg2.connect(dbname=own.pop("name"), **own)
        self._connection.autocommit = True
        self.pid = int(_stat(self.ask("SELECT pg_backend_pid()"))[1])
        self.ask("CREATE EXTENSION pg_stat_statements")

    def ask(self, statement: str, **given: Any) -> Any:
        """The first value of the first row."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, given or None)
            return cursor.fetchone()[0] if cursor.description else None

    def load(self, count: int) -> None:
        """Stores so many reports, and who is mailed of immediate ones."""
        self.ask(_ROWS, count=count, body=os.urandom(4177), wrap=os.urandom(1169), public=os.urandom(1249))
        self.ask("VACUUM ANALYZE")

    def forget(self) -> None:
        """Begins to count statements anew."""
        self.ask("SELECT pg_stat_statements_reset()")

    def statements(self) -> float:
        """How many were sent since."""
        return float(self.ask(f"SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE {_COUNTED}"))

    def sweep_ms(self) -> float:
        """The mean time of the sweep's search since."""
        search = "query LIKE '%SKIP LOCKED%' AND query LIKE '%reports_wrap%'"
        asked = f"SELECT sum(total_exec_time) / sum(calls) FROM pg_stat_statements WHERE {search}"
        return float(self.ask(asked))

    def sessions(self) -> int:
        """Connections that were opened so far."""
        return int(self.ask("SELECT sessions FROM pg_stat_database WHERE datname = current_database()"))

    def is_done(self) -> bool:
        """Nothing waits for the worker; asked at most five times a second."""
        time.sleep(0.2)
        kids = self.ask("SELECT array_agg(kid) FROM reports_key WHERE role = 'intake'")
        return not self.ask('SELECT count(*) FROM reports_wrap WHERE "to" = ANY(%(kids)s)', kids=kids)
