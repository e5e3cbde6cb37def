"""Which public key to wrap to: the newest epoch of a role that descends from the pinned one.

Every epoch is signed by its predecessor; epoch 0 is pinned in the process's
bundle. So a key that somebody plants in the database, or one signed for
another role, is never used (docs/sealing.md, Epochs). This cannot show that the newest
row is missing: somebody who may delete rows can take the vault back to an
earlier epoch. The holders of that epoch can then read new reports, until somebody
looks at the page "Keys and members". New epochs are made in queue_succession.py and intake_rotation.py.
"""

from __future__ import annotations

from collections.abc import Iterable

from reports.models import Key, KeyRole
from reports.sealing import core
from reports.vault.bundle import Bundle

# A kid is a hash of the key, so an entry never becomes wrong.
_verified: dict[str, tuple[str, int]] = {}  # kid -> role, epoch


class Untrusted(Exception):
    """No key of this role descends from the pin: nothing is sealed to it, a person must look."""


def current(role: str, bundle: Bundle) -> bytes:
    """The public key of the newest epoch of `role`. Raises Untrusted."""
    return bytes(newest(role, bundle).public)


def currents(roles: Iterable[str], bundle: Bundle) -> list[bytes]:
    """The same for several roles, in their order, in one query. Raises Untrusted."""
    return [bytes(key.public) for key in _newest(roles, bundle)]


def newest(role: str, bundle: Bundle) -> Key:
    """The newest epoch of `role` as a row. Raises Untrusted."""
    return _newest([role], bundle)[0]


def signing_context(role: str, epoch: int) -> bytes:
    """The context in which an old key signs the next one."""
    return f"epoch/{role}/{epoch}".encode()


def _newest(roles: Iterable[str], bundle: Bundle) -> list[Key]:
    wanted = list(roles)
    found: dict[str, Key] = {}
    # Without `user`, here and below: most processes may not read which user a key belongs to.
    for key in Key.objects.filter(role__in=wanted, retired=None).defer("user").order_by("epoch"):
        found[key.role] = key
    return [_trusted(role, found.get(role), bundle) for role in wanted]


def _trusted(role: str, key: Key | None, bundle: Bundle) -> Key:
    if key is None:
        raise Untrusted(f"There is no {role} key; run manage.py vault_init.")
    if core.kid(key.public) != key.kid:
        raise Untrusted(f"The {role} key of epoch {key.epoch} is not the one it is named after.")
    if _verified.get(key.kid) != (role, key.epoch):
        _walk(role, key, bundle)
    return key


def _walk(role: str, key: Key, bundle: Bundle) -> None:
    epochs = {each.epoch: each for each in Key.objects.filter(role=role, epoch__lte=key.epoch).defer("user")}
    for epoch in range(key.epoch, 0, -1):
        later, earlier = epochs.get(epoch), epochs.get(epoch - 1)
        if (
            later is None
            or earlier is None
            or later.signature is None
            or not core.verify(earlier.public, signing_context(role, epoch), later.public, later.signature)
        ):
            raise Untrusted(f"The {role} key of epoch {epoch} is not signed by the one before it.")
    first = epochs.get(0)
    if first is None or core.kid(first.public) != bundle.pins.get(role):
        raise Untrusted(f"The first {role} key is not the one pinned in this process's bundle.")
    _verified[key.kid] = (role, key.epoch)


def succeed(role: KeyRole, predecessor: Key, pair: core.KeyPair, successor: core.KeyPair) -> Key:
    """An unsaved key of the next epoch, signed by the one before it."""
    epoch = predecessor.epoch + 1
    return Key(
        kid=successor.kid,
        role=role,
        epoch=epoch,
        public=successor.public,
        signer=predecessor,
        signature=pair.sign(signing_context(role, epoch), successor.public),
    )
