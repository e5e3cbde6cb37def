"""IBANs and crypto wallets, each with its checksum: a mistyped one links nothing.

Sources: ISO 13616 (by python-stdnum); Base58Check and BIP 173/350 for Bitcoin; TRON addresses are
Base58Check with version 0x41. Ethereum's checksum needs Keccak, which the standard library lacks: there the
form is enough.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

MOST_CHECKED = 50
_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?=[ \-\u00a0]?[A-Za-z0-9])")
_IBAN_PART = re.compile(r"[ \-\u00a0]?([A-Za-z0-9]{1,30})(?!\w)")
_LONGEST_IBAN = 34
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_WALLET = re.compile(
    rf"(?<!\w)(?:(?P<base58>[13T][{_BASE58}]{{25,34}})|(?P<bech32>(?i:bc1[{_BECH32}]{{11,71}}))|(?P<ether>0[xX][0-9a-fA-F]{{40}}))(?!\w)"
)


def ibans(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each valid IBAN in capitals without spaces, with its place in the text."""
    for tried, start in enumerate(_IBAN.finditer(text)):
        if tried == MOST_CHECKED:
            return
        compact, at, found = start[0], start.end(), None
        while part := _IBAN_PART.match(text, at):
            compact, at = compact + part[1], part.end()
            if len(compact) > _LONGEST_IBAN:
                break
            if len(compact) >= 15 and _is_iban(compact):
                found = compact.upper(), (start.start(), at)
                break
        if found:
            yield found


def wallets(text: str) -> Iterator[str]:
    """Each wallet of Bitcoin, TRON or Ethereum, as it is compared."""
    for match in _WALLET.finditer(text):
        written = match[0]
        if match["base58"] and _base58_checks(written):
            yield written
        elif match["bech32"] and _bech32_checks(written.lower()) or match["ether"]:
            yield written.lower()


def _is_iban(compact: str) -> bool:
    from stdnum import iban  # 60 ms: only where something looks like one

    return bool(iban.is_valid(compact))


def _base58_checks(address: str) -> bool:
    number = 0
    for letter in address:
        number = number * 58 + _BASE58.index(letter)
    if number.bit_length() > 200:
        return False
    raw = number.to_bytes(25, "big")
    version = {"1": 0x00, "3": 0x05, "T": 0x41}[address[0]]
    return raw[0] == version and hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


def _bech32_checks(address: str) -> bool:
    rest = 1
    # The human part "bc", expanded as BIP 173 says, then the data.
    for value in [3, 3, 0, 2, 3, *(_BECH32.index(letter) for letter in address[3:])]:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ value
        for bit, factor in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            rest ^= factor if top >> bit & 1 else 0
    return rest in (1, 0x2BC830A3)
