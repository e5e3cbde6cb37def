"""Figures that nobody may read in the clear (docs/decisions.md 28): slips of one report, sums of one week.

In a small community two looks at a clear counter around one report would show its type. So a slip can be
opened by the mail worker only, and a week's sums only by it and by members of a queue.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from reports.models import BytesField
from reports.vault import core


class SealedRow(models.Model):
    """A small JSON value under a key of its own, which is wrapped to one public key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    week = models.CharField(max_length=8)  # ISO, "2026-W46"
    body = BytesField()
    blob = BytesField()

    class Meta:
        abstract = True

    @property
    def context(self) -> bytes:
        """What binds body and wrap to this row, its kind and its week."""
        return f"{type(self).__name__}/{self.week}/".encode() + self.id.bytes

    def seal(self, content: Any, public: bytes) -> None:
        """Fills body and blob. `content` must be JSON-ready; padded, so its length tells nothing."""
        key = secrets.token_bytes(core.KEY_SIZE)
        data = json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()
        self.body = core.seal(key, self.context, data, step=core.TEXT_STEP)
        self.blob = core.wrap(key, public, self.context)

    def read(self, unwrap: Callable[[bytes, bytes], bytes]) -> Any:
        """The content, given a key pair's `unwrap`. Raises core.Broken, or ValueError for what is no JSON."""
        key = unwrap(self.blob, self.context)
        return json.loads(core.open_sealed(key, self.context, self.body, padded=True))


class Slip(SealedRow):
    """What one report or one decision adds to the week's figures; names neither, and is gone after the week.

    While it exists, the order of rows on a disk may still tell which report it was written with.
    """

    class Kind(models.TextChoices):
        REPORT = "report"
        DECISION = "decision"

    kind = models.CharField(max_length=8, choices=Kind)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["report", "decision"]), name="slip_kind_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["week"], name="slip_week")]


class WeekSums(SealedRow):
    """The sums of a week's slips, once for each key that opens them; never changed."""

    to = models.CharField(max_length=32)  # a kid: the summary key's, or a queue's

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["week", "to"], name="week_sums_once"),
        ]
