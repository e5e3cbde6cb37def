"""The daily clean-up: what is past its time (reports/shredding.py), and the traces of old alerts."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from reports import shredding
from reports.choices import Queue
from triage.models import Delivery

ALERT_KEPT = timedelta(days=30)  # the row of a mailed alert shows a moment and a work item


def purge(*, actor: str = "worker") -> shredding.Purged:
    """Removes what is past its time; needs no key, may be run as often as you like."""
    Delivery.objects.filter(
        subscription__kind__in=Queue.values, sent__lt=timezone.now() - ALERT_KEPT
    ).delete()
    return shredding.purge(actor=actor)
