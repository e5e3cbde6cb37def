"""Wraps and private keys: who can open what, and that a private key stays where it is."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from django.core.signing import JSONSerializer
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.sealing import core
from reports.sealing.core import Broken, KeyPair
from reports.vault.keyring import Keyring

SEED, KEY, CONTEXT = bytes(range(32)), bytes(range(32, 64)), b"item" + bytes(16)
PAIR = KeyPair(SEED)
WRAP = core.wrap(KEY, PAIR.public, CONTEXT)


def test_a_wrap_opens_for_its_owner_in_its_row_only() -> None:
    assert PAIR.unwrap(WRAP, CONTEXT) == KEY
    with pytest.raises(Broken):
        KeyPair.generate().unwrap(WRAP, CONTEXT)
    with pytest.raises(Broken):
        PAIR.unwrap(WRAP, b"item" + bytes(15) + b"\1")


def test_sizes_are_those_of_the_format() -> None:
    assert len(PAIR.public) == 1249
    assert len(WRAP) == 1169
    assert len(PAIR.kid) == 32
    assert len(PAIR.sign(b"", b"")) == 64


def test_two_wraps_of_one_key_have_nothing_in_common_but_the_suite() -> None:
    again = core.wrap(KEY, PAIR.public, CONTEXT)

    assert again != WRAP
    assert again[:1] == WRAP[:1] == bytes([core.SUITE])


@settings(max_examples=200)
@given(st.integers(0, len(WRAP) - 1), st.integers(0, 7))
def test_a_wrap_with_any_flipped_bit_is_refused(at: int, bit: int) -> None:
    altered = bytearray(WRAP)
    altered[at] ^= 1 << bit

    with pytest.raises(Broken):
        PAIR.unwrap(bytes(altered), CONTEXT)


@given(st.binary(max_size=len(WRAP) + 10) | st.integers(0, len(WRAP) - 1).map(lambda size: WRAP[:size]))
def test_any_other_bytes_are_refused_as_a_wrap(junk: bytes) -> None:
    with pytest.raises(Broken):
        PAIR.unwrap(junk, CONTEXT)


@pytest.mark.parametrize("size", [0, 1, 31, 33, 64])
def test_a_wrap_that_holds_no_32_bytes_is_refused(size: int) -> None:
    """Anybody who knows a public key can wrap to it: an odd key must not come out as a good one."""
    with pytest.raises(Broken):
        PAIR.unwrap(core.wrap(bytes(size), PAIR.public, CONTEXT), CONTEXT)


@pytest.mark.parametrize(
    "public",
    [
        b"",
        PAIR.public[:-1],
        PAIR.public + b"\0",
        b"\2" + PAIR.public[1:],
        PAIR.public[:33] + b"\xff" * 1184 + PAIR.public[-32:],  # numbers out of range
        PAIR.public[:-32] + bytes(32),  # a point of small order: everybody could open the wrap
    ],
)
def test_nothing_is_wrapped_to_a_bad_public_key(public: bytes) -> None:
    with pytest.raises(Broken):
        core.wrap(KEY, public, CONTEXT)


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_a_signature_of_junk_is_false_not_an_error(public: bytes, signature: bytes) -> None:
    assert core.verify(public, b"", b"", signature) is False
    assert core.verify(PAIR.public, b"", b"", signature) is False


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_seed_of_another_size_makes_no_key_pair(size: int) -> None:
    with pytest.raises(Broken):
        KeyPair(bytes(size))


@pytest.mark.parametrize("secret", [PAIR, Keyring([PAIR])])
def test_a_private_key_cannot_be_pickled(secret: object) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="must not be pickled"):
            pickle.dumps(secret, protocol)
    for duplicate in (copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="must not be pickled"):
            duplicate(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)
    with pytest.raises(TypeError):
        JSONSerializer().dumps(secret)


@pytest.mark.parametrize("secret", [PAIR, Keyring([PAIR])])
def test_a_private_key_never_shows_its_seed(secret: object) -> None:
    for shown in (repr(secret), str(secret), f"{secret}", f"{[secret]}"):
        assert repr(SEED) not in shown
        assert SEED.hex() not in shown
        assert "seed" not in shown


def test_a_bundle_never_shows_its_secrets(db: None) -> None:
    from reports.vault import bundle

    for held in (bundle.public(), bundle.worker(), bundle.mail(), bundle.recovery()):
        assert not {"seed", "secret", "salt", "index_key"} & set(repr(held).replace("=", " ").split())
        assert r"\x" not in repr(held)
