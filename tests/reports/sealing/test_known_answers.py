"""Blobs frozen on the day the format was decided: they must open for ever."""

from __future__ import annotations

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from reports.sealing import core, receipt_code
from tests.reports.sealing.make_known_answers import long_blob


@pytest.fixture(scope="module")
def frozen() -> dict[str, Any]:
    answers: dict[str, Any] = json.loads(
        (Path(__file__).parent / "known_answers.json").read_text(encoding="utf-8")
    )
    return answers


def pair_of(frozen: dict[str, Any]) -> core.KeyPair:
    return core.KeyPair(bytes.fromhex(frozen["seed"]))


def test_a_seed_gives_the_same_public_key_and_name(frozen: dict[str, Any]) -> None:
    assert pair_of(frozen).public == b64decode(frozen["public"])
    assert pair_of(frozen).kid == core.kid(b64decode(frozen["public"])) == frozen["kid"]


def test_a_frozen_wrap_opens(frozen: dict[str, Any]) -> None:
    assert pair_of(frozen).unwrap(b64decode(frozen["wrap"]), b"item").hex() == frozen["key"]


def test_a_frozen_body_opens(frozen: dict[str, Any]) -> None:
    key = bytes.fromhex(frozen["key"])

    text = core.open_sealed(key, b"item", b64decode(frozen["sealed"]), padded=True)

    assert text.decode() == frozen["text"]


def test_a_long_body_is_sealed_into_the_very_same_bytes(frozen: dict[str, Any]) -> None:
    assert sha256(long_blob()).hexdigest() == frozen["long_sha256"]


def test_a_frozen_signature_holds_for_its_message_and_context_only(frozen: dict[str, Any]) -> None:
    public, signature = b64decode(frozen["public"]), bytes.fromhex(frozen["signature"])

    assert core.verify(public, b"epoch/intake/1", b"message", signature)
    assert not core.verify(public, b"epoch/intake/2", b"message", signature)
    assert not core.verify(public, b"epoch/intake/1", b"massage", signature)
    assert not core.verify(public, b"epoch/intake", b"/1message", signature)
    assert not core.verify(core.KeyPair.generate().public, b"epoch/intake/1", b"message", signature)


def test_a_form_gives_the_same_code_and_the_code_the_same_identity(frozen: dict[str, Any]) -> None:
    salt = bytes.fromhex(frozen["salt"])

    code = receipt_code.from_form_key(bytes.fromhex(frozen["form_key"]), salt)
    identity = receipt_code.identity(code, salt, core.Cost(*frozen["cost"]))

    assert code == frozen["code"]
    assert (identity.lookup.hex(), identity.pair.kid) == (frozen["lookup"], frozen["reporter_kid"])


def test_derived_keys_stay_the_same(frozen: dict[str, Any]) -> None:
    key = bytes.fromhex(frozen["key"])

    assert core.derive(key, "label", b"one", b"two").hex() == frozen["derived"]
    assert core.derive(key, "label", b"onet", b"wo").hex() != frozen["derived"]
