"""An officer removes a report that the worker kept although its reporter asked to withdraw it."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reports import audit
from reports.models import Item, ItemKind, Report
from triage.models import WorkItem
from triage.work.items import NotNow, remove


def remove_after_all(*, work_item: WorkItem, officer: User, reason: str) -> None:
    """Removes a report whose withdrawal the worker did not carry out, because an officer decided so.

    Only when the reporter asked for it. Raises NotNow.
    """
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=work_item.report_id)
        if not Item.objects.filter(report=report, kind=ItemKind.WITHDRAWAL).exists():
            raise NotNow(_("The reporter has not asked to withdraw this report."))
        remove(report)
        audit.record(
            actor=officer,
            verb="remove_after_all",
            subject=work_item,
            report=str(report.pk),
            queue=work_item.queue,
        )
