"""The staff side in the Django admin: three queues, one detail page, verbs with a reason."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from reports.choices import Queue
from reports.vault import members, succession
from reports.vault.keyring import Closed
from reports.vault.keys import Untrusted
from triage import (  # noqa: F401 (officer_admin and delivery_admin register their pages)
    answers,
    case_page,
    casework,
    delivery_admin,
    evidence_download,
    evidence_page,
    links,
    officer_admin,
    withdrawal,
)
from triage.forms import FORMS, form_for
from triage.models import ORDER, FollowUpItem, ObiApproach, PoliceReferral, Subscription, WorkItem
from triage.quiet import Quiet
from triage.unlock import keyring_of, member_of

admin.site.unregister(Group)


@admin.register(Group)
class QuietGroupAdmin(Quiet, GroupAdmin):
    pass


@admin.register(Subscription)
class SubscriptionAdmin(Quiet):
    list_display = ("email", "kind", "language")
    list_filter = ("kind",)


class QueueAdmin(Quiet):
    """One queue, most urgent first; only its members see it, only an unlocked key opens an item."""

    queue: Queue
    list_display = ("reference", "urgency_mark", "due_mark", "state", "assignee", "filed")
    list_display_links = ("reference",)
    list_filter = ("state", "urgency")
    list_select_related = ("report", "assignee")
    list_per_page = 50
    sortable_by = ()
    actions = None

    # --- who sees it ----------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.queue in _queues_of(request)

    def has_view_permission(self, request: HttpRequest, obj: WorkItem | None = None) -> bool:
        return self.queue in _queues_of(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: WorkItem | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: WorkItem | None = None) -> bool:
        return False

    # --- the list ---------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkItem]:
        own = self.model._default_manager.filter(queue=self.queue).select_related("report")
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
        if work_item.hasty:
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
        work_item = self._work_item(request, object_id)
        return self._page(request, work_item)

    @method_decorator(sensitive_post_parameters())
    @sensitive_variables()
    def act(self, request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
        """Does one verb of casework, named in the address; answers with the page or the list."""
        if request.method != "POST" or verb not in FORMS:
            return HttpResponseNotAllowed(["POST"])
        work_item = self._work_item(request, str(pk))
        form = form_for(verb, request.POST)
        if not form.is_valid():
            return self._page(request, work_item, form, verb, status=422)
        given: dict[str, Any] = {**form.cleaned_data, "officer": request.user}
        if verb in {"confirm", "change_urgency", "add_queue", "remove_queue", "reveal_links"}:
            given["ring"] = keyring_of(request)
        try:
            _verb(verb)(work_item=work_item, **given)
        except casework.NotNow as error:
            messages.error(request, str(error.reason))
        except Closed:
            messages.error(request, _("Your key does not open this report, so you can not hand it on."))
        else:
            messages.success(request, _("Done and recorded."))
        if verb in {"remove_queue", "remove_after_all"}:
            return HttpResponseRedirect(reverse(f"admin:triage_{self.opts.model_name}_changelist"))
        return HttpResponseRedirect(reverse(f"admin:triage_{self.opts.model_name}_change", args=[pk]))

    def download(self, request: HttpRequest, pk: UUID, item_id: UUID) -> HttpResponseBase:
        """A file of the evidence."""
        work_item = self._work_item(request, str(pk))
        back = reverse(f"admin:triage_{self.opts.model_name}_change", args=[pk])
        return evidence_download.answer(request, work_item, item_id, back)

    def _work_item(self, request: HttpRequest, object_id: str) -> WorkItem:
        if not self.has_view_permission(request):
            raise PermissionDenied
        work_item = self.get_object(request, object_id)
        if work_item is None:
            raise PermissionDenied  # the same answer for "not yours" and "not there"
        return work_item  # type: ignore[no-any-return]

    @sensitive_variables()
    def _page(
        self, request: HttpRequest, work_item: WorkItem, bound: Any = None, verb: str = "", status: int = 200
    ) -> HttpResponse:
        ring = keyring_of(request)
        page = case_page.read(work_item, ring)
        if page.account is not None:
            officer: Any = request.user  # admin_view lets in officers only
            casework.read(work_item=work_item, officer=officer)
            if len(ring.kids) > len(_queues_of(request)):  # a queue of theirs had an earlier key
                with suppress(Untrusted):  # the state page shows the alarm; the report still opens
                    succession.move(queue=self.queue, ring=ring, items=work_item.report.items.all())
        linked = links.of(work_item.report, page.selectors or [], _queues_of(request))
        forms = {name: bound if name == verb else form_for(name) for name in FORMS}
        context = {
            **self.admin_site.each_context(request),
            "title": work_item.report.reference,
            "opts": self.opts,
            "work_item": work_item,
            "others": work_item.report.work_items.exclude(pk=work_item.pk),
            "page": page,
            "locked": member_of(request) is None,
            "forms": forms,
            "opened_form": verb,
            "links": linked,
            "may_reveal": any(link.hidden for link in linked) and links.may_reveal(request.user, self.queue),
            "evidence": evidence_page.read(work_item, ring, page.files),
            "evidence_url": f"admin:triage_{self.opts.model_name}_evidence",
            "act_url": f"admin:triage_{self.opts.model_name}_act",
        }
        return TemplateResponse(request, "triage/work_item.html", context, status=status)


def _verb(name: str) -> Callable[..., object]:
    elsewhere: dict[str, Callable[..., object]] = {
        "answer": answers.answer,
        "note": answers.note,
        "remove_after_all": withdrawal.remove_after_all,
        "reveal_links": links.reveal,
    }
    if name in elsewhere:
        return elsewhere[name]
    verb: Callable[..., object] = getattr(casework, name)  # one of FORMS
    return verb


def _queues_of(request: HttpRequest) -> frozenset[str]:
    queues: frozenset[str] | None = getattr(request, "_queues", None)
    if queues is None:
        queues = members.queues_of(request.user) if request.user.is_active else frozenset()
        request._queues = queues  # type: ignore[attr-defined]
    return queues


def _moment(work_item: WorkItem) -> str:
    return date_format(localtime(work_item.due), "D j N H:i") if work_item.due else ""


@admin.register(PoliceReferral)
class PoliceReferralAdmin(QueueAdmin):
    queue = Queue.POLICE_REFERRAL


@admin.register(ObiApproach)
class ObiApproachAdmin(QueueAdmin):
    queue = Queue.OBI_APPROACH


@admin.register(FollowUpItem)
class FollowUpAdmin(QueueAdmin):
    queue = Queue.FOLLOW_UP
