"""Middleware of the public site: language, onion address, refusals of bad posts."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, UnreadablePostError
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from portal import attachments, error_pages

GetResponse = Callable[[HttpRequest], HttpResponse]


def speak_the_readers_language(get_response: GetResponse) -> GetResponse:
    """The language is the first part of the path and is stored nowhere, no cookie is read.

    Only where the path names none (`/`, an error page) the browser's own list of languages decides.
    Django's LocaleMiddleware would look for a cookie.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        in_path = translation.get_language_from_path(request.path_info)
        language = in_path or _best_language(request)
        translation.activate(language)
        if request.path_info == "/":
            response: HttpResponse = HttpResponseRedirect(f"/{language}/")
        else:
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        if not in_path:
            patch_vary_headers(response, ["Accept-Language"])
        return response

    return middleware


def _best_language(request: HttpRequest) -> str:
    """The first of the browser's languages that we speak, else Dutch; `be-tarask` and `ru-BY` count."""
    spoken = dict(settings.LANGUAGES)
    for wish, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        language = wish.partition("-")[0]
        if language in spoken:
            return language
    return settings.LANGUAGE_CODE


def announce_onion(get_response: GetResponse) -> GetResponse:
    """Tells Tor Browser where the same page is without leaving the Tor network."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if settings.ONION_URL and request.method == "GET" and request.is_secure():
            response.headers["Onion-Location"] = settings.ONION_URL.rstrip("/") + request.path
        return response

    return middleware


def refuse_too_large(get_response: GetResponse) -> GetResponse:
    """Refuses a body over the limit with a page in the reader's language, after reading it to its end.

    A form with files is read to its end anyway, so that its words are kept whatever is wrong with the files.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        size = request.META.get("CONTENT_LENGTH") or "0"
        with_files = request.content_type == "multipart/form-data"
        limit = settings.EVIDENCE_REQUEST_MAX_SIZE if with_files else settings.REQUEST_MAX_SIZE
        if size.isdecimal() and int(size) > limit:
            try:
                attachments.drain(request)
            except UnreadablePostError:
                return error_pages.bad_request(request)
            return error_pages.too_large(request)
        return get_response(request)

    return middleware


def refuse_foreign_posts(get_response: GetResponse) -> GetResponse:
    """Refuses posts that another site makes a visitor's browser send (docs/decisions.md 2).

    There is no session to misuse, but a page of another site could file reports in somebody's name.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD", "OPTIONS"} and _is_foreign(request):
            return error_pages.forbidden(request)
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
