"""Whatever arrives, the answer is a clear page or a plain 4xx, and nothing is stored half."""

from __future__ import annotations

import tempfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reports.models import Item, Report
from tests.portal.conftest import ANSWERS, LANGUAGES, code_in, key_in

pytestmark = pytest.mark.django_db

URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def _nothing_half_stored() -> Any:
    yield
    assert Item.objects.count() == Report.objects.count()


class Endless:
    """A body that never runs dry; counts what was read of it."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "somebody wants the whole body at once"
        self.read_bytes += size
        return b"x" * size

    readline = read


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_body_of_200_mb_is_drained_and_refused_in_the_readers_language(
    public: Client, language: str
) -> None:
    body = Endless()
    size = 200 * 1024 * 1024
    environ: dict[str, Any] = {"CONTENT_LENGTH": str(size), "wsgi.input": body}

    page = public.post(f"/{language}/report/", content_type=URLENCODED, **environ)

    assert page.status_code == 413
    assert f'<html lang="{language}"' in page.content.decode()
    assert body.read_bytes == size


def test_ten_thousand_fields_are_refused(public: Client) -> None:
    body = "&".join(f"field{number}=1" for number in range(10_000))

    page = public.post("/be/report/", body, content_type=URLENCODED)

    assert page.status_code == 400
    assert "Мы не змаглі гэта прачытаць" in page.content.decode()


@pytest.mark.parametrize(
    "body", [b"account=%ff%fe&in_danger_now=no", b"account=\xff\xfe", b"%", b"&&&===&;;"]
)
def test_bytes_that_are_not_utf_8_never_end_in_an_error_of_ours(
    public: Client, form_key: str, body: bytes
) -> None:
    page = public.post(
        "/nl/report/",
        body + f"&feels_threatened=no&form_key={form_key}".encode(),
        content_type=URLENCODED,
    )

    assert page.status_code in {400, 422}
    assert not Report.objects.exists()


def test_another_character_set_is_refused(public: Client) -> None:
    page = public.post("/nl/report/", b"a=b", content_type=f"{URLENCODED}; charset=utf-16")

    assert page.status_code in {400, 422}


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", "text/plain", "application/json", "x"],
)
def test_a_body_of_another_kind_is_refused(public: Client, content_type: str) -> None:
    page = public.generic("POST", "/nl/report/", b"\x00--\r\n", content_type=content_type)

    assert page.status_code in {400, 422}


def test_a_body_of_text_fields_never_reaches_a_temporary_file(
    public: Client, form_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file was made")

    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    many = {**ANSWERS, "form_key": form_key, "account": "ж" * 20_000}

    assert code_in(public.post("/nl/report/", many))


def test_a_file_nobody_asked_for_is_dropped_and_the_words_are_kept(public: Client, form_key: str) -> None:
    file = SimpleUploadedFile("photo.jpg", b"x" * 500_000)

    assert code_in(public.post("/nl/report/", {**ANSWERS, "form_key": form_key, "photo": file}))


@pytest.mark.parametrize("headers", [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://testserver.evil.example"},
])  # fmt: skip
def test_a_post_from_another_site_is_refused(public: Client, form_key: str, headers: dict[str, str]) -> None:
    page = public.post("/ru/report/", {**ANSWERS, "form_key": form_key}, headers=headers)

    assert page.status_code == 403
    assert "Это отправлено с другого сайта" in page.content.decode()
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://testserver"}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}],
)
def test_a_post_from_our_own_page_is_taken(public: Client, form_key: str, headers: dict[str, str]) -> None:
    assert code_in(public.post("/nl/report/", {**ANSWERS, "form_key": form_key}, headers=headers))


@pytest.mark.parametrize(
    "path", ["/xx/report/", "/nl/none/", "/nl", "/report/", "/nl/%00/", "/%ff%fe/", "/admin/"]
)
def test_an_address_that_does_not_exist_says_so(public: Client, path: str) -> None:
    page = public.get(path, headers={"accept-language": "ru"}, follow=True)

    assert page.status_code in {200, 404}
    if page.status_code == 404:
        assert "<h1>" in page.content.decode()


def test_a_foreign_host_name_is_refused(public: Client) -> None:
    assert public.get("/nl/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "trace"])
def test_other_methods_are_refused(public: Client, method: str) -> None:
    assert getattr(public, method)("/nl/report/").status_code == 405


def test_when_we_cannot_store_the_words_come_back_and_no_log_has_them(
    public: Client, monkeypatch: pytest.MonkeyPatch, form_key: str, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(**_: object) -> None:
        raise OSError("no database")

    monkeypatch.setattr("reports.intake.receive", break_down)
    page = public.post("/be/report/", {**ANSWERS, "form_key": form_key})
    monkeypatch.undo()

    assert page.status_code == 503
    assert "Нешта пайшло не так з нашага боку" in page.content.decode()
    assert ANSWERS["account"] in page.content.decode()
    assert "a report could not be stored" in caplog.text
    assert ANSWERS["account"] not in caplog.text
    assert code_in(public.post("/be/report/", {**ANSWERS, "form_key": key_in(page)}))


def test_an_error_of_ours_is_told_in_the_readers_language(
    public: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down() -> None:
        raise OSError("no settings")

    monkeypatch.setattr("portal.pages.reading_times", break_down)
    public.raise_request_exception = False
    page = public.get("/be/")

    assert page.status_code == 500
    assert "Нешта пайшло не так з нашага боку" in page.content.decode()
