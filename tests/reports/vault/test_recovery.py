"""The recovery sheet: printed once, typed back correctly, and it opens a queue that lost everybody."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from reports.choices import Queue
from reports.models import Grant, Key
from reports.sealing import core, recovery_sheet
from reports.sealing.recovery_sheet import Mistyped
from reports.vault import bundle, members, succession
from reports.vault.keyring import Keyring
from tests.factories import FOR_FOLLOW_UP, PASSWORD, make_officer, make_report, ring_of

QUEUE = Queue.FOLLOW_UP


def test_what_is_written_reads_back() -> None:
    numbers = random.Random(1)
    for seed in (bytes(32), b"\xff" * 32, *(numbers.randbytes(32) for _ in range(50))):
        assert recovery_sheet.parse(recovery_sheet.write(core.KeyPair(seed))).seed == seed


def test_every_single_slip_and_every_neighbour_swap_is_found_by_its_line() -> None:
    sheet = recovery_sheet.write(core.KeyPair(random.Random(2).randbytes(32)))
    lines = sheet.split("\n")
    for number, line in enumerate(lines, start=1):
        for at in range(1, len(line)):
            if not line[at].isdigit():
                continue
            others = [line[:at] + digit + line[at + 1 :] for digit in "0123456789" if digit != line[at]]
            if line[at - 1].isdigit() and at > 1 and line[at - 1] != line[at]:
                others.append(line[: at - 1] + line[at] + line[at - 1] + line[at + 1 :])
            for other in others:
                with pytest.raises(Mistyped) as slip:
                    recovery_sheet.parse("\n".join([*lines[: number - 1], other, *lines[number:]]))
                assert slip.value.line == number, other


def test_two_lines_that_changed_places_are_noticed() -> None:
    lines = recovery_sheet.write(core.KeyPair(random.Random(3).randbytes(32))).split("\n")
    first, second = lines[0].partition(" "), lines[1].partition(" ")
    swapped = [first[0] + " " + second[2], second[0] + " " + first[2], *lines[2:]]

    with pytest.raises(Mistyped) as slip:
        recovery_sheet.parse("\n".join(swapped))
    assert slip.value.line == 1


@pytest.mark.parametrize("number", range(1, recovery_sheet.LINES + 1))
def test_a_missing_line_is_named(number: int) -> None:
    lines = recovery_sheet.write(core.KeyPair.generate()).split("\n")

    with pytest.raises(Mistyped, match=f"Line {number} "):
        recovery_sheet.parse("\n".join(lines[: number - 1] + lines[number:]))


@pytest.mark.parametrize(
    "typed",
    [
        lambda sheet: sheet.replace(" ", "  ") + "\n\n",
        lambda sheet: re.sub(r"^(\d) ", r"\1. ", sheet, flags=re.MULTILINE),
        lambda sheet: "Baken: recovery sheet of 2026\n" + sheet + "\n====\n",
        lambda sheet: "\n".join(reversed(sheet.split("\n"))),
        lambda sheet: re.sub(r"(?<=\d) (?=\d{5})", "-", sheet),
        lambda sheet: sheet.replace("\n", "\r\n"),
    ],
)
def test_it_may_be_typed_as_people_type(typed: Any) -> None:
    pair = core.KeyPair.generate()

    assert recovery_sheet.parse(typed(recovery_sheet.write(pair))).seed == pair.seed


def test_a_slip_quotes_nothing_of_the_sheet() -> None:
    with pytest.raises(Mistyped) as slip:
        recovery_sheet.parse("1 12345 67890 11")
    assert "12345" not in str(slip.value)


# --- end to end, with real keys ---------------------------------------------------------------


@pytest.fixture
def installed(db: None, tmp_path: Path, settings: Settings) -> Iterator[str]:
    """A new installation outside the trial, made by vault_init; what it printed."""
    Grant.objects.all().delete()
    Key.objects.all().delete()
    settings.VAULT_DIR, settings.TRIAL = tmp_path / "vault", False
    bundle.forget()
    printed = io.StringIO()
    call_command("vault_init", stdout=printed)
    yield printed.getvalue()
    bundle.forget()


def recover(sheet: str, monkeypatch: pytest.MonkeyPatch, username: str = "vera") -> str:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(sheet))
    call_command("vault_recover", QUEUE, username, stdout=out, stderr=out)
    return out.getvalue()


def newcomer(username: str = "vera") -> Any:
    """An officer who logged in once and was admitted to nothing. (make_officer needs the recovery file.)"""
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.create_user(username, password=PASSWORD, is_staff=True)
    members.enrol(user=user, passphrase=PASSWORD)
    return user


def test_vault_init_prints_the_sheet_once_and_leaves_no_file(installed: str, settings: Settings) -> None:
    pair = recovery_sheet.parse(installed)

    assert Keyring.of_holder(pair).kids == {key.kid for key in Key.objects.filter(role__in=Queue.values)}
    assert not (settings.VAULT_DIR / "recovery").exists()
    for file in settings.VAULT_DIR.rglob("*"):
        assert file.is_dir() or bundle.encode(pair.seed) not in file.read_text()
    with pytest.raises(CommandError, match="keys already"):
        call_command("vault_init")


def test_with_write_recovery_it_leaves_the_file_too(
    installed: str, settings: Settings, tmp_path: Path
) -> None:
    Grant.objects.all().delete()
    Key.objects.all().delete()
    settings.VAULT_DIR = tmp_path / "another"
    out = io.StringIO()

    call_command("vault_init", write_recovery=True, stdout=out)

    assert bundle.recovery().pair.seed == recovery_sheet.parse(out.getvalue()).seed


def test_the_trial_s_keys_print_no_sheet(tmp_path: Path, settings: Settings, db: None) -> None:
    Grant.objects.all().delete()
    Key.objects.all().delete()
    settings.VAULT_DIR = tmp_path / "vault"
    bundle.forget()
    out = io.StringIO()

    call_command("vault_init", development=True, stdout=out)

    assert "recovery sheet" not in out.getvalue()
    bundle.forget()


def test_when_all_members_are_gone_the_sheet_admits_somebody_who_opens_an_old_report(
    installed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = newcomer("anna")
    recover(installed, monkeypatch, "anna")
    report = make_report(triaged=True, answers=FOR_FOLLOW_UP, account="the old words")
    succession.new_epoch(queue=QUEUE, ring=ring_of(anna), by=anna)  # the sheet must work after a rotation
    later = make_report(triaged=True, answers=FOR_FOLLOW_UP, account="later words")
    members.lose_key(user=anna)
    assert not Grant.objects.filter(holder__user__isnull=False).exists()
    vera = newcomer()

    said = recover(installed, monkeypatch)

    assert members.digits(Key.objects.get(user=vera).kid) in said
    assert ring_of(vera).open(report.items.get(kind="report"))["account"] == "the old words"
    assert ring_of(vera).open(later.items.get(kind="report"))["account"] == "later words"


def test_a_mistyped_sheet_admits_nobody_and_names_the_line(
    installed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vera = newcomer()
    third = next(line for line in installed.split("\n") if line.startswith("3 "))
    wrong = third[:-1] + str((int(third[-1]) + 1) % 10)

    with pytest.raises(CommandError, match="Line 3 "):
        recover(installed.replace(third, wrong), monkeypatch)
    assert not members.queues_of(vera)


def test_a_sheet_of_another_installation_admits_nobody(
    installed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vera = newcomer()

    with pytest.raises(CommandError, match="not the one of this installation"):
        recover(recovery_sheet.write(core.KeyPair.generate()), monkeypatch)
    assert not members.queues_of(vera)
    make_report(triaged=True, answers=FOR_FOLLOW_UP)


def test_make_officer_of_the_trial_still_needs_no_sheet(db: None) -> None:
    assert members.queues_of(make_officer("anna", [QUEUE])) == {QUEUE}
