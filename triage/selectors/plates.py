"""Number plates of the Netherlands and of Belarus, without dashes and spaces.

Source: RDW sidecodes 1 to 14; the Belarusian standard (1234 AB-7), whose letters look alike in Latin and
Cyrillic. A Dutch postcode (1234 AB) and a year beside a month have the shape of some old plates: those
count only with their dashes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LOOKALIKES = str.maketrans("АВЕІКМНОРСТХ", "ABEIKMHOPCTX")
_LETTER = "A-Za-zАВЕІКМНОРСТХавеікмнорстх"
_THREE, _TWO = (rf"(\d{{{least},{most}}}|[{_LETTER}]{{{least},{most}}})" for least, most in ((2, 3), (1, 2)))
_NL = re.compile(rf"(?<![\w-])(\d{{1,3}}|[{_LETTER}]{{1,3}})([- ]?){_THREE}([- ]?){_TWO}(?![\w-])")
_COMPACT = re.compile(rf"(?<![\w-])(?=\w*\d)[{_LETTER}\d]{{6}}(?![\w-])")
_BY_PAIR = "([ABEIKMHOPCTXАВЕІКМНОРСТХabeikmhopctxавеікмнорстх]{2})"
_BY = re.compile(rf"(?<![\w-])(?:(\d{{4}})[ -]?{_BY_PAIR}|{_BY_PAIR}[ -]?(\d{{4}}))(-?)([0-8])(?![\w-])")
_DIGITS = re.compile(r"\d+")
_REACH = 12  # characters: more than a plate is long
# L: letter, D: digit; as the plate is divided.
_SIDECODES = {
    *("LL-DD-DD", "DD-DD-LL", "DD-LL-DD", "LL-DD-LL", "LL-LL-DD", "DD-LL-LL", "DD-LLL-D"),
    *("D-LLL-DD", "LL-DDD-L", "L-DDD-LL", "LLL-DD-L", "L-DD-LLL", "D-LL-DDD", "DDD-LL-D"),
}
_POSTCODES_AND_DATES = {"DDDDLL", "LLLLDD", "DDLLLL", "LLDDDD"}
_RUNS = {code.replace("-", "") for code in _SIDECODES} - _POSTCODES_AND_DATES


def plates(text: str) -> Iterator[str]:
    """Each plate in capitals, in Latin letters."""
    for place in _around_digits(text):
        for match in _BY.finditer(text, *place):
            yield _folded("".join(filter(None, match.group(1, 2, 3, 4, 6))))
        for match in _NL.finditer(text, *place):
            parts = match.group(1, 3, 5)
            divided = match.group(2) and match.group(4)
            if (
                divided
                and "-".join(map(_shape, parts)) in _SIDECODES
                and (_dashed(match) or _capital(match[0]))
            ):
                yield _folded("".join(parts))
        for match in _COMPACT.finditer(text, *place):
            if _shape(match[0]) in _RUNS and _capital(match[0]):
                yield _folded(match[0])


def _around_digits(text: str) -> Iterator[tuple[int, int]]:
    """Where a plate may be; the search skips the rest of a text, which has no digits."""
    first, last = 0, -1
    for digits in _DIGITS.finditer(text):
        start, end = max(0, digits.start() - _REACH), digits.end() + _REACH
        if start > last:
            if last >= 0:
                yield first, last
            first = start
        last = end
    if last >= 0:
        yield first, last


def _dashed(match: re.Match[str]) -> bool:
    return match.group(2) == match.group(4) == "-"


def _capital(written: str) -> bool:
    return written == written.upper()  # "at 9 men 12" is no plate


def _shape(written: str) -> str:
    return "".join("D" if each.isdigit() else "L" for each in written)


def _folded(written: str) -> str:
    return written.upper().translate(_LOOKALIKES)
