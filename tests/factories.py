"""Reports, officers and triaged work for tests, made by the same calls as in production.

Deterministic: the same arguments make the same answers. Nothing here writes a row itself,
so no test starts from a state that production cannot reach.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model

from reports import intake
from reports.choices import Queue
from reports.facts import Facts
from reports.models import Item, ItemKind, Key, KeyRole, Report
from reports.sealing import core
from reports.vault import bundle, members
from reports.vault.keyring import Keyring
from tests.roles import acting_as
from triage.worker import report as report_work

PASSWORD = "a long passphrase for tests"

# Answers that the rules send to these queues (docs/policy.md, Routing).
FOR_POLICE = {
    "in_danger_now": "no",
    "feels_threatened": "yes",
    "incident_types": ["threat"],
    "severity": "physical_threat",
}
FOR_OBI = {
    "in_danger_now": "no",
    "feels_threatened": "no",
    "incident_types": ["coercion_relatives"],
    "suspected_actor": "belarus",
    "severity": "incident",
}
FOR_FOLLOW_UP = {"in_danger_now": "no", "feels_threatened": "no"}
IN_DANGER = {"in_danger_now": "yes", "feels_threatened": "yes"}

_numbers = count(1)


def form_key(number: int) -> bytes:
    """The 32 bytes that a form carries, the same for the same number."""
    return hashlib.sha256(f"form {number}".encode()).digest()


def make_receipt(
    *,
    number: int | None = None,
    answers: Mapping[str, Any] = FOR_FOLLOW_UP,
    account: str = "Words of a test.",
    contact: Mapping[str, str] | None = None,
    language: str = "en",
) -> intake.Receipt:
    """Files a report by intake. The same `number` is the same form, sent again."""
    with acting_as("public"):
        return intake.receive(
            form_key=form_key(next(_numbers) + 1_000_000 if number is None else number),
            facts=Facts.from_answers(answers),
            account=account,
            language=language,
            contact=contact,
        )


def make_report(*, triaged: bool = False, **given: Any) -> Report:
    """A report as `make_receipt` files it; `triaged` has the worker's verb route it too."""
    receipt = make_receipt(**given)
    if triaged:
        with acting_as("worker"):
            assert route(receipt.report_id)
    return Report.objects.get(pk=receipt.report_id)


def route(report_id: UUID) -> bool:
    """What the worker does with a new report; False when that was done before."""
    return report_work.do(_filed(report_id), Keyring.of_worker())


def route_unassessed(report_id: UUID) -> bool:
    """What the worker does with a report after assessment failed for good."""
    return report_work.give_up(_filed(report_id), Keyring.of_worker())


def _filed(report_id: UUID) -> Item:
    return Item.objects.get(report=report_id, kind=ItemKind.REPORT)


def make_officer(username: str = "anna", queues: Iterable[str] = Queue.values, **fields: Any) -> Any:
    """An officer with the password PASSWORD, a member key, and admitted to `queues` with the recovery key."""
    user = get_user_model().objects.create_user(username=username, password=PASSWORD, is_staff=True, **fields)
    pair = members.enrol(user=user, passphrase=PASSWORD)
    member = Key.objects.get(pk=pair.kid)
    ring = Keyring.of_holder(bundle.recovery().pair)
    for queue in queues:
        members.admit(ring=ring, queue_key=queue_key(queue), member=member, by=None)
    return user


def ring_of(user: Any) -> Keyring:
    """What an officer made by `make_officer` can open after logging in."""
    pair = members.unlock(user=user, passphrase=PASSWORD)
    assert pair is not None
    return Keyring.of_holder(pair)


def queue_key(queue: str) -> Key:
    """The queue's newest public key row, verified against the pins as intake and worker do."""
    from reports.vault import keys

    return Key.objects.get(pk=core.kid(keys.current(KeyRole(queue), bundle.staff())))
