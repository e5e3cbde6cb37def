"""The secrets of a process: refused when missing, damaged, readable by others or made for the trial."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from reports.models import Grant, Key, KeyRole
from reports.vault import bundle
from reports.vault.bundle import BundleRefused

READERS = {name: getattr(bundle, name) for name in bundle.PROCESSES}


@pytest.fixture(autouse=True)
def vault(db: None, tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A vault of this test's own, made by vault_init, and the run's one back afterwards."""
    Grant.objects.all().delete()
    Key.objects.all().delete()
    settings.VAULT_DIR = tmp_path / "vault"
    bundle.forget()
    call_command("vault_init", development=True, verbosity=0)
    yield settings.VAULT_DIR
    bundle.forget()


def file_of(process: str, vault: Path) -> Path:
    return vault / process / "bundle.json"


def change(process: str, vault: Path, **changes: Any) -> None:
    file = file_of(process, vault)
    content = json.loads(file.read_text()) | changes
    file.write_text(json.dumps({name: value for name, value in content.items() if value is not None}))
    bundle.forget()


@pytest.mark.parametrize("process", bundle.PROCESSES)
def test_a_bundle_is_read_by_its_process(process: str) -> None:
    assert set(READERS[process]().pins) == {role.value for role in KeyRole} - {"member", "recovery"}


@pytest.mark.parametrize("process", bundle.PROCESSES)
def test_a_missing_bundle_is_refused_and_the_operator_told_what_to_do(process: str, vault: Path) -> None:
    file_of(process, vault).unlink()

    with pytest.raises(BundleRefused, match="vault_init"):
        READERS[process]()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o666])
@pytest.mark.parametrize("process", bundle.PROCESSES)
def test_a_bundle_that_others_can_read_or_write_is_refused(process: str, vault: Path, mode: int) -> None:
    file_of(process, vault).chmod(mode)

    with pytest.raises(BundleRefused, match="Others can read"):
        READERS[process]()


@pytest.mark.parametrize("process", bundle.PROCESSES)
def test_a_development_bundle_is_refused_outside_the_trial(process: str, settings: Settings) -> None:
    settings.TRIAL = False

    with pytest.raises(BundleRefused, match="development"):
        READERS[process]()


@pytest.mark.parametrize("process", bundle.PROCESSES)
def test_a_bundle_that_does_not_say_that_it_is_real_is_refused(process: str, vault: Path) -> None:
    change(process, vault, development=None)

    with pytest.raises(BundleRefused, match="damaged"):
        READERS[process]()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"development": true}'])
def test_a_damaged_bundle_is_refused(content: bytes, vault: Path) -> None:
    for process, reader in READERS.items():
        file_of(process, vault).write_bytes(content)
        bundle.forget()
        with pytest.raises(BundleRefused):
            reader()


@pytest.mark.parametrize(
    ("process", "name", "value"),
    [
        ("public", "site_salt", "c2hvcnQ="),
        ("public", "form_secret", "not base64!"),
        ("public", "cookie_secret", None),
        ("public", "code_costs", [{"memory": 8192}]),
        ("worker", "intake", ["c2hvcnQ="]),
        ("worker", "index_key", 97_531_864),
        ("mail", "summary", [None]),
        ("recovery", "seed", ""),
    ],
)
def test_a_secret_of_the_wrong_shape_is_refused_and_not_quoted(
    process: str, name: str, value: object, vault: Path
) -> None:
    change(process, vault, **{name: value})

    with pytest.raises(BundleRefused, match="damaged") as refused:
        READERS[process]()
    assert refused.value.__suppress_context__
    assert repr(value) not in str(refused.value)


def test_the_files_are_readable_by_their_owner_only_whatever_the_umask(vault: Path) -> None:
    left_behind = vault / "public" / "bundle.json.new"
    left_behind.write_text("half written, and open to all")
    left_behind.chmod(0o666)
    before = os.umask(0)
    try:
        bundle.write("public", {"any": "thing"})
    finally:
        os.umask(before)

    assert file_of("public", vault).stat().st_mode & 0o777 == 0o600
    for process in bundle.PROCESSES:
        assert (vault / process).stat().st_mode & 0o777 == 0o700


def test_no_process_holds_the_secret_of_another(vault: Path) -> None:
    """Each secret is in one file only; the public and the staff site hold no private key at all."""
    lines = {name: set(strings_of(json.loads(file_of(name, vault).read_text()))) for name in READERS}
    pins = set(bundle.public().pins.values())
    for one in READERS:
        for other in READERS:
            if one != other:
                assert lines[one] & lines[other] <= pins, (one, other)
    assert lines["staff"] <= pins


def strings_of(content: Any) -> list[str]:
    if isinstance(content, str):
        return [content]
    values = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return [string for value in values for string in strings_of(value)]


def test_keys_are_made_once(vault: Path) -> None:
    before = file_of("worker", vault).read_bytes()

    with pytest.raises(CommandError, match="keys already"):
        call_command("vault_init", development=True, verbosity=0)
    assert file_of("worker", vault).read_bytes() == before


def test_development_keys_are_not_made_outside_the_trial(settings: Settings) -> None:
    settings.TRIAL = False

    with pytest.raises(CommandError, match="trial"):
        call_command("vault_init", development=True, verbosity=0)


def test_real_keys_are_accepted_outside_the_trial(settings: Settings) -> None:
    Grant.objects.all().delete()
    Key.objects.all().delete()
    settings.TRIAL = False

    call_command("vault_init", write_recovery=True, verbosity=0)

    for reader in READERS.values():
        assert reader().development is False


def test_when_the_files_can_not_be_written_no_key_is_made(settings: Settings, tmp_path: Path) -> None:
    Grant.objects.all().delete()
    Key.objects.all().delete()
    (tmp_path / "file").write_text("in the way")
    settings.VAULT_DIR = tmp_path / "file"

    with pytest.raises(OSError, match="file"):
        call_command("vault_init", development=True, verbosity=0)
    assert not Key.objects.exists()
