"""What the PostgreSQL role of each process refuses within the tables that it reaches."""

from __future__ import annotations

import uuid

import pytest

from reports.choices import Queue
from reports.models import Item, ItemKind, Key, Report, Wrap
from tests.factories import FOR_POLICE, make_officer, make_report
from tests.roles import acting_as, refused, rows
from triage.casework import replies

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]


@pytest.fixture
def report() -> Report:
    """A triaged report with contact data and a reply waiting; beside it another, just filed."""
    officer = make_officer()
    made = make_report(triaged=True, answers=FOR_POLICE, contact={"way": "email", "address": "a@b.example"})
    work = made.work_items.get(queue=Queue.POLICE_REFERRAL)
    assert replies.reply(work_item=work, officer=officer, words="We read it.", once="1")
    make_report()
    return made


# --- The public site ---------------------------------------------------------------------------------


def test_the_public_site_reads_no_item_but_answers(report: Report) -> None:
    with acting_as("public"):
        seen = rows("SELECT DISTINCT kind FROM reports_item")

    assert seen == [("reply",)]
    assert Item.objects.exclude(kind=ItemKind.REPLY).count() > 4


def test_the_public_site_reads_no_wrap_but_those_of_reporters(report: Report) -> None:
    with acting_as("public"):
        seen = rows('SELECT "to" FROM reports_wrap')

    assert seen == [(report.mailbox.kid,)]
    assert Wrap.objects.count() > 5


def test_the_public_site_sees_the_intake_keys_and_nobody_s_name(report: Report) -> None:
    with acting_as("public"):
        assert rows("SELECT DISTINCT role FROM reports_key") == [("intake",)]
    refused("public", "SELECT user_id FROM reports_key")


@pytest.mark.parametrize("column", ["day", "delete_after", "danger_ticked"])
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
        report.items.all()[0].pk,
        b"",
    )


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("reports_report", "status"),
        ("reports_item", "body"),
        ("reports_wrap", "blob"),
        ("reports_mailbox", "kid"),
        ("reports_key", "public"),
    ],
)
def test_the_public_site_changes_no_row(table: str, column: str) -> None:
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
