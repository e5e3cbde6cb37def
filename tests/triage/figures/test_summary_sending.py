"""Once per recipient and week, also when a process is killed in between."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from config.celery import app
from tests.factories import make_report
from tests.mail_server import MailServer, body_of
from tests.services import PATIENCE
from tests.triage.figures.mail_figures import W46_IS_DUE, count_november, subscribe
from triage.figures.summaries import SUMMARY_CLAIM
from triage.models import Delivery, Subscription, Tally, WorkItem
from triage.tasks import send_due_alerts, send_due_summaries

MONDAY = datetime.fromisoformat(W46_IS_DUE)
TICK = """
import django
input()
django.setup()
from triage.tasks import send_due_alerts, send_due_summaries
send_due_summaries()
"""
FIVE = [f"reader{number}@ministry.example" for number in range(5)]


def weeks_of(subscription: Subscription) -> list[str]:
    return sorted(subscription.deliveries.values_list("subject", flat=True))


@pytest.mark.django_db
def test_a_summary_arrives_as_text_and_html_in_the_reader_s_language(mail_server: MailServer) -> None:
    count_november()
    subscribe("manager@ministry.example")
    subscribe("head@ministry.example", language="en")
    with time_machine.travel(MONDAY):
        send_due_summaries()

    dutch, english = mail_server.accepted
    assert (dutch["To"], english["To"]) == ("manager@ministry.example", "head@ministry.example")
    assert "Ontvangen meldingen: 31" in body_of(dutch)
    assert "Reports received: 31" in body_of(english)
    assert '<html lang="nl">' in body_of(dutch, "html")
    assert '<html lang="en">' in body_of(english, "html")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sunday_of_week", "week"),
    [
        (datetime(2026, 11, 15, tzinfo=UTC), "2026-W46"),
        (datetime(2026, 3, 29, tzinfo=UTC), "2026-W13"),  # the clocks go forward
        (datetime(2026, 10, 25, tzinfo=UTC), "2026-W43"),  # and back
        (datetime(2027, 1, 3, tzinfo=UTC), "2026-W53"),
    ],
)
def test_it_goes_at_half_past_seven_on_monday_and_only_once(
    mail_server: MailServer, sunday_of_week: datetime, week: str
) -> None:
    [reader] = subscribe("manager@ministry.example")
    Delivery.objects.create(subscription=reader, subject=before(week), sent=sunday_of_week, tries=1)
    minutes = [sunday_of_week + timedelta(minutes=10 * tick) for tick in range(6 * 48)]
    arrived: list[datetime] = []
    with time_machine.travel(sunday_of_week) as clock:
        for minute in minutes:
            clock.move_to(minute)
            send_due_summaries()
            arrived += [minute] * (len(mail_server.accepted) - len(arrived))

    [monday] = arrived
    local = monday.astimezone(timezone.get_default_timezone())
    assert (local.weekday(), local.hour, local.minute) == (0, 7, 30)
    assert weeks_of(reader) == [before(week), week]


def before(week: str) -> str:
    return f"{week[:-2]}{int(week[-2:]) - 1:02}"


@pytest.mark.django_db
def test_a_week_without_reports_is_mailed_as_well(mail_server: MailServer) -> None:
    subscribe("manager@ministry.example")
    with time_machine.travel(MONDAY):
        send_due_summaries()

    [mail] = mail_server.accepted
    assert "Ontvangen meldingen: minder dan 5" in body_of(mail)


@pytest.mark.django_db
def test_without_recipients_nothing_happens(mail_server: MailServer) -> None:
    with time_machine.travel(MONDAY):
        send_due_summaries()

    assert not mail_server.accepted
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_a_new_installation_mails_the_last_due_week_and_none_before_it(mail_server: MailServer) -> None:
    [reader] = subscribe("manager@ministry.example")
    with time_machine.travel(MONDAY + timedelta(days=2)):
        send_due_summaries()

    assert weeks_of(reader) == ["2026-W46"]


@pytest.mark.django_db
def test_weeks_that_were_missed_are_mailed_late_but_not_a_year_of_them(mail_server: MailServer) -> None:
    [reader] = subscribe("manager@ministry.example")
    Delivery.objects.create(subscription=reader, subject="2026-W44", sent=MONDAY, tries=1)
    with time_machine.travel(MONDAY) as clock:
        send_due_summaries()
        assert weeks_of(reader) == ["2026-W44", "2026-W45", "2026-W46"]
        clock.move_to(MONDAY + timedelta(weeks=52))
        send_due_summaries()

    assert weeks_of(reader)[2:] == ["2026-W46", "2027-W42", "2027-W43", "2027-W44", "2027-W45"]
    assert len(mail_server.accepted) == 6


def without_head(body: str) -> str:
    """The audit record goes on between two mails of a week; its hash is the one line that may differ."""
    return re.sub(r"[0-9a-f]{64}", "HEAD", body)


@pytest.mark.django_db
def test_all_mails_of_a_week_tell_the_same_work_figures(mail_server: MailServer) -> None:
    count_november()
    subscribe("first@ministry.example")
    with time_machine.travel(MONDAY) as clock:
        send_due_summaries()
        make_report(triaged=True)
        assert WorkItem.objects.open().exists()
        subscribe("later@ministry.example")
        clock.shift(timedelta(days=1))
        send_due_summaries()

    first, later = mail_server.accepted
    assert without_head(body_of(first)) == without_head(body_of(later))
    assert Tally.objects.filter(list=Tally.List.WORK).count() == 2


@pytest.mark.django_db
def test_a_server_that_is_down_costs_time_and_no_mail(mail_server: MailServer, settings: Settings) -> None:
    subscribe(*FIVE)
    elsewhere = MailServer()
    elsewhere.use(settings)
    with time_machine.travel(MONDAY) as clock:
        send_due_summaries()
        assert not Delivery.objects.exclude(claimed=None).exists()
        clock.shift(timedelta(minutes=10))
        with elsewhere.running():
            send_due_summaries()

    assert sorted(elsewhere.recipients()) == FIVE
    assert set(Delivery.objects.values_list("tries", flat=True)) == {1}


@pytest.mark.django_db
def test_a_refused_address_holds_up_nobody_and_is_tried_again(mail_server: MailServer) -> None:
    subscribe(*FIVE)
    mail_server.refused = {FIVE[1]}
    with time_machine.travel(MONDAY) as clock:
        send_due_summaries()
        assert sorted(mail_server.recipients()) == [FIVE[0], *FIVE[2:]]
        mail_server.refused = set()
        clock.shift(timedelta(minutes=10))
        send_due_summaries()

    assert sorted(mail_server.recipients()) == FIVE
    assert Delivery.objects.get(subscription__email=FIVE[1]).tries == 2


@pytest.mark.django_db
def test_an_address_that_stays_refused_is_tried_ever_less_often(mail_server: MailServer) -> None:
    subscribe(FIVE[0])
    mail_server.refused = {FIVE[0]}
    with time_machine.travel(MONDAY) as clock:
        for _ in range(30):
            send_due_summaries()
            clock.shift(timedelta(minutes=1))

    assert Delivery.objects.get().tries == 11  # ten quick ones, then one each 15 minutes
    assert Delivery.objects.get().sent is None


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_accepted_and_marked_doubles_that_one_mail_only(
    mail_server: MailServer, process_environment: Callable[[str], dict[str, str]]
) -> None:
    subscribe(*FIVE)
    started: list[subprocess.Popen[bytes]] = []

    def kill_at_the_second(number: int) -> None:
        if number == 2:
            os.kill(started[0].pid, signal.SIGKILL)

    mail_server.on_mail = kill_at_the_second
    started.append(
        subprocess.Popen(
            [sys.executable, "-c", TICK],
            env=process_environment("mail") | mail_server.environment(),
            stdin=subprocess.PIPE,
        )
    )
    started[0].communicate(b"go\n", timeout=PATIENCE)
    assert started[0].returncode == -signal.SIGKILL
    assert Delivery.objects.exclude(sent=None).count() == 1

    send_due_summaries()  # the claim of the second still holds
    assert len(mail_server.accepted) == 5
    with time_machine.travel(datetime.now(UTC) + SUMMARY_CLAIM + timedelta(seconds=1)):
        send_due_summaries()
        send_due_summaries()

    ids = mail_server.message_ids()
    assert (len(ids), len(set(ids))) == (6, 5)
    assert ids[1] == ids[5]
    assert sorted(Delivery.objects.values_list("tries", flat=True)) == [1, 1, 1, 1, 2]
    assert not Delivery.objects.filter(sent=None).exists()


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_mail_everyone_once(mail_server: MailServer) -> None:
    readers = [f"reader{number}@ministry.example" for number in range(12)]
    subscribe(*readers)
    together = Barrier(2)

    def tick() -> None:
        together.wait()
        try:
            send_due_summaries()
        finally:
            connection.close()

    threads = [Thread(target=tick) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(mail_server.recipients()) == sorted(readers)
    assert len(set(mail_server.message_ids())) == len(readers)
    assert set(Delivery.objects.values_list("tries", flat=True)) == {1}


def test_beat_and_the_routes_name_tasks_that_a_worker_finds(settings: Settings) -> None:
    app.loader.import_default_modules()
    for plan in settings.CELERY_BEAT_SCHEDULE.values():
        assert plan["task"] in app.tasks

    for task in (send_due_alerts, send_due_summaries):
        assert app.amqp.router.route({}, task.name)["queue"].name == "mail"
