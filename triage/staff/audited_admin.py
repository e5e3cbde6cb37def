"""Admin pages that write to the audit chain, and not to LogEntry, which stores object names unsealed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.options import ModelAdmin
from django.db import models, transaction
from django.forms import ModelForm
from django.http import HttpRequest

from reports import audit
from triage.officers.access import officer_of


class AuditedAdmin(ModelAdmin):  # type: ignore[type-arg]
    """No LogEntry (docs/decisions.md 25). Each row that is added, changed or deleted leaves an audit entry.

    The entry is written in the transaction of the write. It names the officer, the row and the changed
    fields, never a value: a value may be an address. Inlines and bulk actions of a subclass's own are not
    covered, and tests/triage/staff/test_writes_on_record.py refuses them.
    """

    def facts_of(self, obj: Any) -> dict[str, Any]:
        """What an entry says of this row beside its name; facts of reports/audit/entries.py."""
        return {}

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            facts = self.facts_of(obj)
            if change and form.changed_data:
                facts["fields"] = sorted(form.changed_data)
            _record(request, "change_row" if change else "add_row", _name_of(obj), facts)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        name, facts = _name_of(obj), self.facts_of(obj)  # a deleted row has no key any more
        with transaction.atomic():
            super().delete_model(request, obj)
            _record(request, "delete_row", name, facts)

    def delete_queryset(self, request: HttpRequest, queryset: Iterable[Any]) -> None:
        """The bulk action: one by one, so that each row has its entry."""
        with transaction.atomic():
            for obj in queryset:
                self.delete_model(request, obj)

    def log_addition(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        pass

    def log_change(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        pass

    def log_deletions(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        pass

    def has_module_permission(self, request: HttpRequest) -> bool:
        """For administrators only; asking for single permissions would cost two statements a page."""
        return bool(getattr(request.user, "is_superuser", False))


def _name_of(obj: models.Model) -> str:
    return f"{obj._meta.model_name}:{obj.pk}"


def _record(request: HttpRequest, verb: str, subject: str, facts: dict[str, Any]) -> None:
    audit.record(actor=officer_of(request), verb=verb, subject=subject, **facts)
