"""The mailbox as a reporter meets it: a code, a cookie for 15 minutes, plain pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from portal import mailbox_session
from reports import mailbox
from reports.models import Item, ItemKind, Report, Wrap
from reports.sealing import receipt_code
from reports.vault import bundle
from tests.conftest import SiteClient
from tests.factories import form_key, make_receipt

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
WORDS = "MARKER-добавлено: he came back."
COOKIE = "baken_mailbox"


@pytest.fixture
def code() -> str:
    return make_receipt(number=1).code


@pytest.fixture
def opened(public: SiteClient, code: str) -> SiteClient:
    """The public site with this code's mailbox open."""
    enter(public, code)
    return public


def enter(site: SiteClient, code: str, **more: str) -> Any:
    return site.post("/en/mailbox/", {"code": receipt_code.show(code), **more})


def hidden(response: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    assert found, f"no {name} in the page"
    return found[1]


def add(site: SiteClient, words: str = WORDS, **more: Any) -> Any:
    page = site.get("/en/mailbox/add/")
    fields = {name: hidden(page, name) for name in ("token", "form_key")}
    return site.post("/en/mailbox/add/", {**fields, "words": words, **more})


def put_answer(code: str, words: str) -> Item:
    holder = mailbox.identify(code)
    report = Report.objects.get(mailbox__lookup=holder.lookup.hex())
    item, key = Item.compose(report, ItemKind.REPLY, {"words": words, "at": "2026-01-01"})
    item.save(force_insert=True)
    Wrap.objects.hand({item: key}, [holder.pair.public])
    return item


def dump() -> str:
    """Everything the database holds, binary values as they read in latin-1."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [
                    bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row
                ]
    return "\n".join(found)


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


def test_the_cookie_is_strict_hidden_from_scripts_and_has_a_name_of_its_own(
    public: SiteClient, code: str, settings: Any
) -> None:
    enter(public, code)
    cookie = public.cookies[COOKIE]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert (cookie["max-age"], cookie["expires"], cookie["domain"]) == ("", "", "")
    assert COOKIE not in {
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        settings.KEYRING_COOKIE_NAME,
    }
    settings.TRIAL = False
    response = public.post("/en/mailbox/", {"code": code}, secure=True)
    assert response.cookies["__Host-baken_mailbox"]["secure"] is True


def test_the_server_keeps_nothing_of_a_session(opened: SiteClient, code: str) -> None:
    before = dump()
    opened.get("/en/mailbox/")
    enter(opened, code)

    assert dump() == before
    assert opened.cookies[COOKIE].value not in before


def test_the_cookie_without_the_bundle_opens_nothing(
    opened: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    other = replace(bundle.public(), cookie_secret=b"z" * 32)
    monkeypatch.setattr(bundle, "public", lambda: other)

    assert "Open your mailbox" in opened.get("/en/mailbox/").content.decode()


def test_neither_code_nor_seed_nor_words_stand_in_cookie_or_database(opened: SiteClient, code: str) -> None:
    from base64 import urlsafe_b64decode

    add(opened)
    holder = mailbox.identify(code)
    kept = dump() + urlsafe_b64decode(opened.cookies[COOKIE].value).decode("latin-1")

    for secret in (WORDS, "MARKER", code, receipt_code.show(code)):
        for coded in (
            secret,
            secret.encode().decode("latin-1"),
            secret.encode("utf-16-le").decode("latin-1"),
        ):
            assert coded not in kept
    assert holder.seed.decode("latin-1") not in kept
    assert holder.seed.hex() not in kept


def test_a_cookie_altered_by_one_sign_opens_nothing(opened: SiteClient) -> None:
    value = opened.cookies[COOKIE].value
    for at in (0, len(value) // 2, len(value) - 3):
        altered = value[:at] + ("A" if value[at] != "A" else "B") + value[at + 1 :]
        opened.cookies[COOKIE] = altered
        assert "Open your mailbox" in opened.get("/en/mailbox/").content.decode()
    for nonsense in ("", "x", "é", "=" * 40, "A" * 5000):
        opened.cookies[COOKIE] = nonsense
        assert opened.get("/en/mailbox/").status_code == 200


def test_after_15_minutes_the_code_is_asked_again_and_the_page_says_why(
    public: SiteClient, code: str
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        enter(public, code)
        clock.move_to(START + timedelta(minutes=14, seconds=59))
        assert "Your mailbox</h1>" in public.get("/en/mailbox/").content.decode()
        clock.move_to(START + timedelta(minutes=15))
        page = public.get("/en/mailbox/").content.decode()

    assert "closed after 15 minutes" in page
    assert "Open your mailbox" in page


def test_words_written_over_the_end_of_the_session_are_not_lost(public: SiteClient, code: str) -> None:
    with time_machine.travel(START, tick=False) as clock:
        enter(public, code)
        page = public.get("/en/mailbox/add/")
        token, key = hidden(page, "token"), hidden(page, "form_key")
        clock.move_to(START + timedelta(minutes=40))
        asked = public.post("/en/mailbox/add/", {"token": token, "form_key": key, "words": "one\ntwo"})
        assert "not lost and not sent yet" in asked.content.decode()
        assert not Item.objects.filter(kind=ItemKind.ADDITION).exists()
        back = enter(public, code, words="one\ntwo", form_key=hidden(asked, "form_key"))
        assert "one\ntwo</textarea>" in back.content.decode()
        in_russian = public.post(
            "/ru/mailbox/",
            {"token": hidden(back, "token"), "words": "one\ntwo", "form_key": key, "other_language": "1"},
        )
        assert "one\ntwo</textarea>" in in_russian.content.decode()
        done = public.post(
            "/en/mailbox/add/",
            {"token": hidden(back, "token"), "form_key": hidden(back, "form_key"), "words": "one\ntwo"},
        )

    assert "We have received your words" in done.content.decode()
    assert Item.objects.filter(kind=ItemKind.ADDITION).count() == 1


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


@pytest.mark.parametrize("page", ["add", "withdraw", "delete"])
def test_a_form_without_the_sessions_token_changes_nothing(opened: SiteClient, code: str, page: str) -> None:
    answer = put_answer(code, "words")
    key = hidden(opened.get("/en/mailbox/add/"), "form_key")
    before = dump()

    for token in ("", "0" * 64, "é"):
        response = opened.post(
            f"/en/mailbox/{page}/",
            {"token": token, "form_key": key, "words": WORDS, "reply": str(answer.pk)},
        )
        assert response.status_code == 403
    assert dump() == before


def test_the_token_of_another_session_is_refused(opened: SiteClient, code: str) -> None:
    earlier = hidden(opened.get("/en/mailbox/withdraw/"), "token")
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=5)):
        enter(opened, code)

        assert opened.post("/en/mailbox/withdraw/", {"token": earlier}).status_code == 403


@pytest.mark.parametrize("page", ["", "add/", "withdraw/", "delete/", "out/"])
@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_a_post_from_another_site_is_refused(
    opened: SiteClient, code: str, page: str, headers: dict[str, str]
) -> None:
    token = hidden(opened.get("/en/mailbox/withdraw/"), "token")

    response = opened.post(
        f"/en/mailbox/{page}", {"token": token, "code": code, "words": "x"}, headers=headers
    )

    assert response.status_code == 403
    assert not Item.objects.exclude(kind=ItemKind.REPORT).exists()


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


def test_logging_out_empties_the_browser(opened: SiteClient) -> None:
    response = opened.get("/en/mailbox/out/")

    assert response.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert response.cookies[COOKIE]["max-age"] == 0
    assert "Open your mailbox" in opened.get("/en/mailbox/").content.decode()


def test_a_mailbox_that_was_purged_meanwhile_says_so_and_logs_out(opened: SiteClient) -> None:
    Report.objects.all().delete()

    response = opened.get("/en/mailbox/")

    assert "does not exist any more" in response.content.decode()
    assert response.cookies[COOKIE]["max-age"] == 0


def test_a_session_tells_its_end(public: SiteClient, code: str) -> None:
    with time_machine.travel(START, tick=False):
        enter(public, code)

        assert "closes by itself at 11:15" in public.get("/en/mailbox/").content.decode()
    assert timedelta(minutes=15) == mailbox_session.LASTS


def blobs_on_disk() -> int:
    return sum(path.is_file() for path in Path(settings.EVIDENCE_DIR).rglob("*"))


def file(name: str = "photo.txt", content: bytes = b"MARKER-file") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_files_go_along_with_words_or_alone(opened: SiteClient) -> None:
    both = add(opened, files=[file("one.txt"), file("two.txt", b"MARKER-second")])
    alone = add(opened, "", files=[file()])

    assert "We have received 2 files" in both.content.decode()
    assert "We have received 1 file" in alone.content.decode()
    assert Item.objects.filter(kind=ItemKind.ADDITION).count() == 2
    assert Item.objects.filter(kind=ItemKind.FILE).count() == 3
    assert "MARKER" not in dump()


def test_a_repeated_form_stores_its_files_once(opened: SiteClient) -> None:
    page = opened.get("/en/mailbox/add/")
    form = {name: hidden(page, name) for name in ("token", "form_key")}
    before = blobs_on_disk()

    opened.post("/en/mailbox/add/", {**form, "words": WORDS, "files": [file()]})
    again = opened.post("/en/mailbox/add/", {**form, "words": WORDS, "files": [file()]})

    assert "The files of the second time were not stored" in again.content.decode()
    assert Item.objects.filter(kind=ItemKind.FILE).count() == 1
    assert blobs_on_disk() == before + 1


def test_a_file_that_does_not_fit_never_costs_the_words(opened: SiteClient) -> None:
    done = add(opened, files=[file("empty.txt", b""), file("good.txt")]).content.decode()

    assert "We have received your words" in done
    assert "Not all files arrived" in done
    assert "empty.txt" in done
    assert "good.txt" not in done
    assert Item.objects.filter(kind=ItemKind.FILE).count() == 1
    only_bad = add(opened, "", files=[file("empty.txt", b"")])
    assert only_bad.status_code == 422
    assert "empty.txt: this file is empty" in only_bad.content.decode()


def test_files_of_a_refused_form_leave_nothing_on_the_disk(opened: SiteClient) -> None:
    before = blobs_on_disk()
    key = hidden(opened.get("/en/mailbox/add/"), "form_key")

    refused = opened.post(
        "/en/mailbox/add/", {"token": "no", "form_key": key, "words": "x", "files": [file()]}
    )
    opened.cookies.clear()
    closed = opened.post(
        "/en/mailbox/add/", {"token": "no", "form_key": key, "words": "x", "files": [file()]}
    )

    assert refused.status_code == 403
    assert "Choose them again" in closed.content.decode()
    assert blobs_on_disk() == before
    assert not Item.objects.filter(kind=ItemKind.FILE).exists()


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


def test_leaving_the_site_closes_the_mailbox(opened: SiteClient) -> None:
    response = opened.get("/en/leave/")

    assert (response.status_code, response.cookies[COOKIE]["max-age"]) == (303, 0)
    assert "Open your mailbox" in opened.get("/en/mailbox/").content.decode()
    opened.cookies.clear()
    assert COOKIE not in opened.get("/en/leave/").cookies


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
