"""Flood protection, without addresses and without third parties (docs/decisions.md 5; docs/portal.md).

Nothing is refused by count and nothing is dropped. A form that looks automated
is marked, and read after the others of its urgency. Over the budget of this
process a sender is asked to send again in 20 seconds, with all answers in the
page.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from reports.sealing import core
from reports.vault import bundle

BAIT = "subject"  # a field that no person sees; no browser's address book knows it by this name


def looks_automated(posted: Mapping[str, str], age: timedelta) -> bool:
    """True when somebody filled the field that nobody sees, or sent the form before it could be read."""
    return bool(posted.get(BAIT)) or age < settings.AUTOMATED_BELOW


@dataclass(frozen=True)
class Wait:
    """What the wait page shows, and the token in its form."""

    seconds: int
    token: str = field(repr=False)


class Budget:
    """How many forms this process takes. Refills steadily, holds one minute of forms at most, counts all
    senders together."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._left: float | None = None
        self._at = 0.0

    def take(self, per_minute: int) -> bool:
        """Takes one form from the budget; False when none is left."""
        with self._lock:
            now = self._clock()
            left = per_minute if self._left is None else self._left + (now - self._at) * per_minute / 60
            self._left, self._at = min(left, per_minute), now
            if self._left < 1:
                return False
            self._left -= 1
            return True


_budget = Budget()


def to_wait(form_key: bytes, token: str) -> Wait | None:
    """How long the sender must wait; None when the form is accepted now.

    `token` is that of the form's wait page, or empty. A form that waited long enough is accepted, even when
    the budget is empty; one that did not gets the rest of the same wait.
    """
    not_before = _not_before(form_key, token)
    if not_before is None:
        if _budget.take(settings.REPORTS_PER_MINUTE):
            return None
        not_before = _now() + settings.FLOOD_WAIT
    left = not_before - _now()
    return Wait(left, f"{not_before}.{_signature(form_key, not_before)}") if left > 0 else None


def _not_before(form_key: bytes, token: str) -> int | None:
    """The end of the wait that we gave this form; None for any other token."""
    moment, _dot, signature = token.partition(".")
    if not moment.isascii() or not moment.isdecimal() or len(moment) > 12:
        return None
    expected = _signature(form_key, int(moment))
    return int(moment) if hmac.compare_digest(signature.encode(), expected.encode()) else None


def _signature(form_key: bytes, not_before: int) -> str:
    secret = core.derive(bundle.public().form_secret, "wait")
    return hmac.new(secret, form_key + not_before.to_bytes(8, "big"), hashlib.sha256).hexdigest()


def _now() -> int:
    return int(timezone.now().timestamp())
