"""The session is split between database and browser: half of it opens nothing, and it ends by itself."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from reports.choices import Queue
from reports.vault import members
from tests.cast import log_in, page_of
from tests.factories import FOR_FOLLOW_UP, PASSWORD, make_officer, make_report

pytestmark = pytest.mark.django_db

WORDS = "MARKED-They-waited-at-the-gate"


@pytest.fixture
def opened(staff_site: Any) -> str:
    """Anna is logged in; the address of a page on which she reads the words."""
    anna = make_officer("anna", [Queue.FOLLOW_UP])
    report = make_report(triaged=True, answers=FOR_FOLLOW_UP, account=WORDS)
    assert log_in(staff_site, anna.username).status_code == 302
    address = page_of(report, Queue.FOLLOW_UP)
    assert WORDS in staff_site.get(address).content.decode()
    return address


def thief_with(staff_site: Any, *names: str) -> Any:
    """Another browser that got hold of these cookies only."""
    thief = Client()
    for name in names:
        thief.cookies[name] = staff_site.cookies[name].value
    return thief


def test_a_stolen_session_id_opens_nothing(staff_site: Any, opened: str) -> None:
    page = thief_with(staff_site, settings.SESSION_COOKIE_NAME).get(opened)

    assert page.status_code == 200
    assert page.context["locked"] is True
    assert WORDS not in page.content.decode()


def test_a_stolen_keyring_cookie_alone_is_nobody(staff_site: Any, opened: str) -> None:
    assert thief_with(staff_site, settings.KEYRING_COOKIE_NAME).get(opened).status_code == 302


def test_the_session_table_does_not_hold_the_key(staff_site: Any, opened: str) -> None:
    pair = members.unlock(user=get_user_model().objects.get(), passphrase=PASSWORD)
    assert pair is not None
    half = staff_site.cookies[settings.KEYRING_COOKIE_NAME].value
    [session] = Session.objects.all()
    stored = str(session.get_decoded()) + session.session_data

    for secret in (pair.seed.hex(), b64encode(pair.seed).decode(), half):
        assert secret not in stored


@pytest.mark.parametrize("value", ["", "x", "é", "AAAA", "A" * 44, "=" * 9, "A" * 5000])
def test_a_wrong_keyring_cookie_is_locked_and_no_error(staff_site: Any, opened: str, value: str) -> None:
    staff_site.cookies[settings.KEYRING_COOKIE_NAME] = value

    page = staff_site.get(opened)

    assert page.status_code == 200
    assert page.context["locked"] is True


def test_somebody_else_s_halves_do_not_fit(staff_site: Any, opened: str) -> None:
    make_officer("boris", [Queue.FOLLOW_UP])
    other = Client()
    log_in(other, "boris")
    staff_site.cookies[settings.KEYRING_COOKIE_NAME] = other.cookies[settings.KEYRING_COOKIE_NAME].value

    assert staff_site.get(opened).context["locked"] is True


def test_the_cookies_are_for_this_browser_and_this_site_only(staff_site: Any, opened: str) -> None:
    for name in (settings.SESSION_COOKIE_NAME, settings.KEYRING_COOKIE_NAME):
        cookie = staff_site.cookies[name]
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "Strict"
        assert not cookie["max-age"], "it ends with the browser"


def test_logging_out_takes_both_halves_away(staff_site: Any, opened: str) -> None:
    before = thief_with(staff_site, settings.SESSION_COOKIE_NAME, settings.KEYRING_COOKIE_NAME)

    response = staff_site.post("/logout/")

    assert response.cookies[settings.KEYRING_COOKIE_NAME].value == ""
    assert response.cookies[settings.KEYRING_COOKIE_NAME]["max-age"] == 0
    assert '"storage"' in response.headers["Clear-Site-Data"]
    assert not Session.objects.exists()
    assert before.get(opened).status_code == 302, "a copy made before is worth nothing"


def test_who_stays_away_for_half_an_hour_is_signed_out(staff_site: Any, opened: str) -> None:
    start = timezone.now()
    idle = settings.STAFF_IDLE
    with time_machine.travel(start + idle - timedelta(minutes=1), tick=False):
        assert staff_site.get(opened).status_code == 200
    with time_machine.travel(start + 2 * idle - timedelta(minutes=2), tick=False):
        assert staff_site.get(opened).status_code == 200, "each request counts"
    with time_machine.travel(start + 3 * idle, tick=False):
        response = staff_site.get(opened)
        assert response.status_code == 302
        assert response.cookies[settings.KEYRING_COOKIE_NAME]["max-age"] == 0
        assert not Session.objects.exists()


def test_a_session_ends_after_a_working_day_however_busy(staff_site: Any, opened: str) -> None:
    start = timezone.now()
    for minutes in range(20, 8 * 60, 20):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert staff_site.get("/").status_code == 200
    with time_machine.travel(start + timedelta(hours=8, minutes=5), tick=False):
        assert staff_site.get("/").status_code == 302


def test_an_altered_grant_locks_and_does_not_break_the_page(staff_site: Any, opened: str) -> None:
    from reports.models import Grant

    grant = Grant.objects.get(holder__user__username="anna")
    Grant.objects.filter(pk=grant.pk).update(blob=grant.blob[:-1] + bytes([grant.blob[-1] ^ 1]))

    page = staff_site.get(opened)

    assert page.status_code == 200
    assert WORDS not in page.content.decode()
