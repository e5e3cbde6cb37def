"""The table of the audit chain. Only audit/entries.py writes it; the database refuses changes of a row."""

from __future__ import annotations

from django.db import models


class Audit(models.Model):
    """One entry: who did what to which row, and when. Never what it said (docs/security.md)."""

    seq = models.PositiveBigIntegerField(primary_key=True)  # counted up without a gap
    at = models.CharField(max_length=25)  # officers: moment; machines: day (docs/decisions.md 25)
    previous = models.CharField(max_length=64, unique=True)  # unique: the chain cannot fork
    entry = models.TextField()  # canonical JSON
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.seq} {self.hash[:12]}"
