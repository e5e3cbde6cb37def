"""`manage.py send_weekly_summary`."""

from __future__ import annotations

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tests.mail_server import MailServer, body_of
from tests.triage.figures.mail_figures import W46_IS_DUE, count_november, count_week, subscribe
from triage.models import Delivery, Tally

MONDAY = datetime.fromisoformat(W46_IS_DUE)
COMMAND = "send_weekly_summary"

pytestmark = pytest.mark.django_db


def test_it_mails_those_who_have_not_had_the_week(capsys: pytest.CaptureFixture[str]) -> None:
    subscribe("first@ministry.example")
    with time_machine.travel(MONDAY):
        call_command(COMMAND, week="2026-W40")
        subscribe("second@ministry.example")
        call_command(COMMAND, week="2026-W40")
        call_command(COMMAND, week="2026-W40")

    assert [sent.to for sent in mail.outbox] == [["first@ministry.example"], ["second@ministry.example"]]
    assert capsys.readouterr().out.splitlines() == [
        "2026-W40: 1 sent, 0 waiting",
        "2026-W40: 1 sent, 0 waiting",
        "2026-W40: 0 sent, 0 waiting",
    ]


def test_a_dry_run_prints_the_text_and_sends_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    count_november()
    subscribe("manager@ministry.example")
    tallies = Tally.objects.count()
    with time_machine.travel(MONDAY):
        call_command(COMMAND, week="2026-W46", dry_run=True)

    printed = capsys.readouterr().out
    assert printed.startswith("Subject: Weekoverzicht week 46 van 2026\n\nWEEKOVERZICHT")
    assert "Ontvangen meldingen: 31" in printed
    assert "manager@" not in printed
    assert not mail.outbox
    assert not Delivery.objects.exists()
    assert Tally.objects.count() == tallies


def test_a_dry_run_prints_one_text_for_each_language_that_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    subscribe("one@ministry.example", "two@ministry.example", language="en")
    with time_machine.travel(MONDAY):
        call_command(COMMAND, week="2026-W46", dry_run=True)

    assert capsys.readouterr().out.count("Subject: ") == 1


def test_without_a_week_it_takes_the_last_one_due(capsys: pytest.CaptureFixture[str]) -> None:
    with time_machine.travel(MONDAY - timedelta(minutes=1)):
        call_command(COMMAND)

    assert capsys.readouterr().out == "2026-W45: 0 sent, 0 waiting\n"


@pytest.mark.parametrize(
    ("week", "said"),
    [
        ("2026-W47", "2026-W47 is not over: its figures can still change"),
        ("2027-W01", "2027-W01 is not over: its figures can still change"),
        ("2025-W53", "'2025-W53' is not an ISO week such as 2026-W46"),
        ("last", "'last' is not an ISO week such as 2026-W46"),
    ],
)
@pytest.mark.parametrize("dry_run", [False, True])
def test_a_week_that_can_not_be_mailed_is_refused_in_one_line(week: str, said: str, dry_run: bool) -> None:
    subscribe("manager@ministry.example")
    with time_machine.travel(MONDAY), pytest.raises(CommandError) as refused:
        call_command(COMMAND, week=week, dry_run=dry_run)

    assert str(refused.value) == said
    assert not mail.outbox


def test_in_the_trial_the_running_week_can_be_mailed_early_and_does_not_count() -> None:
    count_week("2026-W47", 31, (17, 14, 6), (2, 9, 13, 7))
    subscribe("manager@ministry.example")
    with time_machine.travel(MONDAY) as clock:
        call_command(COMMAND, week="2026-W47", early=True)
        assert not Delivery.objects.exists()
        assert not Tally.objects.filter(list=Tally.List.WORK).exists()
        clock.shift(timedelta(days=7))
        call_command(COMMAND, week="2026-W47")

    early, real = mail.outbox
    assert early.subject == "Weekoverzicht week 47 van 2026 (tussenstand)"
    assert "deze week is nog niet voorbij" in early.body
    assert "deze week is nog niet voorbij" not in real.body
    assert early.message()["Message-ID"] != real.message()["Message-ID"]


def test_outside_the_trial_nothing_is_mailed_early(settings: Settings) -> None:
    settings.TRIAL = False
    subscribe("manager@ministry.example")
    for dry_run in (False, True):
        with time_machine.travel(MONDAY), pytest.raises(CommandError, match="--early is for the trial only"):
            call_command(COMMAND, week="2026-W47", early=True, dry_run=dry_run)

    assert not mail.outbox


def test_a_week_that_has_not_begun_can_not_be_mailed_early() -> None:
    with time_machine.travel(MONDAY), pytest.raises(CommandError, match="2026-W48 has not begun"):
        call_command(COMMAND, week="2026-W48", early=True)


def test_a_server_that_is_down_is_told_in_one_line(settings: Settings) -> None:
    MailServer().use(settings)
    subscribe("manager@ministry.example")
    with time_machine.travel(MONDAY):
        with pytest.raises(CommandError, match="not all could be sent; the others wait in the outbox"):
            call_command(COMMAND, week="2026-W46")
        with pytest.raises(CommandError, match="the mail server does not answer: ConnectionRefusedError"):
            call_command(COMMAND, week="2026-W47", early=True)


def test_without_a_mail_server_each_mail_is_a_file(settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "config.mail_folder.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "not yet" / "mail")
    count_november()
    subscribe("one@ministry.example", "two@ministry.example")
    with time_machine.travel(MONDAY):
        call_command(COMMAND, week="2026-W46")

    files = sorted(Path(settings.EMAIL_FILE_PATH).iterdir())
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert sorted(each["To"] for each in mails) == ["one@ministry.example", "two@ministry.example"]
    assert "Ontvangen meldingen: 31" in body_of(mails[0])
    assert b"Ontvangen meldingen: 31" in files[0].read_bytes()  # as a person sees the file
