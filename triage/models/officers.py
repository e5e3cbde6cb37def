"""What is stored about officers' accounts beside Django's own columns. Never an address."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Invitation(models.Model):
    """A one-time link with which an officer sets their own password; the row is gone once it was used."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="invitation")
    token = models.CharField(max_length=64, unique=True)  # SHA-256: the link itself is not stored
    expires = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )


class Lockout(models.Model):
    """Wrong attempts to log in under one officer's name."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0)
    until = models.DateTimeField(null=True)
