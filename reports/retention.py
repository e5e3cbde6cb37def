"""How long things are kept (docs/retention.md). shredding.py beside this file removes them."""

from __future__ import annotations

from datetime import timedelta

from reports.choices import ReportStatus
from reports.models import Report, today

# docs/policy.md, Retention.
REPORT_KEPT = timedelta(days=365)  # from the last thing that was done or added
POLICE_OR_OBI_KEPT = timedelta(days=730)  # from the day on which the last of its queues was closed
CONTACT_KEPT = timedelta(days=183)  # from the day it was given
REPLY_WAITS = timedelta(days=183)  # in the mailbox; officers keep theirs as long as the report
REMOVED_SHOWN = timedelta(days=30)  # how long the code of a withdrawn report still says "removed"


def keep_longer(report: Report, period: timedelta = REPORT_KEPT) -> None:
    """Keeps the report for `period` from today. A later end stays, and a withdrawn report keeps its end."""
    until = today() + period
    there = Report.objects.exclude(status=ReportStatus.WITHDRAWN)
    there.filter(pk=report.pk, delete_after__lt=until).update(delete_after=until)
