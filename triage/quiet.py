"""Admin pages that leave no LogEntry: it keeps object names in clear; the audit chain is the record."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.options import ModelAdmin
from django.http import HttpRequest


class Quiet(ModelAdmin):  # type: ignore[type-arg]
    """No LogEntry (docs/decisions.md 25)."""

    def log_addition(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        pass

    def log_change(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        pass

    def log_deletions(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        pass

    def has_module_permission(self, request: HttpRequest) -> bool:
        """For administrators only; asking for single permissions would cost two statements a page."""
        return bool(getattr(request.user, "is_superuser", False))
