"""An immediate work item mails its desk at once, and says nothing but that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from pytest_django import Settings

from reports.choices import Queue, Urgency
from tests.factories import FOR_FOLLOW_UP, FOR_POLICE, IN_DANGER, make_officer, make_report
from tests.mail_server import MailServer, body_of
from tests.triage.figures.mail_figures import subscribe
from triage.casework import decisions
from triage.mail.alerts import ALERT_CLAIM
from triage.models import Delivery, WorkItem
from triage.tasks import send_due_alerts

POLICE = Queue.POLICE_REFERRAL
DESK = "desk@police.example"
GOLDEN = Path(__file__).parent / "golden"

pytestmark = [pytest.mark.django_db, pytest.mark.any_hour]


def test_danger_mails_the_desk_of_its_queue_once(mail_server: MailServer) -> None:
    subscribe(DESK, kind=POLICE)
    subscribe("desk@follow-up.example", kind=Queue.FOLLOW_UP)
    subscribe("manager@ministry.example")
    make_report(answers=IN_DANGER, triaged=True)
    send_due_alerts()
    send_due_alerts()

    assert mail_server.recipients() == [DESK]


def test_less_than_immediate_mails_nobody(mail_server: MailServer) -> None:
    for queue in Queue.values:
        subscribe(f"{queue}@desk.example", kind=queue)
    make_report(answers=FOR_FOLLOW_UP, triaged=True)
    send_due_alerts()

    assert not mail_server.accepted


def test_every_item_and_every_address_has_its_own_mail(mail_server: MailServer) -> None:
    subscribe("one@police.example", "two@police.example", kind=POLICE)
    for _ in range(2):
        make_report(answers=IN_DANGER, triaged=True)
    send_due_alerts()

    assert sorted(mail_server.recipients()) == ["one@police.example"] * 2 + ["two@police.example"] * 2
    assert len(set(mail_server.message_ids())) == 4


@pytest.mark.parametrize("language", ["nl", "en"])
def test_it_says_that_something_waits_and_where_to_log_in(language: str, settings: Settings) -> None:
    settings.STAFF_URL = "https://staff.example"
    for queue in Queue.values:
        [desk] = subscribe(f"{queue}@desk.example", kind=queue, language=language)
        Delivery.objects.create(subscription=desk, subject="an id")
    send_due_alerts()

    said = "\n".join(f"Subject: {sent.subject}\n\n{sent.body}" for sent in mail.outbox)
    assert said == (GOLDEN / f"alerts.{language}.txt").read_text(encoding="utf-8")


def test_nothing_of_the_report_is_in_it(mail_server: MailServer) -> None:
    subscribe(DESK, kind=POLICE)
    subscribe("other@police.example", kind=POLICE)
    report = make_report(answers=IN_DANGER, account="zebra crossing", triaged=True)
    send_due_alerts()

    [raw] = [each.as_string() for each in mail_server.accepted if each["To"] == DESK]
    [item] = WorkItem.objects.all()
    ids = {str(report.pk), report.reference, str(item.pk), report.pk.hex, item.pk.hex}
    for secret in (*ids, "zebra", "other@"):
        assert secret not in raw
    assert "http://127.0.0.1:8001" in raw


def test_an_item_that_a_person_makes_immediate_mails_its_desk(mail_server: MailServer) -> None:
    subscribe(DESK, kind=POLICE)
    anna = make_officer("anna", [POLICE])
    item = make_report(answers=FOR_POLICE, triaged=True).work_items.get(queue=POLICE)
    assert item.urgency != Urgency.IMMEDIATE
    decisions.change_urgency(work_item=item, urgency=Urgency.IMMEDIATE, officer=anna, reason="new words")
    send_due_alerts()

    assert mail_server.recipients() == [DESK]


def test_while_the_server_is_down_alerts_wait_and_then_go_under_the_same_message_id(
    mail_server: MailServer, settings: Settings
) -> None:
    subscribe(DESK, kind=POLICE)
    make_report(answers=IN_DANGER, triaged=True)
    elsewhere = MailServer()
    elsewhere.use(settings)
    for _ in range(3):
        send_due_alerts()
    with elsewhere.running():
        send_due_alerts()
        send_due_alerts()

    assert elsewhere.recipients() == [DESK]
    assert Delivery.objects.get().tries == 1  # without a connection nothing is claimed


def test_a_claim_that_ran_out_is_sent_once_more_under_the_same_message_id(mail_server: MailServer) -> None:
    subscribe(DESK, kind=POLICE)
    make_report(answers=IN_DANGER, triaged=True)
    now = datetime.now(UTC)
    send_due_alerts()
    Delivery.objects.update(sent=None)  # as if the process had died before the mark
    send_due_alerts()
    assert len(mail_server.accepted) == 1
    with time_machine.travel(now + ALERT_CLAIM + timedelta(seconds=10)):
        send_due_alerts()

    assert len(mail_server.accepted) == 2
    assert len(set(mail_server.message_ids())) == 1
    assert Delivery.objects.get().tries == 2


def test_an_immediate_item_that_nobody_is_mailed_about_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    report = make_report(answers=IN_DANGER, triaged=True)

    [warning] = [line for line in caplog.records if line.levelname == "WARNING"]
    assert (
        warning.getMessage() == "an immediate item waits in police_referral and nobody is mailed its alerts"
    )
    assert str(report.pk) not in caplog.text


def test_an_alert_is_in_the_reader_s_language(mail_server: MailServer) -> None:
    subscribe("one@police.example", kind=POLICE, language="nl")
    subscribe("two@police.example", kind=POLICE, language="en")
    make_report(answers=IN_DANGER, triaged=True)
    send_due_alerts()

    said = {each["To"]: body_of(each) for each in mail_server.accepted}
    assert "Log in om het te lezen" in said["one@police.example"]
    assert "Log in to read it" in said["two@police.example"]
