"""The purge as an operator and beat start it."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from celery.schedules import crontab
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from reports.models import Item, Report
from reports.models.audit import Audit
from tests.cast import THANKS, Case
from tests.factories import FOR_POLICE
from triage import tasks
from triage.models import Delivery, Subscription

pytestmark = pytest.mark.any_hour
IN_A_YEAR = timedelta(days=367)


@pytest.mark.django_db
def test_the_command_says_how_much_it_removed_and_what_is_strange_about_it() -> None:
    Case(contact={"phone": "1"})
    out, err = StringIO(), StringIO()

    with time_machine.travel(timezone.now() + IN_A_YEAR):
        call_command("purge", stdout=out, stderr=err)

    assert out.getvalue() == "Removed: 1 reports, contact data of 1, 0 replies from mailboxes.\n"
    assert "1 of these reports had never been closed" in err.getvalue()


@pytest.mark.django_db
def test_beat_starts_it_every_night_by_a_name_the_worker_knows() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["purge"]
    schedule = entry["schedule"]

    assert entry["task"] == tasks.purge.name
    assert isinstance(schedule, crontab)
    assert schedule.remaining_estimate(timezone.now()) < timedelta(days=1, seconds=1)


@pytest.mark.django_db
def test_the_task_removes_and_logs_numbers_only(caplog: pytest.LogCaptureFixture) -> None:
    case = Case()
    caplog.set_level("INFO")

    with time_machine.travel(timezone.now() + IN_A_YEAR):
        tasks.purge()
        tasks.purge()

    assert not Report.objects.exists()
    assert "purged: reports 1" in caplog.text
    assert case.id.hex not in caplog.text


@pytest.mark.django_db
def test_the_trace_of_a_mailed_alert_goes_after_a_month_and_a_waiting_one_stays() -> None:
    desk = Subscription.objects.create(email="desk@example.org", kind="police_referral")
    summary = Subscription.objects.create(email="boss@example.org", kind="summary")
    now = timezone.now()
    for subscription, subject, sent in ((desk, "a", now), (desk, "b", None), (summary, "2026-W46", now)):
        Delivery.objects.create(subscription=subscription, subject=subject, sent=sent)

    with time_machine.travel(now + timedelta(days=31)):
        tasks.purge()

    assert set(Delivery.objects.values_list("subject", flat=True)) == {"b", "2026-W46"}


@pytest.mark.django_db(transaction=True)
def test_no_page_of_the_database_file_keeps_what_was_removed() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps old row versions until vacuum; docs/retention.md says so")
    case = Case(answers=FOR_POLICE, contact={"phone": "1"})
    case.add(THANKS)
    bodies = [item.body[:200] for item in Item.objects.filter(report=case.id)]
    path = connection.settings_dict["NAME"]

    def file() -> bytes:
        with sqlite3.connect(path) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Path(path).read_bytes()

    assert all(body in file() for body in bodies)
    with time_machine.travel(timezone.now() + IN_A_YEAR):
        tasks.purge()

    assert not [body for body in bodies if body in file()]


@pytest.mark.django_db
def test_the_audit_chain_names_every_report_that_went() -> None:
    case = Case(contact={"phone": "1"})

    with time_machine.travel(timezone.now() + IN_A_YEAR):
        tasks.purge()

    entries = [json.loads(row.entry) for row in Audit.objects.order_by("seq")]
    purged = [entry for entry in entries if entry["verb"] == "purge"]
    assert [entry["subject"] for entry in purged] == ["", f"report:{case.id}"]
    assert purged[0]["count"] == 1
    assert purged[1]["state"] == "received"
