"""A keyring: the private keys somebody holds right now, and what they open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from reports.models import Grant, Item
from reports.sealing.core import KeyPair
from reports.vault import bundle


class CannotOpen(Exception):
    """No key on this ring opens this item."""


class Keyring:
    """Opens items wrapped to any of its keys. Kept in memory for one request or one task."""

    def __init__(self, pairs: Iterable[KeyPair]) -> None:
        self._pairs = {pair.kid: pair for pair in pairs}

    @classmethod
    def of_worker(cls) -> Keyring:
        """The triage worker's ring: the intake keys."""
        return cls(bundle.worker().intake)

    @classmethod
    def of_holder(cls, pair: KeyPair) -> Keyring:
        """The ring of a member (or of the recovery sheet): every queue key granted to it."""
        grants = Grant.objects.filter(holder=pair.kid)
        return cls(KeyPair(pair.unwrap(grant.blob, Grant.context_of(grant.queue_key_id))) for grant in grants)

    @property
    def kids(self) -> frozenset[str]:
        """The names of the keys held."""
        return frozenset(self._pairs)

    def pair(self, kid: str) -> KeyPair:
        """The key pair of this name; raises CannotOpen."""
        try:
            return self._pairs[kid]
        except KeyError:
            raise CannotOpen("not on this ring") from None

    def key_of(self, item: Item) -> bytes:
        """The item's own key. Raises CannotOpen, or core.Broken when a wrap was altered."""
        for wrap in item.wraps.all():  # all(): a prefetched set is used as it is
            if wrap.to in self._pairs:
                return self._pairs[wrap.to].unwrap(wrap.blob, item.context)
        raise CannotOpen("no wrap for this ring")

    def open(self, item: Item) -> dict[str, Any]:
        """The item's content. Raises CannotOpen or core.Broken."""
        return item.read(self.key_of(item))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a keyring must not be pickled: not into a task, a cache or a session")
