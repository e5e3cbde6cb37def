"""A report as far as it may be read without a key, its sealed items, and the wraps of their keys."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from reports.choices import ReportStatus
from reports.models.columns import BytesField, today
from reports.models.keys import Key, KeyRole
from reports.sealing import core


class Report(models.Model):
    """One report, as far as it may be read without a key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    day = models.DateField(default=today)
    status = models.CharField(max_length=12, choices=ReportStatus, default=ReportStatus.RECEIVED)
    delete_after = models.DateField()
    # The danger tick (yes or unsure), so that the sweep can start with it; null once triaged.
    danger_ticked = models.BooleanField(null=True, default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=ReportStatus.values), name="report_status_known"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The name that officers use for it; says nothing about the receipt code."""
        return f"R-{self.id.hex[:8].upper()}"


class ItemKind(models.TextChoices):
    REPORT = "report"
    CONTACT = "contact"
    ASSESSMENT = "assessment"
    DECISION = "decision"
    ADDITION = "addition"  # words the reporter added later
    REPLY = "reply"  # to the reporter, from an officer or the worker
    NOTE = "note"  # among officers
    WITHDRAWAL = "withdrawal"  # the reporter asks that the report be removed
    FILE = "file"  # evidence as it was sent; the file itself is a blob beside the database
    FILE_CLEAN = "file_clean"  # the copy of it without hidden data


TRIES = 3
"""The worker tries its work on an item so many times. Then people get the item as it is."""


class ItemQuerySet(models.QuerySet["Item"]):
    def untriaged(self) -> ItemQuerySet:
        """Items that still have a wrap to an intake key.

        Use this when you filter by id; it is one SQL statement.
        """
        return self._wrapped_to(Key.objects.filter(role=KeyRole.INTAKE).values("kid"))

    def waiting(self) -> ItemQuerySet:
        """The same. Use this when you search all items; the kids are read at once, in a second statement.

        PostgreSQL uses the index only when it sees the kids and knows that such wraps are rare; with a
        subquery it reads the whole table.
        """
        return self._wrapped_to(list(Key.objects.filter(role=KeyRole.INTAKE).values_list("kid", flat=True)))

    def _wrapped_to(self, kids: Any) -> ItemQuerySet:
        return self.filter(models.Exists(Wrap.objects.filter(item=models.OuterRef("pk"), to__in=kids)))

    def due(self, now: datetime) -> ItemQuerySet:
        """Untriaged items whose time has come, danger first; additions and files wait for their report."""
        return (
            self.waiting()
            .filter(Q(next_try=None) | Q(next_try__lte=now))
            .filter(Q(kind=ItemKind.REPORT) | Q(report__danger_ticked=None))
            .order_by(models.F("report__danger_ticked").desc(nulls_last=True), "day", "attempts")
        )

    def drop_intake_wraps(self) -> None:
        """Takes these items from the worker: after this not even its key opens them."""
        chosen = list(self.values_list("pk", flat=True))
        intake = Key.objects.filter(role=KeyRole.INTAKE).values("kid")
        Wrap.objects.filter(item__in=chosen, to__in=intake).delete()
        Item.objects.filter(pk__in=chosen).update(attempts=0, next_try=None)


class Item(models.Model):
    """One sealed thing with a fresh key of its own; the wraps say who can open it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=12, choices=ItemKind)
    day = models.DateField(default=today)
    body = BytesField()
    # Retry state while untriaged; empty afterwards.
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(null=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="item_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def given_up(self) -> bool:
        """True when the worker gave up on it after TRIES tries and still has its wrap."""
        return self.attempts > TRIES

    @property
    def context(self) -> bytes:
        """Binds a body and its wraps to this row: in another row they do not open."""
        return b"item" + self.id.bytes

    @classmethod
    def compose(
        cls, report: Report, kind: ItemKind, content: Mapping[str, Any], *, item_id: uuid.UUID | None = None
    ) -> tuple[Item, bytes]:
        """An unsaved sealed item and its key. `content` must be JSON-ready.

        With `item_id` an item made twice is stored once: the second meets the primary key.
        """
        item = cls(id=item_id or uuid.uuid4(), report=report, kind=kind)
        key = secrets.token_bytes(core.KEY_SIZE)
        item.body = item.seal(key, content)
        return item, key

    def seal(self, key: bytes, content: Mapping[str, Any]) -> bytes:
        """A body for this row. `content` must be JSON-ready."""
        data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return core.seal(key, self.context, data, step=core.TEXT_STEP)

    def read(self, key: bytes) -> dict[str, Any]:
        """The content, given the item's key. Raises core.Broken."""
        content: dict[str, Any] = json.loads(core.open_sealed(key, self.context, self.body, padded=True))
        return content


class WrapQuerySet(models.QuerySet["Wrap"]):
    def hand(self, keys: Mapping[Item, bytes], to: Iterable[bytes]) -> None:
        """Gives each item's key to the owners of these public keys; giving twice changes nothing."""
        self.bulk_create(
            [
                Wrap(item=item, to=core.kid(public), blob=core.wrap(key, public, item.context))
                for public in to
                for item, key in keys.items()
            ],
            ignore_conflicts=True,
        )


class Wrap(models.Model):
    """An item's key, locked to one public key (a queue's, the intake's or a reporter's)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    to = models.CharField(max_length=32)  # a kid; a reporter's is in Mailbox, the others in Key
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="wraps")
    blob = BytesField()

    objects = WrapQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["to", "item"], name="wrap_once")]
