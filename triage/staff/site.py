"""The staff site: the Django admin, unlocked by logging in."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from reports.choices import Queue
from reports.models import Item, ItemKind
from reports.vault import members, queue_state
from triage.officers import idle_logout, pages, second_factor, unlock
from triage.officers.access import officer_of
from triage.officers.forms import LoginForm, OwnPasswordForm
from triage.staff import keys_pages, rules_pages
from triage.staff.start_page import overview_of


class StaffSite(AdminSite):
    site_title = _("Baken staff")
    site_header = _("Baken staff")
    index_title = _("Queues")
    site_url = None
    index_template = "triage/index.html"
    login_form = LoginForm
    login_template = "triage/login.html"
    enable_nav_sidebar = False
    final_catch_all_view = False

    def get_urls(self) -> list[URLPattern | URLResolver]:
        invitation = never_cache(partial(pages.invitation, site=self))
        factor = never_cache(partial(pages.second_factor_page, site=self))
        own: list[URLPattern | URLResolver] = [
            path("invitation/<str:token>/", invitation, name="invitation"),
            path("second-factor/", factor, name="second_factor"),
        ]
        return [*own, *keys_pages.urls(self), *rules_pages.urls(self), *super().get_urls()]

    def has_permission(self, request: HttpRequest) -> bool:
        """A password alone opens nothing but the page where the second factor is set up."""
        return super().has_permission(request) and second_factor.passed(officer_of(request))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The officer's queues with what waits in each, the one health number, and queues nobody holds."""
        own = members.queues_of(officer_of(request))
        context = {
            "queues": [overview_of(queue) for queue in Queue if queue in own],
            "locked": unlock.member_of(request) is None,
            "waiting": Item.objects.filter(kind=ItemKind.REPORT).waiting().count(),
            "unheld": queue_state.unheld(),
            "own_digits": "",
            "lost_a_key": not own and members.lost_a_key(officer_of(request)),
        }
        if not own and (key := members.key_of(officer_of(request))):
            context["own_digits"] = members.digits(key.kid)
        return super().index(request, {**context, **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        user = request.user
        half_way = user.is_authenticated and user.is_staff and not second_factor.has_one(user)
        if request.method == "GET" and half_way and not self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:second_factor"))
        response = super().login(request, extra_context)
        pair = getattr(request.user, "member_pair", None)
        if pair is not None:
            idle_logout.begin(request.session)
            unlock.keep(request, response, pair)
        return response

    @method_decorator(sensitive_post_parameters())
    def password_change(  # type: ignore[override] # after a change it redirects, as Django's own does
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Django's page, with a form that keeps the member key."""
        request.current_app = self.name
        view = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            template_name="triage/password_change.html",
            success_url=reverse("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return view(request)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
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
