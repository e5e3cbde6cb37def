"""What every request to the public site passes: nothing is stored, nothing foreign or oversized gets in."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal import views

GetResponse = Callable[[HttpRequest], HttpResponse]

DRAIN_LIMIT = 256 * 1024 * 1024  # bytes read and thrown away so that the answer reaches the sender
DRAIN_STEP = 64 * 1024


def never_store(get_response: GetResponse) -> GetResponse:
    """No page is kept by a browser or a proxy: it may show a code or somebody's words."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response

    return middleware


def refuse_too_large(get_response: GetResponse) -> GetResponse:
    """Refuses a body over the limit with a page in the reader's language.

    The body is read to its end first: a browser that is still sending shows
    "connection reset" instead of our answer.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        size = request.META.get("CONTENT_LENGTH") or "0"
        if size.isdecimal() and int(size) > settings.REQUEST_MAX_SIZE:
            left = min(int(size), DRAIN_LIMIT)
            while left > 0 and (part := request.read(min(left, DRAIN_STEP))):
                left -= len(part)
            return views.too_large(request)
        return get_response(request)

    return middleware


def refuse_foreign_posts(get_response: GetResponse) -> GetResponse:
    """Refuses posts that another site makes a visitor's browser send (DECISIONS 2).

    There is no session to ride on, but a foreign page could file reports in somebody's name.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD", "OPTIONS"} and _is_foreign(request):
            return views.forbidden(request)
        return get_response(request)

    return middleware


def _is_foreign(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    return urlsplit(origin).netloc != request.get_host()
