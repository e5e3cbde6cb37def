"""Public keys, the slots that open a member key, and the grants that say who holds which queue."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from reports.choices import Queue
from reports.models.columns import BytesField, today
from reports.sealing import core


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
        """Binds a grant to its queue key."""
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
