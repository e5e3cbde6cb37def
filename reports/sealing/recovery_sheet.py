"""The recovery key on paper: eight numbered lines of twelve digits, two of them check digits.

Each line has four bytes of the seed; its check digits (ISO 7064 mod 97-10,
as in the receipt code) cover its number too, so a typo and two lines that
changed places are found by line. Digits are on every keyboard and can be read
over the telephone.
"""

from __future__ import annotations

import re
import unicodedata

from stdnum.iso7064 import mod_97_10

from reports.sealing.core import KEY_SIZE, KeyPair

LINES = 8
_BYTES = KEY_SIZE // LINES
_DIGITS = 10  # of 2**32
_LINE = re.compile(rf"^\s*([1-{LINES}])(?:\s*[.:)]\s*|\s+)(\S.*)$")


class Mistyped(Exception):
    """A line is missing, is there twice, or its check digits do not fit; `line` is its number."""

    def __init__(self, line: int) -> None:
        super().__init__(f"Line {line} of the recovery sheet is missing or mistyped: look at it again.")
        self.line = line


def write(pair: KeyPair) -> str:
    """The lines to print."""
    return "\n".join(_written(number, pair.seed) for number in range(1, LINES + 1))


def parse(text: str) -> KeyPair:
    """The key of a typed or pasted sheet; what is not a numbered line is passed over. Raises Mistyped."""
    found: dict[int, bytes] = {}
    for line in text.splitlines():
        match = _LINE.match(line)
        if not match:
            continue
        number = int(match[1])
        part = read_line(number, match[2])
        if found.setdefault(number, part) != part:
            raise Mistyped(number)
    for number in range(1, LINES + 1):
        if number not in found:
            raise Mistyped(number)
    return KeyPair(b"".join(found[number] for number in range(1, LINES + 1)))


def read_line(number: int, typed: str) -> bytes:
    """Four bytes of the seed, from the twelve digits after the line's number. Raises Mistyped."""
    kept = re.sub(r"[\s\-–—.]", "", typed)
    digits = "".join(str(unicodedata.digit(sign, -1)) for sign in kept)
    if len(kept) != _DIGITS + 2 or len(digits) != len(kept):
        raise Mistyped(number)
    value = int(digits[:_DIGITS])
    if digits[_DIGITS:] != _check(number, digits[:_DIGITS]) or value >= 256**_BYTES:
        raise Mistyped(number)
    return value.to_bytes(_BYTES, "big")


def _written(number: int, seed: bytes) -> str:
    value = int.from_bytes(seed[(number - 1) * _BYTES : number * _BYTES], "big")
    digits = f"{value:0{_DIGITS}d}"
    return f"{number}   {digits[:5]} {digits[5:]}   {_check(number, digits)}"


def _check(number: int, digits: str) -> str:
    return str(mod_97_10.calc_check_digits(f"{number}{digits}"))
