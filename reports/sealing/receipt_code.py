"""The receipt code: 30 digits in six groups of five, all that a reporter keeps.

28 digits are random (93.0 bits); the last two are check digits (ISO 7064
mod 97-10, as in an IBAN), so a typing error is told from an unknown code
without a derivation or a look-up. Digits are the same in all four languages, on
every keyboard and by telephone, and look like a parcel number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from stdnum.iso7064 import mod_97_10

from reports.sealing.core import CODE_COST, Cost, KeyPair, derive, stretch

DIGITS = 30
RANDOM_DIGITS = DIGITS - 2
GROUP = 5


@dataclass(frozen=True)
class Identity:
    """What a code opens: `lookup` is stored, `pair` never is (only its public half)."""

    lookup: bytes
    pair: KeyPair


def from_form_key(form_key: bytes, secret: bytes) -> str:
    """The 30 digits of one form, so that a form sent twice gets the same code (docs/decisions.md 1).

    `secret` is a key of the public process: the form's own key alone does not give the code away.
    """
    number = int.from_bytes(derive(secret, "receipt code", form_key, size=32), "big") % 10**RANDOM_DIGITS
    digits = f"{number:0{RANDOM_DIGITS}d}"
    return digits + mod_97_10.calc_check_digits(digits)


def parse(typed: str) -> str | None:
    """The 30 digits in what a person typed (spaces, dashes, any script's digits), or None when mistyped."""
    kept = re.sub(r"[\s\-–—.]", "", typed)
    digits = "".join(str(unicodedata.digit(sign, -1)) for sign in kept)
    # The length first: stdnum is only ever given 30 ASCII digits.
    return digits if len(kept) == len(digits) == DIGITS and mod_97_10.is_valid(digits) else None


def show(digits: str) -> str:
    """Six groups of five, to dictate and to write down."""
    return " ".join(digits[at : at + GROUP] for at in range(0, DIGITS, GROUP))


def identity(digits: str, site_salt: bytes, cost: Cost = CODE_COST) -> Identity:
    """Look-up id and key pair of a code; neither gives back the code. About 5 CPU-ms on purpose."""
    master = stretch(digits, site_salt, cost)
    return Identity(derive(master, "look-up"), KeyPair(derive(master, "reporter")))
