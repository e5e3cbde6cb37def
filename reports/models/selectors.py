"""The index of selectors: which reports name the same phone number, address, plate …"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from reports.models.columns import BytesField
from reports.models.items import Report


class SelectorKind(models.TextChoices):
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    HANDLE = "handle"
    PLATE = "plate"
    IBAN = "iban"
    WALLET = "wallet"


class Selector(models.Model):
    """One phone number, address, plate … that a report names: as a keyed token, never as text.

    Equal tokens link reports. The text is in the sealed assessment only (triage/selectors/find.py).
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
