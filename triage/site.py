"""The staff site: the Django admin, unlocked by logging in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from reports.choices import Queue
from reports.models import Item, ItemKind
from reports.vault import members
from triage import unlock
from triage.desks import desk_of


class StaffSite(AdminSite):
    site_title = _("Baken staff")
    site_header = _("Baken staff")
    index_title = _("Queues")
    index_template = "triage/index.html"
    enable_nav_sidebar = False
    final_catch_all_view = False

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The officer's queues with what waits in each, and the one health number."""
        desks = [desk_of(queue) for queue in Queue if queue in members.queues_of(request.user)]
        context = {
            "desks": desks,
            "locked": unlock.member_of(request) is None,
            "waiting": Item.objects.filter(kind=ItemKind.REPORT).untriaged().count(),
        }
        return super().index(request, {**context, **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().login(request, extra_context)
        pair = getattr(request.user, "member_pair", None)
        if pair is not None:
            unlock.keep(request, response, pair)
        return response

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().logout(request, extra_context)
        unlock.lock(response)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **super().each_context(request),
            "trial": settings.TRIAL,
            "languages": settings.LANGUAGES,
            "here": request.get_full_path(),
        }
