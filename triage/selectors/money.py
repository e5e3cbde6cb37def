"""IBANs and crypto wallets, each with its checksum: a mistyped one links nothing.

By python-stdnum: IBANs (ISO 13616) and Bitcoin addresses that start with 1, 3 or bc1q. It does not know
Bitcoin's newer addresses (bc1p and later: bech32m, BIP 350) and TRON (Base58Check with version 0x41): for
these its decoders are used and the comparison is here. Ethereum's checksum needs Keccak, which the standard
library lacks: there the form is enough.
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
_BC = (3, 3, 0, 2, 3)  # "bc", expanded as BIP 173 says
_BECH32M = 0x2BC830A3
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
        address = written if match["base58"] else written.lower()
        if match["ether"] or _is_wallet(address):
            yield address


def _is_iban(compact: str) -> bool:
    from stdnum import iban  # 60 ms: only where something looks like one

    return bool(iban.is_valid(compact))


def _is_wallet(address: str) -> bool:
    """True when the checksum of a Bitcoin or TRON address fits."""
    from stdnum import bitcoin  # as above

    if address[0] == "T":
        raw = bitcoin.b58decode(address)
        checksum = hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4]
        return len(raw) == 25 and raw[0] == 0x41 and checksum == raw[-4:]
    if address[:3] == "bc1" and address[3] != "q":
        values = [*_BC, *(_BECH32.index(letter) for letter in address[3:])]
        return bool(bitcoin.bech32_checksum(values) == _BECH32M)
    return bool(bitcoin.is_valid(address))
