"""Phone numbers as people write them, in E.164. Source of the numbering plans: libphonenumber.

libphonenumber's own matcher looks at every digit of a text; here a regular
expression finds runs of digits, and only what has the length of a number in
one of the countries below is parsed (36 microseconds each), at most
MOST_PARSED of a text. Hostile text costs no more than that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_PARSED = 250
"""Numbers tried in one text. Numbers after that are not found; a person reads the words anyway."""

_SERVICE = ("0800", "0900", "0906", "0909")
_SHORTEST, _LONGEST = 8, 18  # digits

_RUN = re.compile(r"(?<![\w+])[+(]{0,2}\d(?:[ ()./\-‐‑–\u00a0]{0,3}\d){6,40}(?!\w)")
# "21.06.2026 - 28.06.2026" has the digits of a number in Hoorn.
_DATE = re.compile(
    r"(?<!\d)(?:[0-3]?\d([./-])[01]?\d\1(?:19|20)\d\d|(?:19|20)\d\d([./-])[01]?\d\2[0-3]?\d)(?!\d)"
)
_GROUP = re.compile(r"\d+")
# Written without + or 00: Belarus, Lithuania, Latvia, Estonia, Ukraine, Poland, the Netherlands, Germany,
# Belgium, Georgia, Russia. Longest first; the whole number has at least eleven digits.
_CODES = ("375", "370", "371", "372", "380", "995", "48", "31", "49", "32", "7")


def phones(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each number as E.164 with its place in the text."""
    budget = MOST_PARSED
    text = _DATE.sub(lambda date: ";" * len(date[0]), text)
    for run in _RUN.finditer(text):
        groups = list(_GROUP.finditer(text, run.start(), run.end()))
        at = 0
        while at < len(groups):
            # The longest number that starts here: "06 12345678 06 87654321" are two.
            found = ""
            for end, digits in _lengthening(groups, at):
                start = groups[at].start()
                written = text[start : groups[end].end()]
                tries = _tries(digits, plus="+" in text[max(0, start - 2) : start], written=written)
                budget -= len(tries)
                if budget < 0:
                    return
                found = next((number for each in tries if (number := _valid(*each))), "")
                if found:
                    yield found, (start, groups[end].end())
                    at = end
                    break
            at += 1
            budget -= not found  # what only looks like a start costs something too
            if budget < 0:
                return


def _lengthening(groups: list[re.Match[str]], at: int) -> list[tuple[int, str]]:
    """(last group, digits) of every run of groups from `at` that may be one number, longest first."""
    digits, found = "", []
    for end in range(at, len(groups)):
        digits += groups[end][0]
        if len(digits) > _LONGEST:
            break
        if len(digits) >= _SHORTEST:
            found.append((end, digits))
    return found[::-1]


def international(digits: str) -> str:
    """The E.164 form of digits with a country code, or "" when no such number can exist."""
    return _valid("+" + digits, None)


def _tries(digits: str, *, plus: bool, written: str) -> list[tuple[str, str | None]]:
    """How these digits might be a number: what to parse, in which country."""
    length = len(digits)
    if plus:
        return [("+" + digits, None)] if 8 <= length <= 16 else []
    if digits.startswith("00"):
        return [("+" + digits[2:], None)] if 10 <= length <= 18 else []
    if digits[0] == "0":
        # 010 123 45 67 and 029 123 45 67: ten digits in the Netherlands and in Belarus, nine in Lithuania.
        countries = {10: ("NL", "BY"), 9: ("LT",)}.get(length, ())
        if digits.startswith(_SERVICE) and (length == 11 or re.fullmatch(r"\d{4}[ \-]\d{4}", written)):
            countries = ("NL",)  # 0900-8844, but 09 06 2026 is a day
        return [(digits, country) for country in countries]
    if digits[0] == "8" and length in (9, 11):
        # The long-distance 8: 8 029 in Belarus, 8 6.. in Lithuania, 8 9.. in Russia.
        return [(digits, country) for country in (("BY", "RU") if length == 11 else ("LT",))]
    if 11 <= length <= 13 and digits.startswith(_CODES):
        return [("+" + digits, None)]
    if length == 9 and re.fullmatch(r"\d{3}[ \-]\d{3}[ \-]\d{3}", written):
        return [(digits, "PL")]  # grouped only: nine bare digits may be a citizen's service number
    return []


def _valid(digits: str, country: str | None) -> str:
    import phonenumbers  # 50 ms: only where there is something to parse, never in the web processes

    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
