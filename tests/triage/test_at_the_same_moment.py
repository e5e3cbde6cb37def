"""Two at work on one report at the same moment: rows are locked, so that nothing is done twice or half.

SQLite has one writer at a time; on PostgreSQL only the locks on the rows do it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from reports import mailbox
from reports.choices import Queue
from reports.models import Item, ItemKind, Report
from reports.vault.keyring import Keyring
from tests.cast import DANGER, THANKS, Case, close
from tests.factories import FOR_POLICE, make_officer
from tests.services import eventually
from triage.casework import decisions
from triage.choices import WorkState
from triage.models import WorkItem
from triage.policy.engine import assess
from triage.work.items import lock_present
from triage.worker import addition, withdrawal

pytestmark = pytest.mark.django_db(transaction=True)
POLICE = Queue.POLICE_REFERRAL


def both(work: Callable[[], object]) -> list[object]:
    """Does it in two threads at once; what each returned. Fails the test when one raised."""
    done: list[object] = []
    errors: list[BaseException] = []

    def one() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 (shown by the test)
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=30)
    assert errors == []
    return done


def meeting(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, but two callers go on only when both have come."""
    here = threading.Barrier(2)

    def wrapper(*given: Any) -> Any:
        here.wait(timeout=20)
        return verb(*given)

    return wrapper


def test_two_workers_at_the_same_words_hand_them_over_once(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(answers=FOR_POLICE)
    item = case.add_only(DANGER)
    before = Item.objects.filter(report=case.id, kind=ItemKind.ASSESSMENT).count()
    monkeypatch.setattr(addition, "assess", meeting(assess))

    done = both(lambda: addition.do(item=item, ring=Keyring.of_worker()))

    assert sorted(map(bool, done)) == [False, True]
    assert Item.objects.filter(report=case.id, kind=ItemKind.ASSESSMENT).count() == before + 1


def test_two_workers_at_the_same_request_to_withdraw_answer_once(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(answers=FOR_POLICE)
    close(case, POLICE, make_officer("anna", [POLICE]))
    mailbox.withdraw(holder=case.holder)
    item = Item.objects.get(report=case.id, kind=ItemKind.WITHDRAWAL)
    monkeypatch.setattr(mailbox, "is_of_holder", meeting(mailbox.is_of_holder))

    done = both(lambda: withdrawal.do(item=item, ring=Keyring.of_worker()))

    assert sorted(map(bool, done)) == [False, True]
    assert Item.objects.filter(report=case.id, kind=ItemKind.REPLY).count() == 1


@pytest.mark.postgresql
def test_an_officer_and_the_worker_at_one_report_wait_in_one_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both lock the report first. In the other order each would hold what the other one needs."""
    anna = make_officer("anna", [POLICE])
    case = Case(answers=FOR_POLICE)
    work, item = case.work(POLICE), case.add_only(THANKS)
    sessions: list[int] = []
    errors: list[BaseException] = []

    def confirm() -> None:
        try:
            sessions.append(session())
            decisions.confirm(work_item=work, officer=anna)
        except BaseException as error:  # noqa: BLE001 (shown by the test)
            errors.append(error)
        finally:
            connection.close()

    officer = threading.Thread(target=confirm)

    def present_after_the_officer_came(report: Report) -> list[WorkItem]:
        officer.start()
        eventually(lambda: sessions and is_held_up(sessions[0]), what="the officer's waiting")
        return lock_present(report)

    monkeypatch.setattr(addition, "lock_present", present_after_the_officer_came)
    assert addition.do(item=item, ring=Keyring.of_worker())
    officer.join(timeout=30)

    assert errors == []
    assert case.work(POLICE).state == WorkState.CONFIRMED


def session() -> int:
    """The number that PostgreSQL gave this thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def is_held_up(number: int) -> bool:
    """Whether that session waits for a row that another one holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [number])
        return bool(cursor.fetchone()[0])
