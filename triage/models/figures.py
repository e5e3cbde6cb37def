"""Rows of the figures: clear tallies of a week, sealed counts of one report, sealed sums of one week.

In a small community two looks at a clear counter around one report would give its type away. So a sealed
count can be opened by the mail worker only, and a week's sums only by it and by members of a queue.
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
from reports.sealing import core


class TallyQuerySet(models.QuerySet["Tally"]):
    def add(self, week: str, counts: list[tuple[str, str]]) -> None:
        """Counts one report in each of these (list, line) pairs of the week."""
        lines = Q()
        for list_name, line in counts:
            lines |= Q(list=list_name, line=line)
        chosen = self.filter(lines, week=week)
        if chosen.count() < len(counts):  # the first of its kind this week
            fresh = [Tally(week=week, list=list_name, line=line) for list_name, line in counts]
            self.bulk_create(fresh, ignore_conflicts=True)
        chosen.update(count=models.F("count") + 1)


class Tally(models.Model):
    """One-way counts of a week: reports received, per queue, per urgency; never crossed.

    And, once the week is mailed, its open and overdue work as the steps that were mailed
    (triage/figures/disclosure.py), so that every mail of one week says the same.
    """

    class List(models.TextChoices):
        RECEIVED = "received"
        QUEUE = "queue"
        URGENCY = "urgency"
        WORK = "work"

    week = models.CharField(max_length=8)  # ISO, "2026-W46"
    list = models.CharField(max_length=8, choices=List)
    line = models.CharField(max_length=16)
    count = models.PositiveIntegerField(default=0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["week", "list", "line"], name="tally_once"),
            models.CheckConstraint(
                condition=Q(list__in=["received", "queue", "urgency", "work"]), name="tally_list_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.list} {self.line}"


class SealedRow(models.Model):
    """A small JSON value under a key of its own, which is wrapped to one public key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    week = models.CharField(max_length=8)  # ISO, "2026-W46"
    body = BytesField()
    blob = BytesField()

    # The name of the table in the seal. It never changes: rows that were sealed before are bound to it.
    sealed_as: ClassVar[str]

    class Meta:
        abstract = True

    @property
    def context(self) -> bytes:
        """Binds body and wrap to this row, its table and its week."""
        return f"{self.sealed_as}/{self.week}/".encode() + self.id.bytes

    def seal(self, content: Any, public: bytes) -> None:
        """Fills body and blob. `content` must be JSON-ready; padded, so its length shows nothing."""
        key = secrets.token_bytes(core.KEY_SIZE)
        data = json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()
        self.body = core.seal(key, self.context, data, step=core.TEXT_STEP)
        self.blob = core.wrap(key, public, self.context)

    def read(self, unwrap: Callable[[bytes, bytes], bytes]) -> Any:
        """The content, given a key pair's `unwrap`. Raises core.Broken, or ValueError for what is no JSON."""
        key = unwrap(self.blob, self.context)
        return json.loads(core.open_sealed(key, self.context, self.body, padded=True))


class SealedCount(SealedRow):
    """What one report or decision adds to the week's figures. It names neither. Deleted after the week.

    While it exists, the order of rows on a disk may still show which report was written next to it.
    """

    class Kind(models.TextChoices):
        REPORT = "report"
        DECISION = "decision"

    kind = models.CharField(max_length=8, choices=Kind)
    sealed_as = "Slip"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["report", "decision"]), name="sealed_count_kind_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["week"], name="sealed_count_week")]


class WeekSums(SealedRow):
    """The sums of a week's sealed counts, once for each key that opens them; never changed."""

    to = models.CharField(max_length=32)  # a kid: the summary key's, or a queue's
    sealed_as = "WeekSums"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["week", "to"], name="week_sums_once"),
        ]
