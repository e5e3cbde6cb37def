"""An attacker with the whole database and some secrets, who tries every secret on everything.

Written against the tables, not against the product's own readers: it does not ask a Keyring what it may open.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from reports.models import Grant, Item, Slot, Wrap
from reports.sealing import core


def strings_of(content: Any) -> list[str]:
    """Every text in nested JSON."""
    if isinstance(content, str):
        return [content]
    values = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return [text for value in values for text in strings_of(value)]


def secrets_in(content: Any) -> list[bytes]:
    """Everything in a stolen file that could be a key: whatever decodes to 32 bytes."""
    found = []
    for text in strings_of(content):
        with suppress(ValueError):
            found.append(b64decode(text, validate=True))
    return [secret for secret in found if len(secret) == core.KEY_SIZE]


def opened_with(secrets: Iterable[bytes]) -> dict[Item, bytes]:
    """The bodies that open, directly or by way of other keys that open on the way."""
    items, bodies = list(Item.objects.all()), dict[Item, bytes]()
    tried: set[bytes] = set()
    untried = list(secrets)
    while untried:
        secret = untried.pop()
        if secret in tried or len(secret) != core.KEY_SIZE:
            continue
        tried.add(secret)
        for item in items:
            for padded in (True, False):
                with suppress(core.Broken):
                    bodies[item] = core.open_sealed(secret, item.context, item.body, padded=padded)
        untried += _unwrapped(core.KeyPair(secret), items)
    return bodies


def _unwrapped(pair: core.KeyPair, items: list[Item]) -> list[bytes]:
    gained = []
    for wrap in Wrap.objects.all():
        for item in items:  # also of other items: a wrap is tried in every row
            with suppress(core.Broken):
                gained.append(pair.unwrap(wrap.blob, item.context))
    for grant in Grant.objects.all():
        with suppress(core.Broken):
            gained.append(pair.unwrap(grant.blob, Grant.context_of(grant.queue_key_id)))
    return gained


def seeds_by_guessing(passwords: Iterable[str]) -> list[bytes]:
    """What opens when these passwords are tried on every slot, at the cost that its row names."""
    gained = []
    for slot in Slot.objects.all():
        given = slot.params
        cost = core.Cost(memory=given["memory"], passes=given["passes"], lanes=given["lanes"])
        for password in passwords:
            key = core.stretch(password, bytes.fromhex(given["salt"]), cost)
            with suppress(core.Broken):
                gained.append(core.open_sealed(key, b"slot" + slot.id.bytes, slot.sealed))
    return gained
