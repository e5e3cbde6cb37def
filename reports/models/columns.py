"""Column types and defaults that the tables share."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone


def today() -> date:
    """The day it is in Amsterdam."""
    return timezone.localdate()


class BytesField(models.BinaryField):  # type: ignore[type-arg] # generic in the stubs only
    """A BinaryField that is bytes on every database (psycopg2 hands out memoryviews)."""

    def from_db_value(self, value: Any, *_: object) -> bytes | None:
        return None if value is None else bytes(value)
