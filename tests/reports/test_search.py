"""The search for words in a stolen dump finds what is there; otherwise finding none proves nothing."""

from __future__ import annotations

import gzip
import json
import secrets
import zlib
from base64 import b16encode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from django.core import signing

from tests.reports.search import found

WORDS = ["zuurstokwinkel qx", "зубраняты ўначы", "подберёзовик щё"]
WAYS: dict[str, Callable[[str], bytes]] = {
    "clear": str.encode,
    "lower case": lambda word: word.lower().encode(),
    "upper case": lambda word: word.upper().encode(),
    "utf-16-le": lambda word: word.encode("utf-16-le"),
    "utf-16-be": lambda word: word.encode("utf-16-be"),
    "hex": lambda word: word.encode().hex().encode(),
    "upper hex": lambda word: b16encode(word.encode()),
    "hex of utf-16": lambda word: word.encode("utf-16-le").hex().encode(),
    "percent": lambda word: quote(word).encode(),
    "percent, lower": lambda word: quote(word).lower().encode(),
    "form": lambda word: quote_plus(word).encode(),
    "json": lambda word: json.dumps(word)[1:-1].encode(),
    "repr of bytes": lambda word: repr(word.encode()).encode(),
    "html": lambda word: word.encode("ascii", "xmlcharrefreplace"),
    "zlib": lambda word: zlib.compress(word.encode()),
    "zlib, small": lambda word: zlib.compress(word.encode(), 1),
    "gzip": lambda word: gzip.compress(word.encode()),
    "hex of zlib": lambda word: zlib.compress(word.encode() * 3).hex().encode(),
    "base64 of gzip": lambda word: b64encode(gzip.compress(word.encode())),
    "signed session": lambda word: signing.dumps({"word": word * 9}, compress=True).encode(),
    "celery body": lambda word: b64encode(json.dumps([[word], {}, {}]).encode()),
    "url-safe base64": lambda word: urlsafe_b64encode(word.encode()),
    "base64 of utf-16": lambda word: b64encode(word.encode("utf-16-le")),
}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("way", WAYS)
def test_a_planted_word_is_found_in_this_encoding(way: str, word: str) -> None:
    for shift in range(4):
        noise = secrets.token_bytes(1000)
        place = noise + b"\0" + bytes(shift) + WAYS[way](word) + b"\n" + noise

        assert found([word], {"dump": place}), shift


@pytest.mark.parametrize("shift", range(3))
@pytest.mark.parametrize("word", WORDS)
def test_a_word_inside_a_longer_base64_text_is_found_at_every_alignment(word: str, shift: int) -> None:
    assert found([word], {"dump": b64encode(b"x" * shift + word.encode() + b" and more")})


def test_a_key_is_found_as_bytes_hex_and_base64() -> None:
    key = secrets.token_bytes(32)

    for planted in (key, key.hex().encode(), b64encode(b"x" + key), zlib.compress(key)):
        assert found([key], {"dump": secrets.token_bytes(99) + planted})


def test_what_is_not_there_is_not_found() -> None:
    noise = {"dump": secrets.token_bytes(300_000) + b64encode(secrets.token_bytes(30_000))}

    assert found([*WORDS, secrets.token_bytes(32)], noise) == []


def test_it_says_where_and_how() -> None:
    where = found(["kaneel"], {"redis": b"..kaneel..", "log": b""})

    assert where == ["redis: utf-8 of 'kaneel'"]
