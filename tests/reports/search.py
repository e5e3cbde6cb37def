"""Looks for words in bytes as an attacker would: in every encoding, compressed, in hex and in base64.

`tests/reports/test_search.py` proves for each of these that a planted word is found.
"""

from __future__ import annotations

import binascii
import json
import quopri
import re
import unicodedata
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from urllib.parse import quote_from_bytes

_START = 4  # bytes: shorter than that a word is found everywhere
_DEPTH = 3  # hex of base64 of something compressed is found, one more layer is not
_HEX = re.compile(rb"[0-9a-fA-F]{16,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_COMPRESSED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def found(words: Iterable[str | bytes], places: Mapping[str, bytes]) -> list[str]:
    """Where a word (text, or bytes such as a key) turns up: "place: encoding of 'word'"; empty is good."""
    by_start: dict[bytes, dict[bytes, str]] = {}
    for word in words:
        for name, needle in encodings(word):
            if len(needle) >= _START:
                by_start.setdefault(needle[:_START], {}).setdefault(needle, f"{name} of {word!r}")
    return sorted(
        {
            f"{place}: {how}"
            for place, content in places.items()
            for layer in layers(content)
            for at in range(len(layer) - _START + 1)
            if layer[at : at + _START] in by_start  # thousands of needles, one look at each place
            for needle, how in by_start[layer[at : at + _START]].items()
            if layer.startswith(needle, at)
        }
    )


def encodings(word: str | bytes) -> Iterator[tuple[str, bytes]]:
    """Every form in which a word may be somewhere, with the name of the form."""
    if isinstance(word, bytes):
        yield from _of_bytes("bytes", word)
        return
    for form in dict.fromkeys(
        [
            word,
            word.lower(),
            word.upper(),
            unicodedata.normalize("NFD", word),
            unicodedata.normalize("NFKD", word),
        ]
    ):
        for charset in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "cp1251"):
            with suppress(UnicodeEncodeError):
                yield from _of_bytes(charset, form.encode(charset))
        escaped = json.dumps(form)[1:-1].encode()
        yield from [("json escapes", escaped), ("json escapes", re.sub(rb"\\u....", _upper, escaped))]
        yield "python escapes", form.encode("unicode_escape")
        yield "decimal entities", "".join(f"&#{ord(sign)};" for sign in form).encode()
        yield "hex entities", "".join(f"&#x{ord(sign):x};" for sign in form).encode()
        yield "entities", form.encode("ascii", "xmlcharrefreplace")
        yield "quoted-printable", quopri.encodestring(form.encode()).replace(b"=\n", b"").strip()


def _upper(match: re.Match[bytes]) -> bytes:
    return b"\\u" + match.group()[2:].upper()


def _of_bytes(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, data
    yield f"hex of {name}", data.hex().encode()
    yield f"hex of {name}", data.hex().upper().encode()
    yield f"repr of {name}", repr(data)[2:-1].encode()
    percent = quote_from_bytes(data, safe="").encode()
    for shown in (percent, percent.lower(), percent.replace(b"%20", b"+")):
        yield f"percent-encoding of {name}", shown
    for shift in range(3):
        coded = b64encode(bytes(shift) + data)
        inner = coded[-(-shift * 8 // 6) : (shift + len(data)) * 8 // 6]
        yield f"base64 of {name}", inner
        yield f"base64 of {name}", inner.translate(bytes.maketrans(b"+/", b"-_"))


def layers(content: bytes, depth: int = _DEPTH) -> Iterator[bytes]:
    """The content, and everything in it that can be inflated or decoded."""
    yield content
    if depth:
        for inner in _inside(content):
            yield from layers(inner, depth - 1)


def _inside(content: bytes) -> Iterator[bytes]:
    for match in _COMPRESSED.finditer(content):
        with suppress(zlib.error):
            inflater = zlib.decompressobj(wbits=47)  # zlib or gzip
            data = inflater.decompress(content[match.start() :], 10_000_000)
            if len(data) > 3:
                yield data
    for match in _HEX.finditer(content):
        digits = match.group()
        for start in (0, 1):
            yield binascii.unhexlify(digits[start : start + (len(digits) - start) // 2 * 2])
    for match in _BASE64.finditer(content):
        signs = match.group().translate(_URL_SAFE)
        for start in range(4):
            whole = signs[start : start + (len(signs) - start) // 4 * 4]
            yield b64decode(whole)
