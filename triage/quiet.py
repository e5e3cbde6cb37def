"""Admin pages that leave no LogEntry: it keeps object names in clear; the audit chain is the record."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.options import ModelAdmin


class Quiet(ModelAdmin):  # type: ignore[type-arg]
    """No LogEntry (DECISIONS 25)."""

    def log_addition(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        pass

    def log_change(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        pass

    def log_deletions(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        pass
