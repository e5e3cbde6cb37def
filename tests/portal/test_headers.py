"""What every answer of the public site tells the browser, and what it never does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.portal.conftest import PAGES, Send

pytestmark = pytest.mark.django_db

EVERY_PATH = ["/", *(f"/nl/{page}" for page in PAGES), "/nl/leave/", "/nl/none/", "/xx/", "/nl/receipt/"]


def directives(page: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in page.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _space, value in parts}


@pytest.mark.parametrize("path", EVERY_PATH)
def test_no_answer_sets_a_cookie_may_be_kept_or_depends_on_one(public: Client, path: str) -> None:
    page = public.get(path)

    assert not page.cookies
    assert page.headers["Cache-Control"] == "no-store"
    assert "cookie" not in page.headers.get("Vary", "").lower()


@pytest.mark.parametrize("path", EVERY_PATH)
def test_every_answer_carries_the_whole_set(public: Client, path: str) -> None:
    headers = public.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "geolocation=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", EVERY_PATH)
def test_the_content_security_policy_allows_our_style_and_our_forms_and_nothing_else(
    public: Client, path: str
) -> None:
    assert directives(public.get(path)) == {
        "default-src": "'none'",
        "script-src": "'none'",
        "connect-src": "'none'",
        "object-src": "'none'",
        "font-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


def test_the_answers_to_posts_carry_them_too(send: Send) -> None:
    for page in (send(), send(in_danger_now=None)):
        assert page.headers["Cache-Control"] == "no-store"
        assert not page.cookies
        assert directives(page)["script-src"] == "'none'"


def test_leaving_goes_elsewhere_and_tells_the_browser_to_forget(public: Client, settings: Any) -> None:
    page = public.get("/ru/leave/")

    assert page.status_code == 303
    assert page.headers["Location"] == settings.LEAVE_URL
    assert page.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'


def test_the_onion_address_of_the_same_page_is_announced_over_https(public: Client, settings: Any) -> None:
    assert "Onion-Location" not in public.get("/be/report/", secure=True).headers

    settings.ONION_URL = "http://baken.onion/"
    page = public.get("/be/report/", secure=True)

    assert page.headers["Onion-Location"] == "http://baken.onion/be/report/"
    assert "Onion-Location" not in public.get("/be/report/").headers


@pytest.mark.parametrize(
    ("host", "secure", "warned"),
    [
        ("baken.example", False, True),
        ("baken.example", True, False),
        ("abc.onion", False, False),
        ("127.0.0.1:8000", False, False),
        ("localhost", False, False),
        ("192.168.1.5", False, True),
        ("onion.example", False, True),
    ],
)
def test_the_page_warns_when_others_can_read_along(
    public: Client, settings: Any, host: str, secure: bool, warned: bool
) -> None:
    settings.ALLOWED_HOSTS = [host.partition(":")[0]]
    for path in ("/nl/", "/nl/report/"):
        page = public.get(path, headers={"host": host}, secure=secure)

        assert ("Deze verbinding is niet beveiligd." in page.content.decode()) is warned


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("", "nl"), ("ru", "ru"), ("be-tarask,ru;q=0.5", "be"), ("de,en-GB;q=0.8,nl;q=0.9", "nl"),
        ("de", "nl"), ("*", "nl"), ("%%%;;q=x", "nl"), ("x" * 2000, "nl"),
    ],
)  # fmt: skip
def test_the_first_visit_finds_the_best_language_and_stores_nothing(
    public: Client, wish: str, language: str
) -> None:
    page = public.get("/", headers={"accept-language": wish})

    assert (page.status_code, page.headers["Location"]) == (302, f"/{language}/")
    assert page.headers["Vary"] == "Accept-Language"
    assert not page.cookies


def test_a_language_cookie_changes_nothing(public: Client) -> None:
    public.cookies["django_language"] = "ru"

    assert public.get("/").headers["Location"] == "/nl/"
    assert public.get("/be/").headers["Content-Language"] == "be"
