"""The mailbox behind a receipt code: a plain status, replies, words added later, withdrawal.

The public process calls this with what the code gives: a look-up id and a key
pair that is stored nowhere. It needs no more rights than reading replies and
the reporters' own wraps, inserting items, and dropping a reporter's wrap
(docs/sealing.md, Receipt code); it never reads the report, which the code does not open.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from reports.choices import ReportStatus
from reports.evidence import files as evidence_files
from reports.evidence.uploads import Upload
from reports.models import Item, ItemKind, KeyRole, Mailbox, Report, Wrap
from reports.sealing import core, receipt_code
from reports.vault import bundle, keys

COSTS_TRIED = 2  # the present cost and the one before it (docs/decisions.md 20)
DERIVING_AT_ONCE = 4  # each takes 8 MiB; there is no limit on the count of attempts (docs/decisions.md 5)
LONGEST_WAIT = 5.0  # seconds in line for a derivation
KEPT = "kept"  # the worker's notice: a withdrawal that was not carried out

_deriving = threading.BoundedSemaphore(DERIVING_AT_ONCE)


class Mistyped(Exception):
    """Not a receipt code: its check digits do not fit. No work was done and nothing looked up."""


class Unknown(Exception):
    """A well-formed code that opens no mailbox; after the retention period every code ends so."""


class Busy(Exception):
    """Too many codes are being tried at this moment."""


class Withdrawn(Exception):
    """The report was removed at the reporter's wish; nothing can be added to it."""


@dataclass(frozen=True)
class CodeHolder:
    """The holder of a code. The cookie of a mailbox session has it, sealed (portal/mailbox_session.py)."""

    lookup: bytes
    seed: bytes = field(repr=False)

    @property
    def pair(self) -> core.KeyPair:
        return core.KeyPair(self.seed)


@dataclass(frozen=True)
class Reply:
    """One reply that still waits in the mailbox."""

    id: uuid.UUID
    day: date
    words: str = field(repr=False)


@dataclass(frozen=True)
class Visit:
    """What a code opens now. Nothing of the report itself is in it."""

    status: ReportStatus
    replies: tuple[Reply, ...]
    asked_to_withdraw: bool
    kept: bool  # asked to withdraw, but it had been referred
    broken: int  # replies that were altered and do not open

    @property
    def is_removed(self) -> bool:
        return self.status == ReportStatus.WITHDRAWN


def identify(typed: str) -> CodeHolder:
    """The holder of the code somebody typed. Raises Mistyped, Unknown or Busy.

    A typing error is found before the slow key derivation. Argon2id runs once for each cost that the
    public bundle lists, the present one first.
    """
    digits = receipt_code.parse(typed)
    if digits is None:
        raise Mistyped
    secrets = bundle.public()
    for cost in secrets.code_costs[:COSTS_TRIED]:
        with _one_of_few():
            identity = receipt_code.identity(digits, secrets.site_salt, cost)
        if Mailbox.objects.filter(pk=identity.lookup.hex()).exists():
            return CodeHolder(identity.lookup, identity.pair.seed)
    raise Unknown


def visit(holder: CodeHolder) -> Visit:
    """What the mailbox shows now. Raises Unknown when it is gone."""
    box = _box_of(holder)
    waiting = Wrap.objects.filter(to=box.kid, item__kind=ItemKind.REPLY)
    opened: list[tuple[Reply, dict[str, Any]]] = []
    broken = 0
    for item_id, day, body, blob in waiting.values_list("item_id", "item__day", "item__body", "blob"):
        item = Item(id=item_id, body=body)
        try:
            content = item.read(holder.pair.unwrap(bytes(blob), item.context))
        except core.Broken:
            broken += 1
            continue
        opened.append((Reply(item_id, day, content.get("words", "")), content))
    opened.sort(key=lambda each: (each[0].day, each[1].get("at", "")))
    return Visit(
        status=box.status,
        replies=tuple(reply for reply, content in opened if "notice" not in content),
        # The process may not read withdrawals; the reporter's own wrap of it shows that there is one.
        asked_to_withdraw=Wrap.objects.filter(to=box.kid, item_id=_withdrawal_id(box.report_id)).exists(),
        kept=any(content.get("notice") == KEPT for _reply, content in opened),
        broken=broken,
    )


def add_words(
    *,
    holder: CodeHolder,
    form_key: bytes,
    words: str,
    language: str,
    files: Sequence[Upload] = (),
    keep_originals: bool = False,
) -> bool:
    """Seals words, and files without a fault, to the report; all or nothing.

    False when this form had been received before; nothing is stored then. The words are signed with
    the reporter's key, so that nobody without the code can add to a report. Raises Unknown, Withdrawn,
    keys.Untrusted or OSError.
    """
    box = _box_of(holder)
    if box.status == ReportStatus.WITHDRAWN:
        raise Withdrawn
    secret = bundle.public().form_secret
    item_id = _uuid(core.derive(secret, "addition id", form_key, holder.lookup, size=16))
    content = {
        "words": words,
        "language": language,
        "signature": holder.pair.sign(_addition(item_id), words.encode()).hex(),
    }
    report = Report(id=box.report_id)
    evidence_items = evidence_files.compose(report, files, keep_originals=keep_originals)
    sealed = dict([Item.compose(report, ItemKind.ADDITION, content, item_id=item_id)]) | evidence_items
    if not _insert(sealed):
        return False
    evidence_files.keep(files, evidence_items)
    return True


def withdraw(*, holder: CodeHolder) -> bool:
    """Asks that the report be removed; the worker does it. False when that was asked before.

    Only an item is inserted: this process deletes and changes nothing. It carries a signature
    that only the code can make, so a captured public process cannot have reports removed.
    Raises Unknown or Withdrawn.
    """
    box = _box_of(holder)
    if box.status == ReportStatus.WITHDRAWN:
        raise Withdrawn
    content = {"signature": holder.pair.sign(_WITHDRAWAL, box.report_id.bytes).hex()}
    item, key = Item.compose(
        Report(id=box.report_id), ItemKind.WITHDRAWAL, content, item_id=_withdrawal_id(box.report_id)
    )
    return _insert({item: key}, also_to=(holder.pair.public,))


def drop(*, holder: CodeHolder, reply_id: uuid.UUID) -> None:
    """Deletes a reply for the reporter: their wrap goes, the officers keep theirs. Raises Unknown."""
    box = _box_of(holder)
    Wrap.objects.filter(to=box.kid, item_id=reply_id, item__kind=ItemKind.REPLY).delete()


# --- For the worker and the staff side: was it really the holder of the code? ------------------


def is_of_holder(item: Item, content: Mapping[str, Any], public: bytes | None = None) -> bool:
    """True when an opened addition or withdrawal was signed with the code of its report.

    `public` is the mailbox's key, if the caller has it at hand.
    """
    if public is None:
        found = Mailbox.objects.filter(report=item.report_id).values_list("public", flat=True).first()
        public = bytes(found or b"")
    if not public:
        return False
    if item.kind == ItemKind.WITHDRAWAL:
        context, message = _WITHDRAWAL, item.report_id.bytes
    else:
        context, message = _addition(item.pk), str(content.get("words", "")).encode()
    try:
        signature = bytes.fromhex(content.get("signature", ""))
    except (TypeError, ValueError):
        return False
    return core.verify(public, context, message, signature)


_WITHDRAWAL = b"withdrawal"


def _addition(item_id: uuid.UUID) -> bytes:
    return b"addition" + item_id.bytes


@dataclass(frozen=True)
class _Box:
    report_id: uuid.UUID
    kid: str
    status: ReportStatus


def _box_of(holder: CodeHolder) -> _Box:
    # These columns and no others: the public process may read no more of a report.
    row = (
        Mailbox.objects.filter(pk=holder.lookup.hex())
        .values_list("report_id", "kid", "report__status")
        .first()
    )
    if row is None:
        raise Unknown
    return _Box(row[0], row[1], ReportStatus(row[2]))


def _insert(sealed: Mapping[Item, bytes], *, also_to: Sequence[bytes] = ()) -> bool:
    intake = keys.current(KeyRole.INTAKE, bundle.public())
    try:
        with transaction.atomic():
            Item.objects.bulk_create(sealed)
            Wrap.objects.hand(sealed, [intake, *also_to])
    except IntegrityError:
        if not Report.objects.filter(pk=next(iter(sealed)).report_id).exists():
            raise Unknown from None  # purged between the look-up and now
        return False
    return True


def _withdrawal_id(report_id: uuid.UUID) -> uuid.UUID:
    return _uuid(core.derive(bundle.public().form_secret, "withdrawal id", report_id.bytes, size=16))


def _uuid(derived: bytes) -> uuid.UUID:
    return uuid.UUID(bytes=derived, version=4)


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _deriving.acquire(timeout=LONGEST_WAIT):
        raise Busy
    try:
        yield
    finally:
        _deriving.release()
