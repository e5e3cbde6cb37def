"""When triage fails: tried again with growing pauses, then a person reads it unassessed. Never dropped."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from typing import Any, NoReturn

import pytest
import time_machine
from django.utils import timezone

from reports.choices import Queue, Urgency
from reports.models import Item, ItemKind, Report, Wrap
from reports.models.audit import Audit
from reports.sealing import core
from reports.vault.keyring import CannotOpen
from tests.factories import FOR_FOLLOW_UP, FOR_POLICE, IN_DANGER, make_officer, make_report, ring_of, route
from triage import tasks
from triage.models import WorkItem
from triage.worker import report as report_work

pytestmark = [pytest.mark.django_db, pytest.mark.any_hour]
WORDS = "MARKEDWORDS"
CONTACT = {"phone": "MARKEDPHONE"}


@pytest.fixture
def no_assessment(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(facts: Any, account: str) -> NoReturn:
        raise ValueError(f"could not read {account!r}")  # an error that quotes what it choked on

    monkeypatch.setattr(report_work, "assess", fail)


def try_triage(report: Report, times: int = 1) -> None:
    """As the sweep does it, at the moments at which the item is due."""
    item = report.items.get(kind=ItemKind.REPORT)
    for _ in range(times):
        item.refresh_from_db()
        with time_machine.travel(item.next_try or timezone.now()):
            assert item in Item.objects.due(timezone.now())
            tasks.triage_item(str(item.pk))


def proposals(report: Report) -> dict[str, tuple[str, bool]]:
    return {work.queue: (work.urgency, work.needs_person) for work in report.work_items.all()}


@pytest.mark.usefixtures("no_assessment")
def test_the_pauses_grow() -> None:
    report = make_report()
    item = report.items.get(kind=ItemKind.REPORT)
    pauses = []
    for _ in range(3):
        item.refresh_from_db()
        with time_machine.travel(item.next_try or timezone.now(), tick=False):
            tasks.triage_item(str(item.pk))
            item.refresh_from_db()
            assert isinstance(item.next_try, datetime)
            pauses.append(item.next_try - timezone.now())
            assert item not in Item.objects.due(timezone.now())

    assert pauses == sorted(pauses)
    assert pauses[-1] <= timedelta(minutes=5)


@pytest.mark.usefixtures("no_assessment")
def test_before_the_third_failure_the_report_stays_with_the_worker() -> None:
    report = make_report()

    try_triage(report, times=3)

    assert proposals(report) == {}
    assert report.items.untriaged().count() == 1


@pytest.mark.usefixtures("no_assessment")
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (FOR_FOLLOW_UP, {Queue.FOLLOW_UP: (Urgency.HIGH, True)}),
        (FOR_POLICE, {Queue.FOLLOW_UP: (Urgency.HIGH, True)}),
        (
            IN_DANGER,
            {
                Queue.POLICE_REFERRAL: (Urgency.IMMEDIATE, True),
                Queue.FOLLOW_UP: (Urgency.IMMEDIATE, True),
            },
        ),
    ],
)
def test_after_three_failures_a_person_reads_it_unassessed(answers: dict[str, Any], expected: Any) -> None:
    report = make_report(answers=answers, account=WORDS, contact=CONTACT)

    try_triage(report, times=4)

    assert proposals(report) == expected
    assert not report.items.untriaged().exists()
    assert sorted(report.items.values_list("kind", flat=True)) == ["contact", "report"]
    ring = ring_of(make_officer("anna", [Queue.FOLLOW_UP]))
    assert ring.open(report.items.get(kind=ItemKind.REPORT))["account"] == WORDS


@pytest.mark.usefixtures("no_assessment")
def test_when_it_works_again_in_time_it_is_assessed(monkeypatch: pytest.MonkeyPatch) -> None:
    report = make_report(answers=FOR_POLICE)
    try_triage(report, times=3)
    assert proposals(report) == {}

    monkeypatch.undo()
    route(report.pk)

    assert set(proposals(report)) == {Queue.POLICE_REFERRAL}


@pytest.mark.usefixtures("no_assessment")
def test_no_word_of_the_report_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    report = make_report(account=WORDS, contact=CONTACT)

    with caplog.at_level(logging.DEBUG):
        try_triage(report, times=4)

    assert "failed, attempt 1: ValueError" in caplog.text
    assert "MARKED" not in caplog.text
    assert all(record.exc_info is None for record in caplog.records if record.name.startswith("triage"))


def break_wrap(item: Item) -> None:
    wrap = item.wraps.get()
    Wrap.objects.filter(pk=wrap.pk).update(blob=wrap.blob[:-1] + bytes([wrap.blob[-1] ^ 1]))


@pytest.mark.parametrize("broken", [ItemKind.REPORT, ItemKind.CONTACT])
def test_a_wrap_that_does_not_open_is_an_alarm_and_a_work_item(
    broken: ItemKind, caplog: pytest.LogCaptureFixture
) -> None:
    report = make_report(answers=FOR_POLICE, account=WORDS, contact=CONTACT)
    items = {item.kind: item for item in report.items.all()}
    break_wrap(items[broken])

    try_triage(report, times=4)

    alarms = [record.message for record in caplog.records if record.levelno == logging.CRITICAL]
    assert len(alarms) == 1
    assert f"INTEGRITY ALARM: item {items[broken].pk} of report {report.pk}" in alarms[0]
    recorded = [json.loads(row.entry) for row in Audit.objects.order_by("seq")]
    assert [entry["verb"] for entry in recorded] == ["integrity_alarm", "route_unassessed"]
    assert recorded[0]["subject"] == f"item:{items[broken].pk}"
    assert proposals(report) == {Queue.FOLLOW_UP: (Urgency.HIGH, True)}
    assert [item.kind for item in report.items.untriaged()] == [broken]  # kept: a backup may help

    ring = ring_of(make_officer("anna", [Queue.FOLLOW_UP]))
    for kind, item in items.items():
        if kind == broken:
            with pytest.raises(CannotOpen):
                ring.open(item)
        else:
            assert ring.open(item)


def test_a_body_that_does_not_open_is_an_alarm_and_a_work_item(caplog: pytest.LogCaptureFixture) -> None:
    report = make_report(answers=FOR_POLICE, account=WORDS)
    other = make_report(account=WORDS)
    item = report.items.get(kind=ItemKind.REPORT)
    Item.objects.filter(pk=item.pk).update(body=other.items.get(kind=ItemKind.REPORT).body)

    try_triage(report, times=4)

    assert f"INTEGRITY ALARM: item {item.pk}" in caplog.text
    assert proposals(report) == {Queue.FOLLOW_UP: (Urgency.HIGH, True)}
    with pytest.raises(core.Broken):
        ring_of(make_officer()).open(report.items.get(kind=ItemKind.REPORT))


def test_a_broken_report_is_not_counted_tried_or_alarmed_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    report = make_report(contact=CONTACT)
    item = report.items.get(kind=ItemKind.REPORT)
    break_wrap(item)

    try_triage(report, times=8)

    item.refresh_from_db()
    assert item.attempts <= 4  # a small integer: counting on would end in an error of the database
    assert WorkItem.objects.filter(report=report).count() == 1
    assert caplog.text.count("INTEGRITY ALARM") == 1


def test_a_report_that_is_gone_is_no_error() -> None:
    report = make_report()
    item_id = str(report.items.get().pk)
    report.delete()

    tasks.triage_item(item_id)
