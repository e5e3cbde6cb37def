"""Officers' accounts in the admin: made by invitation; nobody sets another person's password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from reports import audit
from reports.choices import Queue
from reports.vault import members
from triage.officers import invitations, second_factor
from triage.officers.access import officer_of
from triage.staff.audited_admin import AuditedAdmin


class OfficerAdmin(AuditedAdmin):
    """An administrator makes and closes accounts. That opens no queue: members admit officers."""

    list_display = ("username", "first_name", "last_name", "is_active", "is_superuser", "queues")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("username", "first_name", "last_name")
    ordering = ("username",)
    fields = ("username", "first_name", "last_name", "is_active", "is_superuser")
    change_form_template = "triage/officer.html"
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # what an officer decided keeps their name; the account is closed instead

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        officers: QuerySet[User] = super().get_queryset(request)
        return officers.prefetch_related("keys__held__queue_key")

    @admin.display(description=gettext_lazy("member of"))
    def queues(self, officer: User) -> str:
        """As members.queues_of, from what get_queryset fetched: one question for the list, not one a row."""
        keys = [key for key in officer.keys.all() if key.retired is None]
        held = {grant.queue_key.role for key in keys for grant in key.held.all()}
        return ", ".join(str(Queue(role).label) for role in sorted(held.intersection(Queue.values))) or "–"

    def get_urls(self) -> list[URLPattern]:
        def page(name: str, view: Any) -> URLPattern:
            route: URLPattern = path(
                f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"officer_{name}"
            )
            return route

        return [page("invite", self.invite), page("phone", self.take_phone), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        if not change:
            obj.is_staff = True
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def facts_of(self, obj: User) -> dict[str, Any]:
        return {
            "state": "open" if obj.is_active else "closed",
            "kind": "administrator" if obj.is_superuser else "officer",
        }

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._link(request, obj)

    def invite(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A new link for somebody who forgot the password or let the first link pass."""
        return self._link(request, self._chosen(request, pk)) if request.method == "POST" else _post_only()

    def take_phone(self, request: HttpRequest, pk: int) -> HttpResponse:
        """For a lost phone and lost recovery codes: the next login sets up a new one."""
        if request.method != "POST":
            return _post_only()
        officer = self._chosen(request, pk)
        with transaction.atomic():
            second_factor.take_away(officer)
            audit.record(actor=officer_of(request), verb="take_phone", subject=officer)
        name = officer.get_username()
        messages.success(request, _("At the next login %(name)s links a new phone.") % {"name": name})
        return HttpResponseRedirect(reverse("admin:auth_user_change", args=[pk]))

    @sensitive_variables()
    def _link(self, request: HttpRequest, officer: User) -> HttpResponse:
        token = invitations.invite(user=officer, by=officer_of(request))
        lost = sorted(members.queues_of(officer))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Invitation"),
            "opts": self.opts,
            "officer": officer,
            "link": settings.STAFF_URL + reverse("admin:invitation", args=[token]),
            "hours": int(invitations.LASTS.total_seconds() // 3600),
            "loses": [str(Queue(queue).label) for queue in lost],
        }
        return TemplateResponse(request, "triage/invited.html", context)

    def _chosen(self, request: HttpRequest, pk: int) -> User:
        officer = User.objects.filter(pk=pk).first()
        if not self.has_change_permission(request, officer):
            raise PermissionDenied
        if officer is None:
            raise Http404
        return officer


def _post_only() -> HttpResponse:
    return HttpResponseNotAllowed(["POST"])
