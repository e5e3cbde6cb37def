"""The audit chain: whole, in order, without content; the first altered row is named."""

from __future__ import annotations

import json
import threading
from datetime import date
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, close_old_connections, connection, transaction

from reports import audit
from reports.audit import verify
from reports.models.audit import Audit
from reports.sealing import chain
from tests.factories import make_officer, make_report
from tests.services import PATIENCE

pytestmark = pytest.mark.django_db
UUID = "6f1c0d4e-8f2b-4c55-9a3e-0b8f6f3f2a11"


def record(count: int = 1) -> None:
    for _ in range(count):
        with transaction.atomic():
            audit.record(actor="worker", verb="route", subject=f"report:{UUID}", queues=["follow_up"])


def alter(**values: Any) -> None:
    """As somebody does who owns the table: the guard is off."""
    seq = values.pop("seq")
    with verify.unguarded():
        Audit.objects.filter(seq=seq).update(**values)


def test_an_empty_chain_holds() -> None:
    assert verify.verify().head == audit.head() == audit.Head(0, chain.START)


def test_every_entry_follows_the_one_before() -> None:
    record(5)

    whole = verify.verify()

    assert whole.head.seq == 5
    assert whole.head == audit.head()
    assert list(Audit.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4, 5]


def test_an_entry_says_who_what_when_and_to_which_row() -> None:
    report, officer = make_report(), make_officer("anna")
    with time_machine.travel("2026-11-22 17:03:04Z", tick=False), transaction.atomic():
        by_officer = audit.record(actor=officer, verb="read", subject=report, queue="follow_up")
        by_worker = audit.record(actor="worker", verb="route", subject=report)

    assert json.loads(by_officer.entry) == {
        "actor": "anna",
        "at": "2026-11-22T18:03:04+01:00",
        "queue": "follow_up",
        "subject": f"report:{report.pk}",
        "verb": "read",
    }
    assert json.loads(by_worker.entry)["at"] == by_worker.at == "2026-11-22"
    assert json.loads(by_worker.entry)["actor"] == "process:worker"


@pytest.mark.parametrize("verb", ["UPDATE reports_audit SET at = '2020-01-01'", "DELETE FROM reports_audit"])
def test_the_database_refuses_to_change_or_remove_an_entry(verb: str) -> None:
    record(3)

    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        connection.cursor().execute(verb)
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        Audit.objects.filter(seq=2).delete() if "DELETE" in verb else Audit.objects.update(at="")

    assert verify.verify().head.seq == 3


def test_the_guard_is_back_after_it_was_taken_off() -> None:
    record(2)
    alter(seq=1, at="2020-01-01")

    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        Audit.objects.update(at="2020-01-02")
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        Audit.objects.all().delete()


@pytest.mark.parametrize(
    "change",
    [
        {"entry": '{"actor":"process:worker","at":"2026-11-22","subject":"","verb":"nothing"}'},
        {"entry": "{}"},
        {"entry": "not json"},
        {"entry": '["list"]'},
        {"at": "2020-01-01"},
        {"previous": "ab" * 32},
        {"hash": "cd" * 32},
    ],
)
def test_the_first_altered_row_is_named(change: dict[str, str]) -> None:
    record(5)
    alter(seq=3, **change)
    alter(seq=5, at="2020-01-01")

    with pytest.raises(verify.Altered) as altered:
        verify.verify()
    assert altered.value.seq == 3


def test_an_entry_written_anew_with_a_fitting_hash_is_noticed_at_the_next_row() -> None:
    record(5)
    row = Audit.objects.get(seq=3)
    text = chain.canonical(json.loads(row.entry) | {"verb": "nothing"})
    alter(seq=3, entry=text, hash=chain.link(row.previous, text))

    with pytest.raises(verify.Altered, match="row 4 does not follow"):
        verify.verify()


@pytest.mark.parametrize(("gone", "named"), [(1, 1), (3, 3), (4, 4)])
def test_a_row_left_out_is_named(gone: int, named: int) -> None:
    record(5)
    with verify.unguarded():
        Audit.objects.filter(seq=gone).delete()

    with pytest.raises(verify.Altered, match=f"row {named} is missing"):
        verify.verify()


def test_a_row_left_out_and_the_others_moved_up_is_noticed() -> None:
    record(4)
    with verify.unguarded():
        Audit.objects.filter(seq=2).delete()
        for seq in (3, 4):
            Audit.objects.filter(seq=seq).update(seq=seq - 1)

    with pytest.raises(verify.Altered, match="row 2 does not follow"):
        verify.verify()


def test_an_end_cut_off_or_a_chain_written_anew_lacks_the_head_of_the_mail() -> None:
    record(5)
    mailed = audit.head().hash
    record(2)
    assert verify.verify(expected=mailed).head.seq == 7

    with verify.unguarded():
        Audit.objects.filter(seq__gt=4).delete()
    assert verify.verify().head.seq == 4  # the chain itself still holds
    with pytest.raises(verify.Altered, match="expected hash"):
        verify.verify(expected=mailed)


def test_an_entry_stands_if_and_only_if_what_it_tells_of_stands() -> None:
    record()

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.record(actor="worker", verb="route")
        raise ZeroDivisionError

    assert verify.verify().head.seq == 1


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        audit.record(actor="worker", verb="route")
    assert not Audit.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        {"actor": "somebody"},
        {"actor": "process:worker"},
        {"actor": "public"},
        {"actor": "beat"},
        {"verb": "Wrote: they came to the door"},
        {"verb": ""},
        {"subject": "report"},
        {"subject": "report:they came to the door"},
        {"reason": "they came to the door"},
        {"account": "x"},
        {"queue": "elsewhere"},
        {"queue": ["follow_up"]},
        {"queues": []},
        {"queues": ["follow_up", "they came"]},
        {"queues": "follow_up"},
        {"urgency": "very"},
        {"state": "they came to the door"},
        {"state": 1},
        {"item": "they came"},
        {"item": UUID + " "},
        {"count": "12"},
        {"count": -1},
        {"count": True},
        {"needs_person": "yes"},
        {"sha256": "zz" * 32},
        {"week": "2026-W46\nthey came"},
        {"policy_version": "they came to the door"},
    ],
)
def test_words_have_no_place_in_an_entry(given: dict[str, Any]) -> None:
    with pytest.raises(audit.NotAllowed) as refused, transaction.atomic():
        audit.record(**{"actor": "worker", "verb": "route", **given})

    assert "they came" not in str(refused.value)
    assert not Audit.objects.exists()


def test_an_officer_can_not_be_called_like_a_process() -> None:
    with pytest.raises(audit.NotAllowed), transaction.atomic():
        audit.record(actor=make_officer("process:worker"), verb="read")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_chain() -> None:
    errors: list[BaseException] = []
    at_once = threading.Barrier(6)

    def write() -> None:
        try:
            at_once.wait(timeout=PATIENCE)
            record(10)
        except BaseException as error:  # noqa: BLE001 (shown by the test)
            errors.append(error)
        finally:
            close_old_connections()
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=PATIENCE)

    assert errors == []
    assert verify.verify().head.seq == 60


def test_old_entries_are_replaced_by_one_checkpoint_and_the_chain_still_holds() -> None:
    with time_machine.travel("2024-05-01 12:00Z"):
        record(3)
    with time_machine.travel("2026-11-01 12:00Z"):
        record(2)
    mailed = audit.head().hash

    assert verify.prune_before(date(2024, 11, 1)) == 3

    assert list(Audit.objects.order_by("seq").values_list("seq", flat=True)) == [3, 4, 5, 6]
    whole = verify.verify(expected=mailed)
    assert (whole.head.seq, whole.pruned) == (6, 3)
    assert not any("route" in row.entry for row in Audit.objects.filter(seq__lte=3))
    assert verify.prune_before(date(2024, 11, 1)) == 0

    record(1)
    assert verify.prune_before(date(2026, 11, 2)) == 3
    assert verify.verify().pruned == 5


def test_a_checkpoint_that_nobody_recorded_is_noticed() -> None:
    """Somebody takes away the beginning and puts a checkpoint there by hand."""
    record(5)
    last = Audit.objects.get(seq=3)
    text = chain.canonical({"at": "2026-01-01", "verb": "checkpoint", "through": 3})
    with verify.unguarded():
        Audit.objects.filter(seq__lte=3).delete()
        Audit.objects.create(
            seq=3, at="2026-01-01", previous=chain.link(last.hash, text), entry=text, hash=last.hash
        )

    with pytest.raises(verify.Altered, match="row 3 is a checkpoint that no later entry tells of"):
        verify.verify()


def test_an_altered_checkpoint_is_noticed() -> None:
    with time_machine.travel("2024-05-01 12:00Z"):
        record(3)
    record(1)
    verify.prune_before(date(2024, 11, 1))
    text = chain.canonical({"at": "2020-01-01", "verb": "checkpoint", "through": 1})
    alter(seq=3, entry=text, at="2020-01-01")

    with pytest.raises(verify.Altered, match="row 3 is not what was recorded"):
        verify.verify()


def test_an_altered_chain_is_not_pruned() -> None:
    with time_machine.travel("2024-05-01 12:00Z"):
        record(3)
    alter(seq=2, at="2024-05-02")

    with pytest.raises(verify.Altered):
        verify.prune_before(date(2024, 11, 1))
    assert Audit.objects.count() == 3


def test_the_command_says_whether_it_holds_and_names_the_first_broken_row() -> None:
    record(3)
    said = StringIO()
    call_command("verify_audit", stdout=said)
    assert said.getvalue() == f"The audit chain holds: 3 entries, head {audit.head().hash}.\n"

    with pytest.raises(CommandError, match="the chain does not contain the expected hash"):
        call_command("verify_audit", expect="ab" * 32)
    alter(seq=2, at="2020-01-01")
    with pytest.raises(CommandError, match="row 2 is not what was recorded"):
        call_command("verify_audit")


def test_the_command_lets_go_of_what_is_older_than_24_months() -> None:
    with time_machine.travel("2024-11-21 12:00Z"):
        record(2)
    with time_machine.travel("2024-11-23 12:00Z"):
        record(2)
    said = StringIO()

    with time_machine.travel("2026-11-22 12:00Z"):
        call_command("verify_audit", prune=True, stdout=said)

    assert "2 entries were older than 24 months" in said.getvalue()
    assert verify.verify().pruned == 2
