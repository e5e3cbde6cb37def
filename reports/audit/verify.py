"""Reading the audit chain from its start, and replacing entries past their time by a checkpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from reports import audit
from reports.models.audit import Audit
from reports.sealing import chain

KEEP = timedelta(days=2 * 365)  # 24 months (docs/decisions.md 25)
CHECKPOINT = "checkpoint"  # the first row, when older ones were pruned
PRUNED = "let_go"  # the entry that records it; existing chains have this word


class Altered(Exception):
    """The chain does not hold. `seq` is the first row that does not fit (0: every row fits, but the chain as
    a whole does not)."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"row {seq} {why}" if seq else f"the chain {why}")
        self.seq = seq


@dataclass(frozen=True)
class Whole:
    """A chain that holds: its head, and the number up to which older entries were pruned (0: none)."""

    head: audit.Head
    pruned: int


def verify(*, expected: str = "") -> Whole:
    """Reads the whole chain. `expected` is a hash that somebody noted earlier, such as that of a weekly mail.

    Raises Altered at the first row that was changed, moved, added or left out. Also when every row fits and
    the expected hash is missing: somebody rewrote the whole chain or removed the last entries.
    """
    before, pruned, owed, seen = audit.Head(0, chain.START), 0, "", not expected
    for row in Audit.objects.order_by("seq").iterator(chunk_size=2000):
        entry = _entry_of(row)
        if before.seq == 0 and entry.get("verb") == CHECKPOINT:
            _check_checkpoint(row)
            pruned, owed = row.seq, row.hash
        else:
            _check_follows(row, before)
            if entry.get("verb") == PRUNED and entry.get("sha256") == owed:
                owed = ""
        before = audit.Head(row.seq, row.hash)
        seen = seen or row.hash == expected
    if owed:
        raise Altered(pruned, "is a checkpoint that no later entry tells of")
    if not seen:
        raise Altered(0, "does not contain the expected hash")
    return Whole(before, pruned)


def prune_before(day: date) -> int:
    """Replaces the entries from before `day` by one checkpoint with their last hash; returns how many.

    For the owner of the tables only. The rows that stay follow that hash, and a new entry records it.
    Raises Altered when the chain does not hold: then nothing is pruned.
    """
    with transaction.atomic():
        verify()
        first, last = _oldest_before(day)
        if last is None or first == last:
            return 0
        at = day.isoformat()
        text = chain.canonical({"at": at, "verb": CHECKPOINT, "through": last.seq})
        with unguarded():
            gone, _ = Audit.objects.filter(seq__lte=last.seq).delete()
            # Its hash is the one that the next row follows, so `previous` binds its own text.
            Audit(
                seq=last.seq,
                at=at,
                previous=chain.link(last.hash, text),
                entry=text,
                hash=last.hash,
            ).save(force_insert=True)
        audit.record(actor=audit.CONSOLE, verb=PRUNED, through=last.seq, count=gone, sha256=last.hash)
        return gone


@contextmanager
def unguarded() -> Iterator[None]:
    """Inside it, the owner of the table may delete rows."""
    off, on = _GUARD[connection.vendor]
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in off:
            cursor.execute(statement)
        yield
        for statement in on:
            cursor.execute(statement)


def _oldest_before(day: date) -> tuple[Audit | None, Audit | None]:
    """The first row, and the last of the oldest rows that are all from before that day."""
    first = last = None
    for row in Audit.objects.order_by("seq").iterator():
        if row.at >= day.isoformat():  # days and moments, as text, are in the order of time
            break
        first, last = first or row, row
    return first, last


def _entry_of(row: Audit) -> dict[str, Any]:
    try:
        entry = json.loads(row.entry)
        as_recorded = chain.canonical(entry) == row.entry and entry.get("at") == row.at
    except (ValueError, AttributeError):
        as_recorded = False
    if not as_recorded:
        raise Altered(row.seq, "is not what was recorded")
    return dict(entry)


def _check_follows(row: Audit, before: audit.Head) -> None:
    if row.seq != before.seq + 1:
        raise Altered(before.seq + 1, "is missing")
    if row.previous != before.hash:
        raise Altered(row.seq, "does not follow the row before it")
    if row.hash != chain.link(row.previous, row.entry):
        raise Altered(row.seq, "is not what was recorded")


def _check_checkpoint(row: Audit) -> None:
    if row.previous != chain.link(row.hash, row.entry):
        raise Altered(row.seq, "is not what was recorded")


def _triggers(verb: str) -> tuple[str, str]:
    name = f"reports_audit_no_{verb.lower()}"
    refuse = "BEGIN SELECT RAISE(ABORT, 'the audit chain is only added to'); END"
    return f"DROP TRIGGER {name}", f"CREATE TRIGGER {name} BEFORE {verb} ON reports_audit {refuse}"


_GUARD = {  # vendor: statements that take the guard of migration 0005 off, and put it back
    "sqlite": tuple(zip(_triggers("UPDATE"), _triggers("DELETE"), strict=True)),
    "postgresql": (
        ["ALTER TABLE reports_audit DISABLE TRIGGER reports_audit_guard"],
        ["ALTER TABLE reports_audit ENABLE TRIGGER reports_audit_guard"],
    ),
}
