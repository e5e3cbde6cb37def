"""Pages that an officer reaches first: the invitation, and setting up the second factor."""

from __future__ import annotations

from typing import Any

import django_otp
import segno
from django.contrib.admin import AdminSite
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from triage.officers import idle_logout, invitations, second_factor, unlock
from triage.officers.access import officer_of
from triage.officers.forms import InvitationForm, PhoneCodeForm

_BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters()
@sensitive_variables()
def invitation(request: HttpRequest, token: str, site: AdminSite) -> HttpResponse:
    """The invited officer sets a password, which makes their key; then the second factor is set up."""
    if request.user.is_authenticated:
        logout(request)  # the link is for one person, perhaps on a colleague's screen
    try:
        user = invitations.invited(token)
        form = InvitationForm(user, request.POST or None)
        if form.is_valid():
            password = form.cleaned_data["new_password1"]
            user, pair = invitations.accept(token=token, password=password)
            login(request, user, backend=_BACKEND)
            idle_logout.begin(request.session)
            response = HttpResponseRedirect(reverse("admin:second_factor"))
            unlock.keep(request, response, pair)
            return response
    except invitations.Spent:
        return _page(site, request, "triage/invitation.html", _("Invitation"), status=410, spent=True)
    context = {"form": form, "invited": user.get_username()}
    return _page(
        site, request, "triage/invitation.html", _("Invitation"), 422 if form.errors else 200, **context
    )


@sensitive_post_parameters()
@sensitive_variables()
def second_factor_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Sets up a phone, replaces it, or makes new recovery codes; the only page without a second factor."""
    user = request.user
    verified = getattr(user, "is_verified", bool)()
    if not (user.is_authenticated and user.is_staff) or (second_factor.has_one(user) and not verified):
        return HttpResponseRedirect(reverse("admin:login"))
    if request.method == "POST" and verified and "new_codes" in request.POST:
        return _show_codes(site, request)
    if verified and "another" not in request.GET:
        left = second_factor.recovery_codes_left(user)
        return _second_factor(site, request, codes_left=left)
    form = PhoneCodeForm(request.POST or None)
    if form.is_valid():
        device = second_factor.confirm(request, form.cleaned_data["code"])
        if device is not None:
            request.session.cycle_key()
            django_otp.login(request, device)
            return _show_codes(site, request)
        form.add_error("code", _("This code is not right. Wait for the next one and type that."))
    device = second_factor.begin(request)
    secret = device.config_url.partition("secret=")[2].partition("&")[0]
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    status = 422 if form.errors else 200
    return _second_factor(site, request, status, form=form, code=_drawn(device.config_url), secret=grouped)


def _show_codes(site: AdminSite, request: HttpRequest) -> HttpResponse:
    return _second_factor(site, request, codes=second_factor.new_recovery_codes(officer_of(request)))


def _second_factor(site: AdminSite, request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    return _page(site, request, "triage/second_factor.html", _("Second factor"), status, **context)


def _page(
    site: AdminSite, request: HttpRequest, template: str, title: str, status: int = 200, **context: Any
) -> HttpResponse:
    shown = {**site.each_context(request), "title": title, **context}
    return TemplateResponse(request, template, shown, status=status)


def _drawn(text: str) -> SafeString:
    """A QR code as inline SVG: attributes only, so the content policy needs no exception for styles."""
    drawn = segno.make(text, error="m").svg_inline(
        scale=4, border=4, light="#fff", svgclass=None, lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308 (drawn by segno; the text is only in the picture)
