"""The mailbox behind a receipt code."""

from __future__ import annotations

from django.db import models

from reports.models.columns import BytesField
from reports.models.items import Report


class Mailbox(models.Model):
    """Where replies for one receipt code go. The code itself is not stored."""

    lookup = models.CharField(primary_key=True, max_length=64)
    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="mailbox")
    kid = models.CharField(max_length=32, unique=True)
    public = BytesField()
