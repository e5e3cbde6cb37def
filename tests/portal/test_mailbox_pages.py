"""The mailbox as a reporter meets it: a code, plain pages, words taken once."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
import time_machine

from reports import mailbox
from reports.models import Item, ItemKind, Report
from reports.sealing import receipt_code
from tests.conftest import SiteClient
from tests.factories import form_key, make_receipt
from tests.portal.mailbox_visits import COOKIE, START, WORDS, add, enter, hidden, put_answer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["nl", "en", "be", "ru"])
def test_every_page_is_there_in_every_language_without_script(
    public: SiteClient, code: str, language: str
) -> None:
    asked = public.get(f"/{language}/mailbox/")
    public.post(f"/{language}/mailbox/", {"code": code})
    pages = [
        asked,
        *(public.get(f"/{language}/mailbox/{page}") for page in ("", "add/", "withdraw/", "out/")),
    ]

    for page in pages:
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.content.decode()
        assert "<script" not in page.content.decode()
        assert page.headers["Cache-Control"] == "no-store"


def test_the_code_opens_the_mailbox_as_it_was_written_down(public: SiteClient, code: str) -> None:
    response = enter(public, code)

    assert (response.status_code, response.url) == (302, "/en/mailbox/")
    assert "Nobody has opened it yet" in public.get("/en/mailbox/").content.decode()
    assert code not in response.url


def test_the_report_itself_is_not_to_be_read(public: SiteClient) -> None:
    code = make_receipt(account="MARKER-account", contact={"phone": "MARKER-phone"}).code
    enter(public, code)

    for page in ("", "add/", "withdraw/"):
        assert "MARKER" not in public.get(f"/en/mailbox/{page}").content.decode()


def test_a_mistyped_code_is_told_from_an_unknown_one(public: SiteClient, code: str) -> None:
    mistyped = enter(public, code[:-1] + str((int(code[-1]) + 1) % 10))
    unknown = enter(public, receipt_code.from_form_key(form_key(99), b"x" * 32))

    assert mistyped.status_code == unknown.status_code == 422
    assert "typing mistake" in mistyped.content.decode()
    assert "no mailbox has this code" in unknown.content.decode()
    assert COOKIE not in public.cookies


def test_too_many_at_once_are_asked_to_come_back(
    public: SiteClient, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "LONGEST_WAIT", 0.01)
    for _ in range(mailbox.DERIVING_AT_ONCE):
        mailbox._deriving.acquire()
    try:
        response = enter(public, code)
    finally:
        for _ in range(mailbox.DERIVING_AT_ONCE):
            mailbox._deriving.release()

    assert response.status_code == 503
    assert "Wait a minute" in response.content.decode()


def test_words_are_taken_once_however_often_the_form_is_sent(opened: SiteClient) -> None:
    page = opened.get("/en/mailbox/add/")
    form = {"token": hidden(page, "token"), "form_key": hidden(page, "form_key"), "words": WORDS}

    first, second = (opened.post("/en/mailbox/add/", form) for _ in range(2))

    assert "We have received your words" in first.content.decode()
    assert "We had received this already" in second.content.decode()
    assert WORDS not in first.content.decode() + second.content.decode()
    assert Item.objects.filter(kind=ItemKind.ADDITION).count() == 1


def test_an_empty_or_too_long_text_comes_back_to_be_mended(opened: SiteClient, settings: Any) -> None:
    empty = add(opened, "")
    long = add(opened, "x" * (settings.ACCOUNT_MAX_LENGTH + 1))

    assert empty.status_code == long.status_code == 422
    assert "One sentence is enough" in empty.content.decode()
    assert "too long" in long.content.decode()
    assert not Item.objects.filter(kind=ItemKind.ADDITION).exists()


def test_the_language_can_be_changed_while_writing(opened: SiteClient) -> None:
    page = opened.get("/en/mailbox/add/")
    fields = {name: hidden(page, name) for name in ("token", "form_key")}

    response = opened.post("/be/mailbox/add/", {**fields, "words": WORDS, "other_language": "1"})

    assert response.status_code == 200
    assert '<html lang="be"' in response.content.decode()
    assert WORDS in response.content.decode()
    assert hidden(response, "form_key") == fields["form_key"]


def test_answers_are_shown_as_text_and_can_be_deleted(opened: SiteClient, code: str) -> None:
    put_answer(code, "We read it.\n<b>Call us</b>")
    page = opened.get("/en/mailbox/")
    assert "We read it.<br>&lt;b&gt;Call us" in page.content.decode()

    done = opened.post(
        "/en/mailbox/delete/", {"token": hidden(page, "token"), "reply": hidden(page, "reply")}
    ).content.decode()

    assert "The answer was deleted" in done
    assert "There are no answers" in done
    assert (
        opened.post("/en/mailbox/delete/", {"token": hidden(page, "token"), "reply": "x"}).status_code == 400
    )


def test_withdrawing_is_asked_twice_and_then_says_asked_for(opened: SiteClient) -> None:
    asked = opened.get("/en/mailbox/withdraw/")
    assert "can not be undone" in asked.content.decode()
    assert not Item.objects.filter(kind=ItemKind.WITHDRAWAL).exists()

    done = opened.post("/en/mailbox/withdraw/", {"token": hidden(asked, "token")})
    opened.post("/en/mailbox/withdraw/", {"token": hidden(asked, "token")})

    assert "asked for" in done.content.decode()
    assert Item.objects.filter(kind=ItemKind.WITHDRAWAL).count() == 1
    assert opened.get("/en/mailbox/withdraw/").headers["Location"] == "/en/mailbox/"


def test_a_mailbox_that_was_purged_meanwhile_says_so_and_logs_out(opened: SiteClient) -> None:
    Report.objects.all().delete()

    response = opened.get("/en/mailbox/")

    assert "does not exist any more" in response.content.decode()
    assert response.cookies[COOKIE]["max-age"] == 0


def test_when_storing_fails_the_words_come_back(opened: SiteClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> NoReturn:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(mailbox, "_insert", full)
        failed = add(opened)
    assert failed.status_code == 503
    assert WORDS in failed.content.decode()
    form = {name: hidden(failed, name) for name in ("token", "form_key")}

    assert (
        "We have received your words"
        in opened.post("/en/mailbox/add/", {**form, "words": WORDS}).content.decode()
    )


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("nl", "23 november 2026"),
        ("en", "23 November 2026"),
        ("be", "23 лістапада 2026"),
        ("ru", "23 ноября 2026"),
    ],
)
def test_days_and_times_are_written_as_people_do(
    public: SiteClient, code: str, language: str, written: str
) -> None:
    with time_machine.travel(START.replace(hour=18), tick=False):
        put_answer(code, "words")
        public.post(f"/{language}/mailbox/", {"code": code})
        page = public.get(f"/{language}/mailbox/").content.decode()

    assert written in page
    assert "19:15" in page
