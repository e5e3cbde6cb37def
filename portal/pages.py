"""The pages to read, and the exit link."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from portal import advice, mailbox_session


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The start page: what the portal is, what it is not, and a link to the form."""
    return render(request, "portal/start.html", reading_times())


@require_safe
def safety_advice(request: HttpRequest) -> HttpResponse:
    """All safety advice, per kind of incident."""
    return render(request, "portal/pages/advice.html", {"advice": advice.ALL})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The page that says what we promise and what not, what is kept, how long, and for which readers."""
    return render(
        request, "portal/pages/privacy.html", {"controller": settings.CONTROLLER, **reading_times()}
    )


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """The real channels, with the day on which somebody checked them."""
    checked = settings.CONTACTS_CHECKED_ON
    return render(
        request,
        "portal/pages/contact.html",
        {"checked_on": date.fromisoformat(checked) if checked else None},
    )


@require_safe
def addresses(request: HttpRequest) -> HttpResponse:
    """The page with our only addresses, and how to recognise a copy of the site."""
    return render(
        request,
        "portal/pages/addresses.html",
        {"public_url": settings.PUBLIC_URL, "onion_url": settings.ONION_URL},
    )


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """A page of text only."""
    return render(request, f"portal/pages/{name}.html", reading_times())


@require_GET
def leave(request: HttpRequest) -> HttpResponse:
    """Redirects to a neutral site; the browser is told to delete what it kept of this one."""
    response = HttpResponseRedirect(settings.LEAVE_URL)
    response.status_code = 303
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    if mailbox_session.cookie_name() in request.COOKIES:  # that header counts over https only
        mailbox_session.end(response)
    return response


def reading_times() -> dict[str, Any]:
    """For the texts, when officers read: hours of the day and the portal's own terms in working days."""
    opens, closes = settings.SERVICE_HOURS
    return {"opens": time(opens), "closes": time(closes), "terms": settings.DUE_WORKING_DAYS}
