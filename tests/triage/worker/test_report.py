"""What the worker does with a report: to its queues, sealed, once; afterwards it cannot open it."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from reports.choices import Queue, Urgency
from reports.models import Item, ItemKind, Key, KeyRole, Report, Wrap
from reports.models.audit import Audit
from reports.sealing import core
from reports.vault import bundle, keys
from reports.vault.keyring import CannotOpen, Keyring
from tests.factories import (
    FOR_FOLLOW_UP,
    FOR_OBI,
    FOR_POLICE,
    IN_DANGER,
    make_officer,
    make_report,
    queue_key,
    ring_of,
    route,
    route_unassessed,
)
from tests.services import PATIENCE
from triage import tasks
from triage.models import Delivery, Subscription, Tally, WorkItem
from triage.policy import engine
from triage.policy.assessment import Assessment
from triage.worker import report as report_work

pytestmark = pytest.mark.any_hour
CONTACT = {"phone": "0612345678"}
FOR_BOTH = {**FOR_POLICE, "incident_types": ["threat", "coercion_relatives"], "suspected_actor": "belarus"}


def wrapped_to(report: Report) -> set[str]:
    """The roles of the keys that open anything of this report."""
    kids = Wrap.objects.filter(item__report=report).values("to")
    return set(Key.objects.filter(kid__in=kids).values_list("role", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answers", "queues"),
    [
        (FOR_POLICE, {Queue.POLICE_REFERRAL}),
        (FOR_OBI, {Queue.OBI_APPROACH}),
        (FOR_BOTH, {Queue.POLICE_REFERRAL, Queue.OBI_APPROACH}),
        (FOR_FOLLOW_UP, {Queue.FOLLOW_UP}),
        ({}, {Queue.FOLLOW_UP}),
    ],
)
def test_everything_of_a_report_goes_to_its_queues_and_to_nobody_else(
    answers: dict[str, Any], queues: set[str]
) -> None:
    report = make_report(answers=answers, contact=CONTACT, triaged=True)

    assert set(report.work_items.values_list("queue", flat=True)) == queues
    assert set(report.items.values_list("kind", flat=True)) == {"report", "contact", "assessment"}
    assert wrapped_to(report) == queues
    assert Wrap.objects.filter(item__report=report).count() == 3 * len(queues)


@pytest.mark.django_db
def test_after_triage_not_even_the_worker_opens_it() -> None:
    report = make_report(answers=FOR_POLICE, contact=CONTACT, triaged=True)

    ring = Keyring.of_worker()
    for item in report.items.all():
        with pytest.raises(CannotOpen):
            ring.open(item)
        for wrap in item.wraps.all():  # nor with its keys tried on every wrap there is
            for pair in bundle.worker().intake:
                with pytest.raises(core.Broken):
                    pair.unwrap(wrap.blob, item.context)
    assert not Item.objects.untriaged().exists()


@pytest.mark.django_db
def test_the_queue_reads_the_words_the_contact_and_the_assessment() -> None:
    report = make_report(answers=FOR_POLICE, account="Слова", contact=CONTACT, triaged=True)

    ring = ring_of(make_officer("anna", [Queue.POLICE_REFERRAL]))
    content = {item.kind: ring.open(item) for item in report.items.all()}
    assert content[ItemKind.REPORT]["account"] == "Слова"
    assert content[ItemKind.CONTACT] == CONTACT
    assessment = Assessment.from_dict(content[ItemKind.ASSESSMENT])
    assert set(assessment.queues) == set(report.work_items.values_list("queue", flat=True))
    assert {work.urgency for work in report.work_items.all()} == {assessment.urgency}


@pytest.mark.django_db
def test_the_danger_bit_and_the_retry_state_are_erased() -> None:
    report = make_report(answers=IN_DANGER, contact=CONTACT)
    assert report.danger_ticked is True
    item = report.items.get(kind=ItemKind.REPORT)

    tasks.triage_item(str(item.pk))

    report.refresh_from_db()
    assert report.danger_ticked is None
    assert set(report.items.values_list("attempts", "next_try")) == {(0, None)}


@pytest.mark.django_db
def test_an_immediate_report_mails_its_desk_and_says_nothing() -> None:
    for queue in Queue.values:
        Subscription.objects.create(email=f"{queue}@example.org", kind=queue)

    report = make_report(answers=IN_DANGER, account="Слова", triaged=True)

    immediate = report.work_items.filter(urgency=Urgency.IMMEDIATE)
    assert immediate.exists()
    assert set(Delivery.objects.values_list("subject", "subscription__kind")) == {
        (str(work.pk), work.queue) for work in immediate
    }


@pytest.mark.django_db
def test_it_is_counted_once_and_one_way_only() -> None:
    make_report(answers=FOR_BOTH, triaged=True)
    make_report(answers=FOR_POLICE, triaged=True)

    counts = {(tally.list, tally.line): tally.count for tally in Tally.objects.all()}
    assert counts[("received", "")] == 2
    assert (counts[("queue", "police_referral")], counts[("queue", "obi_approach")]) == (2, 1)
    assert sum(count for (name, _), count in counts.items() if name == "urgency") == 2


@pytest.mark.django_db
def test_the_decision_of_the_machine_is_in_the_audit_chain_with_its_day_only() -> None:
    report = make_report(answers=FOR_BOTH, account="MARKED", triaged=True)

    (row,) = Audit.objects.all()
    entry = json.loads(row.entry)
    assert entry["at"] == timezone.localdate().isoformat()
    assert (entry["actor"], entry["verb"], entry["subject"]) == (
        "process:worker",
        "route",
        f"report:{report.pk}",
    )
    assert set(entry["queues"]) == {"police_referral", "obi_approach"}
    assert set(entry) == {"at", "actor", "verb", "subject", "queues", "urgency", "needs_person"}


def snapshot(report: Report) -> list[Any]:
    """Everything that is stored of a report, and the counts."""
    return [
        list(Report.objects.filter(pk=report.pk).values()),
        list(report.items.order_by("pk").values()),
        list(Wrap.objects.filter(item__report=report).order_by("pk").values()),
        list(report.work_items.order_by("pk").values()),
        list(Tally.objects.order_by("pk").values()),
        list(Delivery.objects.order_by("pk").values()),
        list(Audit.objects.order_by("pk").values()),
    ]


@pytest.mark.django_db
def test_done_twice_it_is_done_once() -> None:
    Subscription.objects.create(email="desk@example.org", kind="police_referral")
    report = make_report(answers=IN_DANGER, contact=CONTACT, triaged=True)
    before = snapshot(report)

    assert route(report.pk) is False
    assert route_unassessed(report.pk) is False
    for item in report.items.all():
        tasks.triage_item(str(item.pk))

    assert snapshot(report) == before


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_report_do_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have opened it before either hands it over: the worst moment."""
    report = make_report(answers=IN_DANGER, contact=CONTACT)
    both_have_opened, errors, done = threading.Barrier(2), list[BaseException](), list[bool]()
    assess = engine.assess

    def wait_for_the_other(*given: Any) -> Assessment:
        both_have_opened.wait(timeout=PATIENCE)
        return assess(*given)

    def work() -> None:
        try:
            done.append(route(report.pk))
        except BaseException as error:  # noqa: BLE001 (shown by the test)
            errors.append(error)
        finally:
            close_old_connections()
            connection.close()

    monkeypatch.setattr(report_work, "assess", wait_for_the_other)
    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(timeout=PATIENCE)

    assert errors == []
    assert sorted(done) == [False, True]
    assert report.items.filter(kind=ItemKind.ASSESSMENT).count() == 1
    queues = report.work_items.count()
    assert Wrap.objects.filter(item__report=report).count() == 3 * queues
    assert set(Tally.objects.values_list("count", flat=True)) == {1}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        'INTO "reports_item"',
        'INTO "reports_wrap"',
        'INTO "triage_workitem"',
        'INTO "triage_delivery"',
        '"triage_tally"',
        'DELETE FROM "reports_wrap"',
        'UPDATE "reports_item"',
        'UPDATE "reports_report"',
        'INTO "reports_audit"',
    ],
)
def test_when_any_write_fails_nothing_has_changed(sql: str) -> None:
    Subscription.objects.create(email="desk@example.org", kind="police_referral")
    report = make_report(answers=IN_DANGER, contact=CONTACT)
    before = snapshot(report)

    def fail(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
        if sql in statement and not statement.startswith("SELECT"):
            raise DatabaseError("disk full")
        return execute(statement, params, many, context)

    with connection.execute_wrapper(fail), pytest.raises(DatabaseError, match="disk full"):
        route(report.pk)

    assert snapshot(report) == before


@pytest.mark.django_db
def test_nothing_is_handed_to_a_queue_key_that_is_not_to_be_trusted() -> None:
    report = make_report(answers=FOR_POLICE)
    before = snapshot(report)
    thief = core.KeyPair.generate()
    Key.objects.create(kid=thief.kid, role=KeyRole.POLICE_REFERRAL, epoch=1, public=thief.public)

    with pytest.raises(keys.Untrusted):
        route(report.pk)

    assert snapshot(report) == before


@pytest.mark.django_db
def test_the_recovery_sheet_opens_what_is_in_a_queue() -> None:
    """The last member is gone: the sheet opens the queue's key, and with it the report."""
    report = make_report(answers=FOR_POLICE, triaged=True)

    ring = Keyring.of_holder(bundle.recovery().pair)

    assert queue_key(Queue.POLICE_REFERRAL).kid in ring.kids
    assert ring.open(report.items.get(kind=ItemKind.REPORT))["account"]


@pytest.mark.django_db
def test_the_work_item_table_has_one_row_per_queue() -> None:
    report = make_report(answers=FOR_BOTH, triaged=True)

    again = WorkItem(report=report, queue=Queue.OBI_APPROACH, urgency=Urgency.LOW)
    with pytest.raises(Exception, match="(?i)unique"):
        again.save(force_insert=True)
