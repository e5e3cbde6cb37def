"""Intake: a report is stored wholly, once, and durably."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import DatabaseError, close_old_connections, connection

from reports.intake import Receipt
from reports.models import Item, ItemKind, Mailbox, Report, Wrap
from reports.sealing import receipt_code
from reports.vault import bundle
from reports.vault.keyring import CannotOpen, Keyring
from tests.factories import FOR_POLICE, IN_DANGER, form_key, make_receipt
from tests.services import PATIENCE, run_python

ROWS = (Report, Item, Wrap, Mailbox)
CONTACT = {"phone": "0612345678"}


def rows() -> list[int]:
    return [model.objects.count() for model in ROWS]


@pytest.mark.django_db
def test_a_report_and_its_contact_are_two_items_that_only_the_worker_opens() -> None:
    receipt = make_receipt(answers=FOR_POLICE, account="Слова", contact=CONTACT, language="be")

    ring = Keyring.of_worker()
    items = {item.kind: item for item in Item.objects.filter(report_id=receipt.report_id)}
    assert ring.open(items[ItemKind.REPORT]) == {
        "answers": FOR_POLICE,
        "account": "Слова",
        "language": "be",
        "channel": "form",
        "demo": False,
        "looks_automated": False,
    }
    assert ring.open(items[ItemKind.CONTACT]) == CONTACT
    for item in items.values():
        assert item.wraps.count() == 1
        with pytest.raises(CannotOpen):
            Keyring.of_holder(bundle.recovery().pair).open(item)


@pytest.mark.django_db
def test_without_contact_there_is_no_contact_item() -> None:
    receipt = make_receipt()

    assert [item.kind for item in Item.objects.filter(report_id=receipt.report_id)] == [ItemKind.REPORT]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("danger", "ticked"), [("yes", True), ("unsure", True), ("no", False), (None, False)]
)
def test_only_danger_now_is_noted_for_the_sweep(danger: str | None, ticked: bool) -> None:
    receipt = make_receipt(answers={"in_danger_now": danger, "feels_threatened": "yes"})

    assert Report.objects.get(pk=receipt.report_id).danger_ticked is ticked


@pytest.mark.django_db
def test_a_short_and_a_long_account_take_the_same_room() -> None:
    short = make_receipt(account="-")
    long = make_receipt(account="слово " * 150)

    sizes = {len(Item.objects.get(report_id=each.report_id).body) for each in (short, long)}
    assert len(sizes) == 1


@pytest.mark.django_db
def test_the_code_opens_the_mailbox_and_is_stored_nowhere() -> None:
    receipt = make_receipt()

    public = bundle.public()
    identity = receipt_code.identity(receipt.code, public.site_salt, public.code_costs[0])
    mailbox = Mailbox.objects.get(pk=identity.lookup.hex())
    assert mailbox.report_id == receipt.report_id
    assert mailbox.kid == identity.pair.kid
    assert mailbox.public == identity.pair.public
    assert receipt_code.parse(receipt.code) == receipt.code
    assert receipt.code not in repr(receipt)


@pytest.mark.django_db
def test_the_same_form_sent_again_is_one_report_with_one_code() -> None:
    first = make_receipt(number=1, contact=CONTACT)
    before = rows()

    again = make_receipt(number=1, account="changed meanwhile", answers=IN_DANGER, contact=CONTACT)

    assert (first.repeated, again.repeated) == (False, True)
    assert (again.code, again.report_id) == (first.code, first.report_id)
    assert rows() == before
    item = Item.objects.get(report_id=first.report_id, kind=ItemKind.REPORT)
    assert Keyring.of_worker().open(item)["account"] != "changed meanwhile"


@pytest.mark.django_db
def test_another_form_is_another_report_with_another_code() -> None:
    one, two = make_receipt(number=1), make_receipt(number=2)

    assert one.code != two.code
    assert one.report_id != two.report_id


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_by_many_at_once_is_one_report() -> None:
    at_once, receipts, errors = threading.Barrier(6), list[Receipt](), list[BaseException]()

    def send() -> None:
        try:
            at_once.wait(timeout=PATIENCE)
            receipts.append(make_receipt(number=1, contact=CONTACT))
        except BaseException as error:  # noqa: BLE001 (shown by the test)
            errors.append(error)
        finally:
            close_old_connections()
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(timeout=PATIENCE)

    assert errors == []
    assert sorted(receipt.repeated for receipt in receipts) == [False] + [True] * 5
    assert len({(receipt.code, receipt.report_id) for receipt in receipts}) == 1
    assert rows() == [1, 2, 2, 1]


def refuse_to_write(model: Any) -> AbstractContextManager[None]:
    """The database fails at the first row of this table."""

    def fail(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if f'INTO "{model._meta.db_table}"' in sql:
            raise DatabaseError("disk full")
        return execute(sql, params, many, context)

    return connection.execute_wrapper(fail)


@pytest.mark.django_db
@pytest.mark.parametrize("model", ROWS)
def test_when_a_write_fails_nothing_is_stored_and_the_next_try_succeeds(model: Any) -> None:
    with refuse_to_write(model), pytest.raises(DatabaseError, match="disk full"):
        make_receipt(number=1, contact=CONTACT)
    assert rows() == [0, 0, 0, 0]

    assert make_receipt(number=1, contact=CONTACT).repeated is False
    assert rows() == [1, 2, 2, 1]


FILE_THEN_DIE = f"""
import os, signal, sys
import django
django.setup()
from django.db import connection
from reports import intake
from reports.facts import Facts

def die(execute, sql, params, many, context):
    if sys.argv[1] in sql:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)

with connection.execute_wrapper(die):
    receipt = intake.receive(
        form_key={form_key(1)!r}, facts=Facts(in_danger_now="no"), account="words", language="nl"
    )
print(receipt.code, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_killed_right_after_the_receipt_has_stored_the_report(
    process_environment: Callable[[str], dict[str, str]],
) -> None:
    done = run_python("-c", FILE_THEN_DIE, "never", env=process_environment("public"))

    assert done.returncode == -9, done.stderr
    assert make_receipt(number=1).repeated
    assert make_receipt(number=1).code == done.stdout.strip()


@pytest.mark.parametrize("model", ROWS)
def test_a_process_killed_before_the_receipt_has_stored_nothing(
    model: Any, process_environment: Callable[[str], dict[str, str]]
) -> None:
    done = run_python(
        "-c", FILE_THEN_DIE, f'INTO "{model._meta.db_table}"', env=process_environment("public")
    )

    assert (done.returncode, done.stdout) == (-9, ""), done.stderr
    assert rows() == [0, 0, 0, 0]


@pytest.mark.django_db
def test_sqlite_waits_for_the_disk_before_it_acknowledges() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a setting of SQLite")
    with connection.cursor() as cursor:
        modes = {}
        for pragma in ("journal_mode", "synchronous", "secure_delete"):
            cursor.execute(f"PRAGMA {pragma}")
            modes[pragma] = cursor.fetchone()[0]

    assert modes == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
