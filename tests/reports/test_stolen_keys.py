"""The database is stolen together with the keys of one process: what opens, and what stays shut."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from reports.choices import Queue
from reports.models import Item, Mailbox, Report
from reports.sealing import core, receipt_code
from tests.factories import FOR_OBI, FOR_POLICE, PASSWORD, form_key, make_officer, make_receipt, make_report
from tests.reports.attacker import opened_with, secrets_in, seeds_by_guessing

pytestmark = pytest.mark.django_db
CONTACT = {"phone": "0612345678"}


@pytest.fixture
def reports() -> dict[str, Report]:
    """One report in each state: for the police, for OBI, and not yet triaged; an officer for OBI."""
    make_officer("olga", [Queue.OBI_APPROACH])
    return {
        "police": make_report(answers=FOR_POLICE, contact=CONTACT, triaged=True),
        "obi": make_report(answers=FOR_OBI, contact=CONTACT, triaged=True),
        "waiting": make_report(answers=FOR_POLICE, contact=CONTACT),
    }


def stolen_from(process: str) -> list[bytes]:
    file = Path(settings.VAULT_DIR) / process / "bundle.json"
    return secrets_in(json.loads(file.read_text()))


def items_of(*reports: Report) -> set[Item]:
    return set(Item.objects.filter(report__in=reports))


def test_the_database_alone_opens_nothing(reports: dict[str, Report]) -> None:
    public_values = [b64decode(b"A" * 43 + b"="), settings.SECRET_KEY.encode()[:32]]

    assert opened_with(public_values) == {}


@pytest.mark.parametrize("process", ["public", "staff", "mail"])
def test_with_the_keys_of_this_process_nothing_opens(process: str, reports: dict[str, Report]) -> None:
    assert (stolen_from(process) != []) is (process != "staff")
    assert opened_with(stolen_from(process)) == {}


def test_the_worker_s_keys_open_what_is_not_triaged_yet_and_nothing_else(reports: dict[str, Report]) -> None:
    opened = opened_with(stolen_from("worker"))

    assert set(opened) == items_of(reports["waiting"])
    assert any(b"Words of a test." in body for body in opened.values())


def test_the_recovery_sheet_opens_what_is_triaged(reports: dict[str, Report]) -> None:
    """And this shows that the attacker knows how: every way in is tried."""
    opened = opened_with(stolen_from("recovery"))

    assert set(opened) == items_of(reports["police"], reports["obi"])


def test_a_guessed_password_opens_the_queues_of_that_officer_only(reports: dict[str, Report]) -> None:
    assert seeds_by_guessing(["a wrong guess", PASSWORD[:-1]]) == []

    opened = opened_with(seeds_by_guessing([PASSWORD]))

    assert set(opened) == items_of(reports["obi"])


def test_a_signed_in_officer_s_session_opens_nothing_without_the_cookie(
    staff_site: Client, reports: dict[str, Report]
) -> None:
    staff_site.post("/login/?next=/", {"username": "olga", "password": PASSWORD})
    stored = Session.objects.get().get_decoded()

    sealed = [b64decode(value) for value in stored.values() if isinstance(value, str) and value.endswith("=")]
    pieces = [blob[at : at + 32] for blob in sealed for at in range(len(blob) - 31)]
    assert opened_with(pieces) == {}


def test_a_receipt_code_opens_no_report(reports: dict[str, Report]) -> None:
    """A code that was forced out of somebody opens a status and unread replies, never the report."""
    receipt = make_receipt(number=1, contact=CONTACT)
    public = stolen_from("public")

    for salt in public:
        identity = receipt_code.identity(receipt.code, salt)
        assert opened_with([identity.pair.seed, identity.lookup]) == {}


def test_without_the_public_bundle_a_code_can_not_even_be_tried() -> None:
    """The dump holds the look-up ids; guessing needs the salt, which is not in the database."""
    receipt = make_receipt(number=1)

    lookup = Mailbox.objects.get(report_id=receipt.report_id).lookup

    for salt in (b"", bytes(32), settings.SECRET_KEY.encode()[:32], form_key(1)):
        if len(salt) >= 8:  # the least that Argon2 takes
            assert receipt_code.identity(receipt.code, salt).lookup.hex() != lookup


def test_a_form_key_alone_gives_neither_code_nor_report(reports: dict[str, Report]) -> None:
    receipt = make_receipt(number=1)

    guesses = {receipt_code.from_form_key(form_key(1), secret) for secret in (b"", bytes(32), form_key(1))}

    assert receipt.code not in guesses
    assert opened_with([form_key(1), core.derive(form_key(1), "report id")]) == {}
