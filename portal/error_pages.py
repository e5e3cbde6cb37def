"""The error pages: what came was not our form, was too large or from another site, or something failed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent something that is not this form."""
    return render(request, "portal/errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the form was sent from another website."""
    return render(request, "portal/errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return render(request, "portal/errors/404.html", status=404)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: the request is larger than the site accepts."""
    return render(request, "portal/errors/413.html", status=413)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: says so in the reader's language; what they typed can be sent again."""
    return render(request, "portal/errors/500.html", status=500)
