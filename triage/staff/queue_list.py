"""The list of a queue in the admin: the most urgent first, seen by its members only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from reports.choices import Queue
from triage.casework.verbs import VERBS
from triage.models import ORDER, WorkItem
from triage.officers.access import queues_of
from triage.staff import evidence_download, report_page
from triage.staff.audited_admin import AuditedAdmin


class QueueAdmin(AuditedAdmin):
    """One queue, most urgent first; only its members see it, only an unlocked key opens an item."""

    queue: Queue
    list_display = ("reference", "urgency_mark", "due_mark", "state", "assignee", "filed")
    list_display_links = ("reference",)
    list_filter = ("state", "urgency")
    list_per_page = 50
    sortable_by = ()
    actions = None

    # --- who sees it ----------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.queue in queues_of(request)

    def has_view_permission(self, request: HttpRequest, obj: WorkItem | None = None) -> bool:
        return self.queue in queues_of(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: WorkItem | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: WorkItem | None = None) -> bool:
        return False

    # --- the list ---------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkItem]:
        # Here and not in list_select_related: Django passes that over when the queryset has its own.
        own = self.model._default_manager.filter(queue=self.queue).select_related("report", "assignee")
        return own.most_urgent_first()  # type: ignore[no-any-return]

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ORDER

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": self.queue.label, **(extra_context or {})})

    @admin.display(description=_("report"))
    def reference(self, work_item: WorkItem) -> str:
        return work_item.report.reference

    @admin.display(description=_("urgency"))
    def urgency_mark(self, work_item: WorkItem) -> SafeString:
        mark = format_html(
            '<span class="urgency urgency-{}">{}</span>', work_item.urgency, work_item.get_urgency_display()
        )
        if work_item.needs_person:
            mark += format_html(' <span class="flag">{}</span>', _("rules failed"))
        if work_item.looks_automated:
            mark += format_html(' <span class="hint">{}</span>', _("sent very fast, not judged"))
        return mark

    @admin.display(description=_("to be read before"))
    def due_mark(self, work_item: WorkItem) -> SafeString | str:
        if work_item.due is None:
            return "–"
        return format_html(
            '<time class="{}" datetime="{}">{}</time>{}',
            "overdue" if work_item.is_overdue else "",
            work_item.due.isoformat(),
            _moment(work_item),
            format_html(' <span class="flag">{}</span>', _("overdue")) if work_item.is_overdue else "",
        )

    @admin.display(description=_("filed"))
    def filed(self, work_item: WorkItem) -> Any:
        return work_item.report.day

    # --- the page of one item ------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        act = path("<uuid:pk>/do/<slug:verb>/", self.admin_site.admin_view(self.act), name=name)
        download = path(
            "<uuid:pk>/evidence/<uuid:item_id>/",
            self.admin_site.admin_view(self.download),
            name=f"{self.opts.app_label}_{self.opts.model_name}_evidence",
        )
        return [act, download, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return report_page.show(request, self._work_item(request, object_id), self.admin_site)

    @method_decorator(sensitive_post_parameters())
    @sensitive_variables()
    def act(self, request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
        """One verb of casework, named in the address (triage/casework/verbs.py)."""
        if request.method != "POST" or verb not in VERBS:
            return HttpResponseNotAllowed(["POST"])
        return report_page.act(request, self._work_item(request, str(pk)), verb, self.admin_site)

    def download(self, request: HttpRequest, pk: UUID, item_id: UUID) -> HttpResponseBase:
        """A file of the evidence."""
        work_item = self._work_item(request, str(pk))
        return evidence_download.answer(request, work_item, item_id, work_item.get_absolute_url())

    def _work_item(self, request: HttpRequest, object_id: str) -> WorkItem:
        if not self.has_view_permission(request):
            raise PermissionDenied
        work_item = self.get_object(request, object_id)
        if work_item is None:
            raise PermissionDenied  # the same answer for "not yours" and "not there"
        return work_item  # type: ignore[no-any-return]


class PoliceReferralAdmin(QueueAdmin):
    queue = Queue.POLICE_REFERRAL


class ObiApproachAdmin(QueueAdmin):
    queue = Queue.OBI_APPROACH


class FollowUpAdmin(QueueAdmin):
    queue = Queue.FOLLOW_UP


def _moment(work_item: WorkItem) -> str:
    return date_format(localtime(work_item.due), "D j N H:i") if work_item.due else ""
