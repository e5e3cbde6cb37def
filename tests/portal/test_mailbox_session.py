"""The mailbox is open for 15 minutes, in one browser: a sealed cookie, and nothing at the server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from portal import mailbox_session
from reports import mailbox
from reports.models import Item, ItemKind
from reports.sealing import receipt_code
from reports.vault import bundle
from tests.conftest import SiteClient
from tests.portal.mailbox_visits import COOKIE, START, WORDS, add, dump, enter, hidden, put_answer

pytestmark = pytest.mark.django_db


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


def test_a_session_tells_its_end(public: SiteClient, code: str) -> None:
    with time_machine.travel(START, tick=False):
        enter(public, code)

        assert "closes by itself at 11:15" in public.get("/en/mailbox/").content.decode()
    assert timedelta(minutes=15) == mailbox_session.LASTS


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


def test_logging_out_empties_the_browser(opened: SiteClient) -> None:
    response = opened.get("/en/mailbox/out/")

    assert response.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert response.cookies[COOKIE]["max-age"] == 0
    assert "Open your mailbox" in opened.get("/en/mailbox/").content.decode()


def test_leaving_the_site_closes_the_mailbox(opened: SiteClient) -> None:
    response = opened.get("/en/leave/")

    assert (response.status_code, response.cookies[COOKIE]["max-age"]) == (303, 0)
    assert "Open your mailbox" in opened.get("/en/mailbox/").content.decode()
    opened.cookies.clear()
    assert COOKIE not in opened.get("/en/leave/").cookies
