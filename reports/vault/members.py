"""Officers' keys: made at the first login, opened by every login, admitted to queues by people.

There is no escrow: a forgotten passphrase means a new key and being admitted
again by a colleague (VAULT.md 2.5).
"""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction

from reports.choices import Queue
from reports.models import Grant, Key, KeyRole, Slot, today
from reports.vault import core
from reports.vault.keyring import Keyring


def enrol(*, user: Any, passphrase: str) -> core.KeyPair:
    """A new member key for `user`, its seed sealed in a slot under the passphrase; an earlier key retires."""
    pair = core.KeyPair.generate()
    with transaction.atomic():
        Key.objects.filter(user=user, retired=None).update(retired=today())
        epoch = Key.objects.filter(user=user).count()
        key = Key.objects.create(
            kid=pair.kid, role=KeyRole.MEMBER, epoch=epoch, public=pair.public, user=user
        )
        _add_slot(key, pair, passphrase)
    return pair


def unlock(*, user: Any, passphrase: str) -> core.KeyPair | None:
    """The member's key pair, or None when there is no key yet or no slot opens with this passphrase."""
    for slot in Slot.objects.filter(key__user=user, key__retired=None, method="passphrase"):
        try:
            seed = core.open_sealed(_slot_key(slot, passphrase), _context(slot), slot.sealed)
        except core.Broken:
            continue
        return core.KeyPair(seed)
    return None


def has_key(user: Any) -> bool:
    """True when the user has a member key, whether or not a passphrase opens it."""
    return Key.objects.filter(user=user, retired=None).exists()


def rekey(*, user: Any, old: str, new: str) -> bool:
    """Changes the passphrase and keeps the key; False when `old` opens nothing."""
    with transaction.atomic():
        pair = unlock(user=user, passphrase=old)
        if pair is None:
            return False
        key = Key.objects.get(pk=pair.kid)
        key.slots.filter(method="passphrase").delete()
        _add_slot(key, pair, new)
    return True


def queues_of(user: Any) -> frozenset[str]:
    """The queues this user was admitted to, by the grants of their present key; empty for anybody else."""
    return frozenset(
        Grant.objects.filter(holder__user=user, holder__retired=None, queue_key__role__in=Queue.values)
        .values_list("queue_key__role", flat=True)
        .distinct()
    )


def admit(*, ring: Keyring, queue_key: Key, member: Key, by: Any) -> Grant:
    """Wraps a queue's private key to a member. `ring` must hold it; raises keyring.Closed or core.Broken.

    People compare the first digits of the member's kid before they call this (VAULT.md 2.5), so the public
    key must be the one that kid names: a key put in its place would be handed the queue.
    """
    if core.kid(member.public) != member.kid:
        raise core.Broken("member key")
    seed = ring.pair(queue_key.kid).seed
    grant, _ = Grant.objects.get_or_create(
        queue_key=queue_key,
        holder=member,
        defaults={
            "blob": core.wrap(seed, member.public, Grant.context_of(queue_key.kid)),
            "granted_by": by,
        },
    )
    return grant


def _add_slot(key: Key, pair: core.KeyPair, passphrase: str) -> None:
    cost = core.PASSWORD_COST
    slot = Slot(
        key=key,
        params={
            "memory": cost.memory,
            "passes": cost.passes,
            "lanes": cost.lanes,
            "salt": secrets.token_hex(16),
        },
    )
    slot.sealed = core.seal(_slot_key(slot, passphrase), _context(slot), pair.seed)
    slot.save(force_insert=True)


def _slot_key(slot: Slot, passphrase: str) -> bytes:
    given = slot.params
    cost = core.Cost(memory=given["memory"], passes=given["passes"], lanes=given["lanes"])
    return core.stretch(passphrase, bytes.fromhex(given["salt"]), cost)


def _context(slot: Slot) -> bytes:
    return b"slot" + slot.id.bytes
