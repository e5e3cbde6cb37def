"""The pages of the public site. Each view is readable from top to bottom."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from portal import form_key
from portal.forms import ReportForm
from reports import intake
from reports.vault import receipt_code

_KEY_PLACE = "form-key-goes-here"


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What this is, what it is not, and the way to the form."""
    return render(request, "portal/start.html")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def report(request: HttpRequest) -> HttpResponse:
    """The form; its POST answers with the receipt code, shown this once."""
    if request.method != "POST":
        page = _blank_form(get_language() or settings.LANGUAGE_CODE)
        return HttpResponse(page.replace(_KEY_PLACE, form_key.new()))
    form = ReportForm(request.POST)
    try:
        key = form_key.read(request.POST.get("form_key", ""))
    except form_key.BadSignature:  # also SignatureExpired
        return _form_again(request, form, too_old=True)
    if not form.is_valid():
        return _form_again(request, form)
    receipt = intake.receive(
        form_key=key,
        facts=form.facts,
        account=form.account_text,
        language=get_language() or settings.LANGUAGE_CODE,
        contact=form.contact,
    )
    return render(
        request,
        "portal/receipt.html",
        {
            "code": receipt_code.show(receipt.code),
            "repeated": receipt.repeated,
            "in_danger": form.cleaned_data["in_danger_now"] != "no",
        },
    )


@require_GET
def leave(request: HttpRequest) -> HttpResponse:
    """Away from here, to a neutral site; the browser is told to drop what it kept of us."""
    response = HttpResponseRedirect(settings.LEAVE_URL)
    response.status_code = 303
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@cache
def _blank_form(language: str) -> str:
    """The blank form page, rendered once per language and process; only the form key differs."""
    form = ReportForm(initial={"form_key": _KEY_PLACE})
    return render_to_string("portal/report.html", {"form": form, "LANGUAGE_CODE": language})


def _form_again(request: HttpRequest, form: ReportForm, *, too_old: bool = False) -> HttpResponse:
    """The form as it was filled in, with what to mend; after an old key, with a fresh one."""
    if too_old:
        form.data = form.data.copy()
        form.data["form_key"] = form_key.new()
        form.add_error(
            None, _("This page was open for a long time. Nothing is lost: check your answers and send the form again.")
        )
    return render(request, "portal/report.html", {"form": form}, status=422)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent something that is not this form."""
    return render(request, "portal/refused.html", {"heading": _("We could not read this")}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the form was sent from another website."""
    return render(
        request, "portal/refused.html", {"heading": _("This was sent from another website")}, status=403
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return render(request, "portal/refused.html", {"heading": _("This page does not exist")}, status=404)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more than the site takes in one go."""
    return render(request, "portal/refused.html", {"heading": _("This is too large to send")}, status=413)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: says so in the reader's language; what they typed can be sent again."""
    return render(request, "portal/refused.html", {"heading": _("Something went wrong on our side")}, status=500)
