"""The audit chain: every look and every change by staff, every decision of the machine, in order.

`record` is the only way in. An entry names rows, queues, urgencies and states, and never a word of a
report, a reason or an address: FACTS lists what an entry may hold. `python manage.py verify_audit` reads
the chain; the weekly mail contains its head, so that a rewritten chain is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, models, transaction
from django.utils import timezone

from reports.choices import Queue, Urgency
from reports.models.audit import Audit
from reports.sealing import chain

# The processes that may record without a person (config/database_roles.sql says the same; so far the mail
# worker records nothing). Their entries have the day only, because the moment of triage is nearly that of
# filing.
PROCESSES = ("worker", "mail")
CONSOLE = "console"  # the operator: a moment, like an officer's
_LOCK = 0x62616B656E  # "baken": the advisory lock of PostgreSQL that puts writers in a row


class NotAllowed(ValueError):
    """Something that an entry may not hold; the message names the fact, never its value."""


@dataclass(frozen=True)
class Head:
    """The end of the chain: how many entries there are, and the hash of the newest, which covers all."""

    seq: int
    hash: str


def record(*, actor: User | str, verb: str, subject: models.Model | str = "", **facts: Any) -> Audit:
    """Adds an entry inside the caller's transaction, so it is committed exactly when the change is.

    `actor` is an officer, a process of PROCESSES or CONSOLE. `subject` is the row it was done to, or
    "kind:id". Facts are those of FACTS. Call it last: from here to the commit no other entry can be added.
    Raises NotAllowed, and TransactionManagementError outside a transaction.
    """
    name, at = _who_and_when(actor)
    entry = {"at": at, "actor": name, "verb": _checked("verb", verb), "subject": _named(subject)}
    entry |= {fact: _checked(fact, value) for fact, value in facts.items()}
    _one_at_a_time()
    before, text = head(), chain.canonical(entry)
    row = Audit(
        seq=before.seq + 1,
        at=at,
        previous=before.hash,
        entry=text,
        hash=chain.link(before.hash, text),
    )
    row.save(force_insert=True)
    return row


def head() -> Head:
    """The newest entry's number and hash; (0, START) while there is none."""
    newest = Audit.objects.order_by("-seq").values_list("seq", "hash").first()
    return Head(*newest) if newest else Head(0, chain.START)


def _who_and_when(actor: User | str) -> tuple[str, str]:
    if isinstance(actor, str):
        if actor in PROCESSES:
            return f"process:{actor}", timezone.localdate().isoformat()
        if actor != CONSOLE:
            raise NotAllowed("actor: an officer, a process or the console")
        name = f"process:{CONSOLE}"
    else:
        name = actor.get_username()
        if not re.fullmatch(r"[\w.@+-]{1,150}", name):  # no colon: nobody is called process:worker
            raise NotAllowed("actor: not a user name")
    return name, timezone.localtime().isoformat(timespec="seconds")


def _named(subject: models.Model | str) -> str:
    name = subject if isinstance(subject, str) else f"{subject._meta.model_name}:{subject.pk}"
    if name and not re.fullmatch(r"[a-z_]{1,32}:[0-9A-Za-z-]{1,64}", name):
        raise NotAllowed("subject: a row, or kind:id")
    return name


def _one_at_a_time() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an audit entry needs the transaction of the change")
    if connection.vendor == "postgresql":  # SQLite: our transactions are IMMEDIATE, one after the other
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


# --- What an entry may hold -----------------------------------------------------------------------

_QUEUES, _URGENCIES = frozenset(Queue.values), frozenset(Urgency.values)


def _shaped(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _queues(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and _QUEUES.issuperset(value)


def _number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9


def _names(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_NAME, value))


_NAME = _shaped(r"[a-z][a-z0-9_]{0,62}")  # of a column of ours
_WORD = _shaped(r"[a-z][a-z0-9_]{1,31}")  # a value of one of our own lists, such as a state or a kind
_UUID = _shaped(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KID = _shaped(r"[0-9a-f]{32}")
_SHA256 = _shaped(r"[0-9a-f]{64}")

FACTS: dict[str, Callable[[Any], bool]] = {
    "verb": _WORD,
    "queue": lambda value: isinstance(value, str) and value in _QUEUES,
    "queues": _queues,
    "urgency": lambda value: isinstance(value, str) and value in _URGENCIES,
    "before": _WORD,
    "after": _WORD,
    "state": _WORD,
    "kind": _WORD,
    "outcome": _WORD,
    "fields": _names,  # which were changed; never what they say
    "report": _UUID,
    "item": _UUID,
    "key": _KID,
    "holder": _KID,
    "epoch": _number,
    "count": _number,
    "through": _number,
    "sha256": _SHA256,
    "week": _shaped(r"\d{4}-W\d{2}"),
    "policy_version": _shaped(r"[0-9A-Za-z.+-]{1,64}"),
    "needs_person": lambda value: isinstance(value, bool),
}


def _checked(fact: str, value: Any) -> Any:
    value = getattr(value, "value", value)  # a choice is its value
    if fact not in FACTS:
        raise NotAllowed(f"{fact}: no fact of an audit entry")
    if not FACTS[fact](value):
        raise NotAllowed(f"{fact}: not a value it may have")
    return value
