"""What may link two reports: phone numbers, addresses, handles, plates, bank accounts and wallets in a text.

Never a name (AVG 10: no register of accused persons). Each is brought into one form, so that the same number
written differently gives the same token. Pure: nothing is stored or logged. Bounded: at most MOST of a text,
in one pass of each finder, so hostile text costs little.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from reports.models import SelectorKind
from triage.selectors.addresses import addresses, rearmed
from triage.selectors.money import ibans, wallets
from triage.selectors.phones import phones
from triage.selectors.plates import plates

MOST = 60
IGNORED = Path(__file__).with_name("ignored.toml")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
# Full-width digits and letters, and the digits of Arabic script, as people copy them from a telephone.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x660 + n: 0x30 + n for n in range(10)}
_FOLD = {**_WIDE, **_INVISIBLE, 0x3000: 0x20, 0x00A0: 0x20, 0x202F: 0x20, 0x2009: 0x20}


@dataclass(frozen=True, slots=True)
class FoundSelector:
    """One thing that may link, in the form in which it is compared."""

    kind: str
    value: str


def find(text: str, *, without: Iterable[str] = ()) -> tuple[FoundSelector, ...]:
    """The selectors of a text, each once, in order; never what is ignored.

    `without`: texts whose selectors are left out, such as the reporter's own contact data.
    """
    left_out = {selector for each in without for selector in _all(each)}
    found: dict[FoundSelector, None] = {}
    for selector in _all(text):
        if selector not in left_out and not _is_ignored(selector):
            found[selector] = None
            if len(found) == MOST:
                break
    return tuple(found)


def _all(text: str) -> Iterator[FoundSelector]:
    text = rearmed(text.translate(_FOLD))
    for wallet in wallets(text):
        yield FoundSelector(SelectorKind.WALLET, wallet)
    places = []
    for kind, value, place in addresses(text):
        yield FoundSelector(kind, value)
        places.append(place)
    rest = _blanked(text, places)
    places = []
    for iban, place in ibans(rest):
        yield FoundSelector(SelectorKind.IBAN, iban)
        places.append(place)
    rest = _blanked(rest, places)
    for phone, _ in phones(rest):
        yield FoundSelector(SelectorKind.PHONE, phone)
    for plate in plates(rest):
        yield FoundSelector(SelectorKind.PLATE, plate)


def _blanked(text: str, places: Iterable[tuple[int, int]]) -> str:
    """The text without what was found there: a number in a link is no phone. `places` are in order."""
    kept, at = [], 0
    for start, end in places:
        kept.append(text[at:start])
        at = end
    return " ; ".join([*kept, text[at:]])


@dataclass(frozen=True)
class _Ignored:
    selectors: frozenset[FoundSelector]
    hosts: frozenset[str]
    home_pages: frozenset[str]


@lru_cache(maxsize=1)
def _ignored() -> _Ignored:
    table = tomllib.loads(IGNORED.read_text(encoding="utf-8"))
    own = {urlsplit(url).hostname or "" for url in (settings.PUBLIC_URL, settings.STAFF_URL)}
    written = [*table["phones"], *table["emails"], *table["handles"], *settings.CONTACTS.values()]
    return _Ignored(
        selectors=frozenset(selector for each in written for selector in _all(each)),
        hosts=frozenset({*table["hosts"], *own, *settings.ALLOWED_HOSTS} - {""}),
        home_pages=frozenset(table["home_pages"]),
    )


def _is_ignored(selector: FoundSelector) -> bool:
    ignored = _ignored()
    if selector.kind == SelectorKind.URL:
        host, _, path = selector.value.partition("/")
        host = host.partition("?")[0]
        return (
            host in ignored.hosts
            or any(host.endswith("." + each) for each in ignored.hosts)
            or (not path and host in ignored.home_pages)
        )
    return selector in ignored.selectors
