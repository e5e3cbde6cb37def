"""What is stored of a report: sealed items, wraps of their keys, and a few clear columns.

docs/clear-columns.md lists every readable column with its reason; a test
compares that list with these models. Days are stored, not moments; ids are
random (UUID4), because serial ids tell order and time.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from reports.audit_row import Audit as Audit  # Django finds the model by this
from reports.choices import Queue, ReportStatus
from reports.vault import core


def today() -> date:
    """The day it is in Amsterdam."""
    return timezone.localdate()


class BytesField(models.BinaryField):  # type: ignore[type-arg] # generic in the stubs only
    """A BinaryField that is bytes on every database (psycopg2 hands out memoryviews)."""

    def from_db_value(self, value: Any, *_: object) -> bytes | None:
        return None if value is None else bytes(value)


class KeyRole(models.TextChoices):
    INTAKE = "intake"
    POLICE_REFERRAL = Queue.POLICE_REFERRAL.value
    OBI_APPROACH = Queue.OBI_APPROACH.value
    FOLLOW_UP = Queue.FOLLOW_UP.value
    SUMMARY = "summary"
    RECOVERY = "recovery"
    MEMBER = "member"


class Key(models.Model):
    """A public key. Its private half is in a bundle, a slot or a grant, never here."""

    kid = models.CharField(primary_key=True, max_length=32)
    role = models.CharField(max_length=16, choices=KeyRole)
    epoch = models.PositiveIntegerField(default=0)
    public = BytesField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="keys"
    )
    signer = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="signed")
    signature = BytesField(null=True)
    created = models.DateField(default=today)
    retired = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=KeyRole.values), name="key_role_known"),
            models.CheckConstraint(
                condition=Q(role=KeyRole.MEMBER, user__isnull=False)
                | ~Q(role=KeyRole.MEMBER) & Q(user__isnull=True),
                name="key_user_only_of_members",
            ),
            models.UniqueConstraint(
                fields=["role", "epoch"], condition=Q(user__isnull=True), name="key_one_per_epoch"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.epoch}"


class Slot(models.Model):
    """One way to open a member key: its seed, sealed under something the member knows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    key = models.ForeignKey(Key, on_delete=models.CASCADE, related_name="slots")
    method = models.CharField(max_length=16, default="passphrase")
    params = models.JSONField()  # {"memory", "passes", "lanes", "salt"}: numbers, so that costs may change
    sealed = BytesField()


class Grant(models.Model):
    """A queue's private key, wrapped to one member (or to the recovery key): who holds which queue."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    queue_key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="grants")
    holder = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="held")
    blob = BytesField()
    # By the queue's own key: a row that somebody plants in the database is not carried to the next epoch.
    signature = BytesField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    day = models.DateField(default=today)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["queue_key", "holder"], name="grant_once"),
        ]

    @staticmethod
    def context_of(queue_kid: str) -> bytes:
        """What binds a grant to its queue key."""
        return b"grant" + bytes.fromhex(queue_kid)

    @classmethod
    def made_with(cls, queue_pair: core.KeyPair, holder: Key, **more: Any) -> Grant:
        """An unsaved grant of a queue's private key to `holder`. Raises core.Broken for a swapped public key.

        People compared the digits of the holder's kid, so the key must be the one that the kid names.
        """
        if core.kid(holder.public) != holder.kid:
            raise core.Broken("holder")
        context = cls.context_of(queue_pair.kid)
        return cls(
            queue_key_id=queue_pair.kid,
            holder=holder,
            blob=core.wrap(queue_pair.seed, holder.public, context),
            signature=queue_pair.sign(context, bytes.fromhex(holder.kid)),
            **more,
        )

    @property
    def is_genuine(self) -> bool:
        """True when somebody who held the queue's key made this grant, to this holder."""
        public, context = self.queue_key.public, self.context_of(self.queue_key_id)
        named = core.kid(public) == self.queue_key_id
        return named and core.verify(public, context, bytes.fromhex(self.holder_id), self.signature)


class Report(models.Model):
    """One report, as far as it may be read without a key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    day = models.DateField(default=today)
    status = models.CharField(max_length=12, choices=ReportStatus, default=ReportStatus.RECEIVED)
    delete_after = models.DateField()
    # The danger tick (yes or unsure), so that the sweep can start with it; null once triaged.
    hurry = models.BooleanField(null=True, default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=ReportStatus.values), name="report_status_known"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What officers call it among themselves; says nothing about the receipt code."""
        return f"R-{self.id.hex[:8].upper()}"


class ItemKind(models.TextChoices):
    REPORT = "report"
    CONTACT = "contact"
    ASSESSMENT = "assessment"
    DECISION = "decision"
    ADDITION = "addition"  # words the reporter added later
    ANSWER = "answer"  # to the reporter, from an officer or the worker
    NOTE = "note"  # among officers
    WITHDRAWAL = "withdrawal"  # the reporter asks that the report be removed
    FILE = "file"  # evidence as it was sent; the file itself is a blob beside the database
    FILE_CLEAN = "file_clean"  # the copy of it without hidden data


class ItemQuerySet(models.QuerySet["Item"]):
    def untriaged(self) -> ItemQuerySet:
        """Items that still have a wrap to an intake key. For items chosen by their id: one statement."""
        return self._wrapped_to(Key.objects.filter(role=KeyRole.INTAKE).values("kid"))

    def waiting(self) -> ItemQuerySet:
        """The same, to be searched for among all items: the kids are read now, in a statement of their own.

        PostgreSQL has to see the kids to know that such wraps are rare and to take the index; given a
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
            .filter(Q(kind=ItemKind.REPORT) | Q(report__hurry=None))
            .order_by(models.F("report__hurry").desc(nulls_last=True), "day", "attempts")
        )


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
    def context(self) -> bytes:
        """What binds a body and its wraps to this row: moved to another row they do not open."""
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


class SelectorKind(models.TextChoices):
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    HANDLE = "handle"
    PLATE = "plate"
    IBAN = "iban"
    WALLET = "wallet"


class Selector(models.Model):
    """That a report names a certain phone number, address, plate …: as a keyed token, never as text.

    Equal tokens link reports. The text is in the sealed assessment only (triage/selectors.py).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="selectors")
    kind = models.CharField(max_length=8, choices=SelectorKind)
    token = BytesField(max_length=16)
    epoch = models.PositiveSmallIntegerField(default=0)  # of the index key; tokens of two epochs never meet

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=SelectorKind.values), name="selector_kind_known"),
            models.UniqueConstraint(fields=["report", "kind", "token"], name="selector_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "token"], name="selector_token")]


class Mailbox(models.Model):
    """Where answers for one receipt code go. The code itself is nowhere."""

    lookup = models.CharField(primary_key=True, max_length=64)
    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="mailbox")
    kid = models.CharField(max_length=32, unique=True)
    public = BytesField()
