"""What the PostgreSQL role of each process can not do. What each can is in test_database_roles_at_work.py."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.utils import ProgrammingError

from reports.choices import Queue
from reports.database_roles import ROLES
from reports.models import Item, ItemKind, Key, Report, Wrap
from tests.factories import FOR_POLICE, make_officer, make_report
from tests.roles import acting_as, logged_in_as, rows
from triage import answers

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]
REFUSED = "permission denied|row-level security"

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
        "triage_slip": "i",
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
        "triage_slip": "i",
        "triage_weeksums": "s",
        "triage_subscription": "siud",
        "triage_delivery": "sid",
        "triage_invitation": "siud",
        "triage_lockout": "siud",
        "auth_user": "siu",
        "auth_group": "siud",
        "auth_group_permissions": "siud",
        "auth_user_groups": "sd",
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
        "triage_slip": "siud",
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


def refused(process: str, statement: str, *given: Any) -> None:
    with acting_as(process), pytest.raises(ProgrammingError, match=REFUSED):
        rows(statement, *given)


@pytest.fixture
def report() -> Report:
    """A triaged report with contact data and an answer waiting; beside it another, just filed."""
    officer = make_officer()
    made = make_report(triaged=True, answers=FOR_POLICE, contact={"way": "email", "address": "a@b.example"})
    work = made.work_items.get(queue=Queue.POLICE_REFERRAL)
    assert answers.answer(work_item=work, officer=officer, words="We read it.", once="1")
    make_report()
    return made


# --- The public site ---------------------------------------------------------------------------------


def test_the_public_site_reads_no_item_but_answers(report: Report) -> None:
    with acting_as("public"):
        seen = rows("SELECT DISTINCT kind FROM reports_item")

    assert seen == [("answer",)]
    assert Item.objects.exclude(kind=ItemKind.ANSWER).count() > 4


def test_the_public_site_reads_no_wrap_but_those_of_reporters(report: Report) -> None:
    with acting_as("public"):
        seen = rows('SELECT "to" FROM reports_wrap')

    assert seen == [(report.mailbox.kid,)]
    assert Wrap.objects.count() > 5


def test_the_public_site_sees_the_intake_keys_and_nobody_s_name(report: Report) -> None:
    with acting_as("public"):
        assert rows("SELECT DISTINCT role FROM reports_key") == [("intake",)]
    refused("public", "SELECT user_id FROM reports_key")


@pytest.mark.parametrize("column", ["day", "delete_after", "hurry"])
def test_the_public_site_reads_of_a_report_the_status_only(column: str) -> None:
    refused("public", f"SELECT {column} FROM reports_report")


@pytest.mark.parametrize(
    "kind", sorted(set(ItemKind) - {"report", "contact", "addition", "file", "withdrawal"})
)
def test_the_public_site_forges_nothing_that_staff_or_the_worker_say(kind: str, report: Report) -> None:
    refused(
        "public",
        "INSERT INTO reports_item (id, report_id, kind, day, body, attempts) "
        "VALUES (%s, %s, %s, now(), 'forged', 0)",
        uuid.uuid4(),
        report.pk,
        kind,
    )


def test_the_public_site_hands_nothing_to_a_queue_past_the_worker(report: Report) -> None:
    police = Key.objects.get(role="police_referral").kid
    refused(
        "public",
        'INSERT INTO reports_wrap (id, "to", item_id, blob) VALUES (%s, %s, %s, %s)',
        uuid.uuid4(),
        police,
        report.items.first().pk,
        b"",
    )


@pytest.mark.parametrize("table", REACHES["public"])
def test_the_public_site_changes_no_row(table: str) -> None:
    column = rows("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", table)[0][
        0
    ]

    refused("public", f"UPDATE {table} SET {column} = {column}")


@pytest.mark.parametrize("table", ["reports_report", "reports_item", "reports_mailbox", "reports_key"])
def test_the_public_site_deletes_no_row_but_reporters_wraps(table: str) -> None:
    refused("public", f"DELETE FROM {table}")


def test_a_deletion_of_all_wraps_takes_those_of_reporters_only(report: Report) -> None:
    others = Wrap.objects.exclude(to=report.mailbox.kid).count()
    with acting_as("public"):
        rows("DELETE FROM reports_wrap")

    assert not Wrap.objects.filter(to=report.mailbox.kid).exists()
    assert Wrap.objects.count() == others


@pytest.mark.parametrize(
    "table",
    ["reports_slot", "reports_grant", "reports_audit", "reports_selector", "django_session", "auth_user",
     "otp_totp_totpdevice", "triage_workitem", "triage_tally", "triage_delivery", "triage_invitation"],
)  # fmt: skip
@pytest.mark.parametrize("process", ["public"])
def test_the_public_site_does_not_see_that_there_are_officers(process: str, table: str) -> None:
    refused(process, f"SELECT count(*) FROM {table}")


# --- The worker --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table", ["reports_slot", "reports_grant", "auth_user", "django_session", "otp_totp_totpdevice"]
)
@pytest.mark.parametrize("process", ["worker", "mail"])
def test_no_machine_reads_slots_grants_sessions_or_accounts(process: str, table: str) -> None:
    refused(process, f"SELECT count(*) FROM {table}")


@pytest.mark.parametrize("kind", ["report", "addition", "withdrawal", "decision", "note", "file"])
def test_the_worker_says_nothing_in_the_name_of_reporters_or_officers(kind: str, report: Report) -> None:
    refused(
        "worker",
        "INSERT INTO reports_item (id, report_id, kind, day, body, attempts) "
        "VALUES (%s, %s, %s, now(), 'forged', 0)",
        uuid.uuid4(),
        report.pk,
        kind,
    )


@pytest.mark.parametrize("role", ["member", "police_referral", "summary", "recovery"])
def test_the_worker_plants_no_key_but_its_own_next_one(role: str) -> None:
    statement = "INSERT INTO reports_key (kid, role, epoch, public, created) VALUES ('x', %s, 9, 'x', now())"
    refused("worker", statement, role)


def test_the_worker_retires_nobody_else_s_key() -> None:
    with acting_as("worker"):
        rows("UPDATE reports_key SET retired = now() WHERE role <> 'intake'")

    assert not Key.objects.exclude(retired=None).exists()


def test_the_worker_assigns_work_to_nobody(report: Report) -> None:
    refused("worker", "UPDATE triage_workitem SET assignee_id = NULL")


# --- The staff site ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["report", "contact", "addition", "withdrawal", "assessment", "file_clean"])
def test_the_staff_site_says_nothing_in_the_name_of_reporters_or_the_worker(
    kind: str, report: Report
) -> None:
    refused(
        "staff",
        "INSERT INTO reports_item (id, report_id, kind, day, body, attempts) "
        "VALUES (%s, %s, %s, now(), 'forged', 0)",
        uuid.uuid4(),
        report.pk,
        kind,
    )


@pytest.mark.parametrize("statement", ["UPDATE reports_item SET body = 'x'", "DELETE FROM reports_report",
    "UPDATE reports_grant SET blob = 'x'", "UPDATE reports_slot SET sealed = 'x'",
    "UPDATE reports_key SET public = 'x'", "DELETE FROM reports_key", "DELETE FROM auth_user",
    "INSERT INTO reports_report (id, status) SELECT id, status FROM reports_report",
])  # fmt: skip
def test_the_staff_site_rewrites_no_record(statement: str) -> None:
    refused("staff", statement)


@pytest.mark.parametrize("role", ["intake", "summary", "recovery"])
def test_the_staff_site_plants_no_key_of_a_machine(role: str) -> None:
    statement = "INSERT INTO reports_key (kid, role, epoch, public, created) VALUES ('x', %s, 9, 'x', now())"
    refused("staff", statement, role)


# --- The mail worker ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table", ["reports_item", "reports_wrap", "reports_report", "reports_mailbox", "reports_selector"]
)
def test_the_mail_worker_sees_no_report(table: str) -> None:
    refused("mail", f"SELECT count(*) FROM {table}")


@pytest.mark.parametrize("column", ["report_id", "queue", "urgency", "assignee_id", "id"])
def test_the_mail_worker_counts_work_without_seeing_it(column: str) -> None:
    refused("mail", f"SELECT {column} FROM triage_workitem")


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


# --- Ways round the walls ----------------------------------------------------------------------------


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
