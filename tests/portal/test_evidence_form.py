"""Files in the report form: a fault of a file never costs the words, and the reporter hears of every file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from reports.evidence import blobs
from reports.models import Item, ItemKind, Report
from reports.vault.keyring import Keyring
from tests.evidence_files import content_of, manifest_of
from tests.portal.conftest import ANSWERS, LANGUAGES, Send, code_in, key_in
from tests.responses import Response

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Any) -> Callable[[], set[str]]:
    """The names of the blobs of this test."""
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return lambda: {path.name for path in blobs._folder().glob("*")}


def a_file(name: str = "foto.jpg", content: bytes = b"woorden", claimed: str = "image/jpeg") -> Any:
    return SimpleUploadedFile(name, content, claimed)


def files() -> list[Item]:
    return list(Item.objects.filter(kind=ItemKind.FILE))


def names() -> list[str]:
    return sorted(manifest_of(item, Keyring.of_worker()).name for item in files())


def failed_in(page: Response) -> list[str]:
    return re.findall(r'<li><bdi translate="no">(.*?)</bdi>', page.content.decode())


def receipt_in(page: Response) -> str:
    found = re.search(r'name="receipt" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_asks_for_files_last_and_says_what_they_tell(public: Client, language: str) -> None:
    page = public.get(f"/{language}/report/").content.decode()

    assert 'enctype="multipart/form-data"' in page
    form = page[page.index("<form id=") :]
    fields = re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', form[: form.index("</form>")])
    assert fields[-1] == "files"
    assert "GPS" not in page
    assert "50" in page and "100" in page
    languages = re.findall(r"<button[^>]*other_language[^>]*>", page)
    assert languages
    assert all('formenctype="application/x-www-form-urlencoded"' in button for button in languages)


def test_files_go_with_the_report_each_on_its_own(send: Send, folder: Callable[[], set[str]]) -> None:
    content = os.urandom(300_000)
    page = send(files=[a_file(content=content), a_file("brief.pdf", b"%PDF-", "application/pdf")])

    assert code_in(page)
    assert "2 bestanden" in page.content.decode()
    assert names() == ["brief.pdf", "foto.jpg"]
    assert folder() == {str(item.pk) for item in files()}
    assert content in [content_of(item, Keyring.of_worker()) for item in files()]
    assert not any(manifest_of(item, Keyring.of_worker()).keep_original for item in files())


def test_the_wish_to_keep_originals_is_kept(send: Send) -> None:
    send(files=[a_file()], keep_originals="1")

    assert [manifest_of(item, Keyring.of_worker()).keep_original for item in files()] == [True]


def test_without_files_the_receipt_says_nothing_of_files(send: Send) -> None:
    assert "bestand" not in send().content.decode()


def test_words_are_kept_and_the_failed_files_named(
    send: Send, settings: Settings, folder: Callable[[], set[str]]
) -> None:
    settings.EVIDENCE_FILE_MAX_SIZE = 1000
    page = send(files=[a_file("film.mp4", bytes(1001)), a_file("goed.jpg"), a_file("leeg.txt", b"")])

    assert code_in(page)
    assert Report.objects.count() == 1
    assert failed_in(page) == ["film.mp4", "leeg.txt"]
    assert names() == ["goed.jpg"]
    assert len(folder()) == 1
    assert 'action="/nl/receipt/files/"' in page.content.decode()


def test_of_eleven_files_ten_are_stored_and_the_eleventh_is_named(send: Send) -> None:
    page = send(files=[a_file(f"{n:02}.jpg", b"%d" % n) for n in range(11)])

    assert len(files()) == 10
    assert failed_in(page) == ["10.jpg"]


def test_more_than_the_files_may_weigh_together_still_keeps_the_words(send: Send, settings: Settings) -> None:
    settings.EVIDENCE_FILES_MAX_SIZE = 300_000
    page = send(files=[a_file("een.bin", bytes(200_000)), a_file("twee.bin", b"x" * 200_000)])

    assert code_in(page)
    assert failed_in(page) == ["twee.bin"]


def test_when_nothing_can_be_stored_the_words_are(send: Send, settings: Settings) -> None:
    settings.EVIDENCE_DIR = settings.BASE_DIR / "manage.py"  # no folder
    page = send(files=[a_file()])

    assert code_in(page)
    assert failed_in(page) == ["foto.jpg"]


def test_failed_files_can_be_sent_again_from_the_receipt_which_shows_the_code_again(
    public: Client, send: Send, settings: Settings
) -> None:
    settings.EVIDENCE_FILE_MAX_SIZE = 1000
    first = send(files=[a_file("film.mp4", bytes(1001))])
    again = public.post(
        "/nl/receipt/files/", {"receipt": receipt_in(first), "files": [a_file("foto.png", b"kleiner")]}
    )

    assert code_in(again) == code_in(first)
    assert names() == ["foto.png"]
    assert failed_in(again) == []
    [item] = files()
    assert item.report == Report.objects.get()


def test_files_for_a_report_that_is_gone_are_refused_and_the_page_says_so(
    public: Client, send: Send, folder: Callable[[], set[str]]
) -> None:
    page = send(files=[a_file("leeg", b"")])
    Report.objects.update(status="withdrawn")
    again = public.post("/nl/receipt/files/", {"receipt": receipt_in(page), "files": [a_file()]})

    assert code_in(again)
    assert "deze melding is er niet meer" in again.content.decode()
    assert files() == []
    assert folder() == set()


def test_nobody_adds_files_without_a_receipt(public: Client, folder: Callable[[], set[str]]) -> None:
    answer = public.post("/nl/receipt/files/", {"receipt": "made:up", "files": [a_file()]})

    assert answer.status_code == 302
    assert folder() == set()


def test_a_refused_form_leaves_no_file_and_asks_to_choose_again(
    send: Send, folder: Callable[[], set[str]]
) -> None:
    page = send(account="", files=[a_file()], keep_originals="1")

    assert page.status_code == 422
    assert folder() == set()
    assert "Kies ze opnieuw" in page.content.decode()
    assert re.search(r'name="keep_originals"[^>]* checked', page.content.decode())


def test_without_files_nobody_is_told_to_choose_them_again(send: Send) -> None:
    assert "Kies ze opnieuw" not in send(account="").content.decode()


def test_in_another_language_the_names_came_along_and_the_page_asks_to_choose_again(
    public: Client, form_key: str
) -> None:
    answers = {**ANSWERS, "form_key": form_key, "other_language": "1", "files": "foto.jpg"}
    page = public.post("/en/report/", answers)

    assert "Choose them again" in page.content.decode()


def test_the_same_form_again_stores_no_file_twice_and_says_so(
    public: Client, send: Send, folder: Callable[[], set[str]]
) -> None:
    first = send(files=[a_file()])
    second = send(files=[a_file(), a_file("nieuw.jpg", b"ander")])

    assert code_in(second) == code_in(first)
    assert names() == ["foto.jpg"]
    assert len(folder()) == 1
    assert "De bestanden van de tweede keer zijn niet bewaard" in second.content.decode()
    public.post(
        "/nl/receipt/files/", {"receipt": receipt_in(second), "files": [a_file("nieuw.jpg", b"ander")]}
    )
    assert names() == ["foto.jpg", "nieuw.jpg"]


def test_an_expired_form_leaves_no_file(send: Send, folder: Callable[[], set[str]]) -> None:
    page = send(form_key="old:old:old", files=[a_file()])

    assert page.status_code == 422
    assert key_in(page)
    assert folder() == set()


def test_names_are_shown_harmless(send: Send, settings: Settings) -> None:
    settings.EVIDENCE_FILE_MAX_SIZE = 10
    page = send(files=[a_file('<script>alert("1")\u202egpj.exe', bytes(11))])

    assert "<script" not in page.content.decode()
    assert len(failed_in(page)) == 1
    assert "\u202e" not in page.content.decode()


def test_a_body_that_ends_in_the_middle_of_a_file_stores_nothing(
    public: Client, form_key: str, folder: Callable[[], set[str]]
) -> None:
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in
             {**ANSWERS, "form_key": form_key}.items()]  # fmt: skip
    parts.append(
        '--b\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n' + "x" * 200_000
    )
    answer = public.generic("POST", "/nl/report/", "".join(parts), "multipart/form-data; boundary=b")

    assert answer.status_code == 400
    assert Report.objects.count() == 0
    assert folder() == set()
