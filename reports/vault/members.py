"""Officers' keys: made at the first login, opened by every login, admitted to queues by people.

There is no escrow: a forgotten passphrase means a new key and being admitted
again by a colleague (docs/sealing.md, Members).
"""

from __future__ import annotations

import secrets

from django.contrib.auth.models import User
from django.db import transaction

from reports import audit
from reports.choices import Queue
from reports.models import Grant, Key, KeyRole, Slot, today
from reports.sealing import core
from reports.vault import bundle, keys
from reports.vault.keyring import Keyring

COMPARED_DIGITS = 20


def enrol(*, user: User, passphrase: str) -> core.KeyPair:
    """A new member key for `user`, its seed sealed in a slot under the passphrase; an earlier key is lost."""
    pair = core.KeyPair.generate()
    key = Key(kid=pair.kid, role=KeyRole.MEMBER, public=pair.public, user=user)
    slot = _slot(key, pair, passphrase)  # a third of a second: before the transaction
    with transaction.atomic():
        lose_key(user=user)
        key.epoch = Key.objects.filter(user=user).count()
        key.save(force_insert=True)
        slot.save(force_insert=True)
    return pair


def lose_key(*, user: User) -> list[str]:
    """Retires the user's key with its slots and grants; returns the queues in which they were a member.

    What the key opened stays with the other members: they admit the next key.
    """
    with transaction.atomic():
        lost = sorted(queues_of(user))
        old = Key.objects.filter(user=user, retired=None)
        Slot.objects.filter(key__in=old).delete()
        Grant.objects.filter(holder__in=old).delete()
        old.update(retired=today())
    return lost


def unlock(*, user: User, passphrase: str) -> core.KeyPair | None:
    """The member's key pair, or None when there is no key yet or no slot opens with this passphrase."""
    for slot in Slot.objects.filter(key__user=user, key__retired=None, method="passphrase"):
        try:
            seed = core.open_sealed(_slot_key(slot, passphrase), _context(slot), slot.sealed)
        except core.Broken:
            continue
        return core.KeyPair(seed)
    return None


def key_of(user: User) -> Key | None:
    """The user's present member key, whether or not a passphrase opens it; None without one."""
    return Key.objects.filter(user=user, retired=None).first()


def lost_a_key(user: User) -> bool:
    """True when the user's present key is not their first one."""
    return Key.objects.filter(user=user).exclude(retired=None).exists()


def digits(kid: str) -> str:
    """What two people read to each other before one admits the other: five groups of four (80 bits)."""
    return " ".join(kid[at : at + 4] for at in range(0, COMPARED_DIGITS, 4))


def rekey(*, user: User, old: str, new: str) -> bool:
    """Changes the passphrase and keeps the key; False when `old` opens nothing."""
    pair = unlock(user=user, passphrase=old)
    if pair is None:
        return False
    key = Key.objects.get(pk=pair.kid)
    slot = _slot(key, pair, new)
    with transaction.atomic():
        key.slots.filter(method="passphrase").delete()
        slot.save(force_insert=True)
    return True


def queues_of(user: User) -> frozenset[str]:
    """The queues this user was admitted to, by the grants of their present key; empty for anybody else."""
    return frozenset(
        Grant.objects.filter(holder__user=user, holder__retired=None, queue_key__role__in=Queue.values)
        .values_list("queue_key__role", flat=True)
        .distinct()
    )


def admit(*, ring: Keyring, queue_key: Key, member: Key, by: User | None) -> Grant:
    """Wraps one epoch of a queue's key to a member. Raises keyring.CannotOpen or core.Broken.

    `ring` must hold it. People compare the first digits of the member's kid before they call this.
    """
    fresh = Grant.made_with(ring.pair(queue_key.kid), member, granted_by=by)
    with transaction.atomic():
        there = Grant.objects.filter(queue_key=queue_key, holder=member).select_related("queue_key").first()
        if there is not None and there.is_genuine:
            return there
        Grant.objects.filter(queue_key=queue_key, holder=member).delete()  # planted: nobody admitted them
        fresh.save(force_insert=True)
    return fresh


def admit_to(*, ring: Keyring, queue: str, member: Key, by: User | None) -> list[Grant]:
    """Makes somebody a member of a queue: every epoch of its key that `ring` holds.

    Old epochs too: reports wrapped to them open with them until they are moved (queue_succession.move).
    Raises keyring.CannotOpen when the ring does not hold the newest one, keys.Untrusted when that does not
    descend from the pin, core.Broken when the member's public key was swapped.
    """
    ring.pair(keys.newest(queue, bundle.staff()).kid)
    epochs = Key.objects.filter(role=queue, kid__in=ring.kids).order_by("epoch")
    with transaction.atomic():
        grants = [admit(ring=ring, queue_key=key, member=member, by=by) for key in epochs]
        audit.record(actor=by or audit.CONSOLE, verb="admit", queue=queue, holder=member.kid)
    return grants


def _slot(key: Key, pair: core.KeyPair, passphrase: str) -> Slot:
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
    return slot


def _slot_key(slot: Slot, passphrase: str) -> bytes:
    given = slot.params
    cost = core.Cost(memory=given["memory"], passes=given["passes"], lanes=given["lanes"])
    return core.stretch(passphrase, bytes.fromhex(given["salt"]), cost)


def _context(slot: Slot) -> bytes:
    return b"slot" + slot.id.bytes
