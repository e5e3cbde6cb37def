"""What the PostgreSQL role of each process reaches at all, the audit chain, and ways around the roles.

The rows that a role must not see or make are in test_database_roles_refuse.py; what each process does
with its role is in tests/config/test_database_roles_at_work.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection

from config.database_roles import ROLES
from tests.roles import acting_as, logged_in_as, refused, rows

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]

# s, i, u, d: may select, insert, update, delete at least something of the table. What is not here: nothing.
REACHES = {
    "public": {
        "reports_report": "si",
        "reports_item": "si",
        "reports_wrap": "sid",
        "reports_mailbox": "si",
        "reports_key": "s",
    },
    "worker": {
        "reports_report": "sud",
        "reports_item": "siud",
        "reports_wrap": "sid",
        "reports_selector": "sid",
        "reports_mailbox": "sud",
        "reports_key": "siu",
        "reports_audit": "si",
        "triage_workitem": "siud",
        "triage_tally": "siu",
        "triage_sealedcount": "i",
        "triage_subscription": "s",
        "triage_delivery": "sid",
    },
    "staff": {
        "reports_report": "su",
        "reports_item": "sid",
        "reports_wrap": "sid",
        "reports_selector": "sd",
        "reports_mailbox": "su",
        "reports_key": "siu",
        "reports_slot": "sid",
        "reports_grant": "sid",
        "reports_audit": "si",
        "triage_workitem": "siu",
        "triage_tally": "s",
        "triage_sealedcount": "i",
        "triage_weeksums": "s",
        "triage_subscription": "siud",
        "triage_delivery": "sid",
        "triage_invitation": "siud",
        "triage_lockout": "siud",
        "auth_user": "siu",
        "auth_group": "s",
        "auth_group_permissions": "s",
        "auth_user_groups": "s",
        "auth_user_user_permissions": "s",
        "auth_permission": "s",
        "django_content_type": "s",
        "django_admin_log": "s",
        "django_session": "siud",
        "otp_totp_totpdevice": "siud",
        "otp_static_staticdevice": "siud",
        "otp_static_statictoken": "siud",
    },
    "mail": {
        "triage_workitem": "s",
        "triage_tally": "si",
        "triage_sealedcount": "siud",
        "triage_weeksums": "si",
        "triage_subscription": "s",
        "triage_delivery": "siu",
        "reports_key": "s",
        "reports_audit": "si",
    },
}


def may(role: str, table: str, right: str) -> bool:
    (answer,) = rows("SELECT has_any_column_privilege(%s, %s, %s)", role, table, right)[0]
    return bool(answer)


@pytest.mark.parametrize("process", ROLES)
def test_a_process_reaches_what_is_listed_here_and_nothing_else(process: str) -> None:
    role, found = ROLES[process], {}
    for table in connection.introspection.table_names():
        letters = "".join(
            verb[0].lower() for verb in ("SELECT", "INSERT", "UPDATE") if may(role, table, verb)
        )
        ((deletes, truncates, triggers),) = rows(
            "SELECT has_table_privilege(%s, %s, 'DELETE'), has_table_privilege(%s, %s, 'TRUNCATE'), "
            "has_table_privilege(%s, %s, 'TRIGGER')",
            *[role, table] * 3,
        )
        assert not truncates, table
        assert not triggers, table
        if letters or deletes:
            found[table] = letters + "d" * deletes

    assert found == REACHES[process]


# --- The audit chain ---------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", ["UPDATE reports_audit SET entry = 'x'", "DELETE FROM reports_audit",
    "TRUNCATE reports_audit"])  # fmt: skip
@pytest.mark.parametrize("process", ROLES)
def test_nobody_rewrites_the_audit_chain(process: str, statement: str) -> None:
    refused(process, statement)


@pytest.mark.parametrize("process", ["worker", "mail"])
def test_a_machine_sees_where_the_chain_stands_and_not_what_officers_did(process: str) -> None:
    with acting_as(process):
        rows("SELECT seq, hash FROM reports_audit")
    refused(process, "SELECT entry FROM reports_audit")


@pytest.mark.parametrize(
    ("process", "actor"),
    [("worker", "anna"), ("worker", "process:mail"), ("mail", "process:worker"), ("mail", "anna"),
     ("staff", "process:worker"), ("staff", "process:console")],
)  # fmt: skip
def test_nobody_signs_for_somebody_else(process: str, actor: str) -> None:
    refused(
        process,
        "INSERT INTO reports_audit (seq, at, previous, entry, hash) VALUES (1, 'x', 'x', %s, 'x')",
        f'{{"actor":"{actor}"}}',
    )


# --- Ways around the roles ---------------------------------------------------------------------------


@pytest.fixture
def logged_in(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[str]:
    """The process named by the parameter, with a real login of its role."""
    with logged_in_as(request.param):
        yield request.param


WAYS_ROUND = [
    *[f"SET ROLE {role}" for role in ROLES.values()],
    "SET SESSION AUTHORIZATION DEFAULT; RESET ROLE; SELECT count(*) FROM django_migrations",
    "ALTER TABLE reports_item DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE reports_audit DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "SET row_security = off; SELECT count(*) FROM reports_wrap JOIN reports_key ON kid = \"to\"",
    "CREATE TABLE public.mine (id int)",
    "CREATE TEMPORARY TABLE mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE ROLE mine SUPERUSER",
    "ALTER ROLE baken_public SUPERUSER",
    "SELECT rolpassword FROM pg_authid",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "COPY reports_wrap TO PROGRAM 'cat'",
    "TRUNCATE reports_wrap",
]  # fmt: skip


@pytest.mark.parametrize("logged_in", ["public", "mail"], indirect=True)
def test_there_is_no_way_round_for_a_captured_process(logged_in: str) -> None:
    open_ways = []
    for way in WAYS_ROUND:
        if way == f"SET ROLE {ROLES[logged_in]}":
            continue
        try:
            rows(way)
        except DatabaseError as refusal:
            told = str(refusal).lower()
            assert any(word in told for word in ("permission denied", "must be", "affected by")), (way, told)
        else:
            open_ways.append(way)

    assert open_ways == []
