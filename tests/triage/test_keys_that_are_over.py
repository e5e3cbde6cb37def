"""What stops working when an officer gets a new key, a new phone or a new invitation."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from reports.choices import Queue
from reports.models import Grant, Key
from reports.vault import members
from reports.vault.keyring import Keyring
from tests.cast import code_on_phone, link_phone, log_in, page_of, sign_in
from tests.factories import FOR_FOLLOW_UP, PASSWORD, make_officer, make_report

pytestmark = pytest.mark.django_db
QUEUE = Queue.FOLLOW_UP
NEW = "quite another passphrase"


def with_phone(username: str, **fields: Any) -> tuple[Any, Client]:
    """An officer with a linked phone, and the browser in which they are logged in."""
    officer, browser = make_officer(username, [QUEUE], **fields), Client()
    assert log_in(browser, username).status_code == 302
    link_phone(browser, officer)
    return officer, browser


def test_a_lost_key_opens_no_queue_with_its_passphrase_and_a_copy_of_its_slot() -> None:
    vera = make_officer("vera", [QUEUE])
    old = members.unlock(user=vera, passphrase=PASSWORD)
    assert old is not None
    assert Keyring.of_holder(old).kids

    members.enrol(user=vera, passphrase=NEW)

    assert not Keyring.of_holder(old).kids


def test_a_lost_key_is_not_admitted(staff_site: Any) -> None:
    make_officer("anna", [QUEUE])
    vera = make_officer("vera", [])
    lost = Key.objects.get(user=vera)
    members.enrol(user=vera, passphrase=NEW)
    sign_in(staff_site, "anna")

    response = staff_site.post(f"/vault/{QUEUE}/admit/{lost.kid}/", {"compared": "on"})

    assert response.status_code == 404
    assert not Grant.objects.filter(holder=lost).exists()


def test_a_phone_that_was_never_confirmed_lets_nobody_in(staff_site: Any, outside_the_trial: None) -> None:
    anna, browser = with_phone("anna")
    browser.get("/second-factor/?another")  # the new secret is on the screen, for anybody to photograph

    refused = log_in(Client(), code=code_on_phone(anna, confirmed=False))

    assert refused.status_code == 200
    assert "code" in refused.context["form"].fields


def test_who_accepts_a_new_invitation_links_a_new_phone(staff_site: Any, outside_the_trial: None) -> None:
    """The link is also for somebody whose phone was taken together with the password."""
    _root, administrator = with_phone("root", is_superuser=True)
    vera, _browser = with_phone("vera")
    page = administrator.post(f"/auth/user/{vera.pk}/invite/").content.decode()
    link = re.search(r"/invitation/[\w-]+/", page)
    assert link is not None
    fresh = Client()

    assert fresh.post(link[0], {"new_password1": NEW, "new_password2": NEW}).status_code == 302

    assert link_phone(fresh, vera)


def test_an_invitation_opened_in_a_colleague_s_browser_ends_their_session(staff_site: Any) -> None:
    make_officer("root", [], is_superuser=True)
    make_officer("anna", [QUEUE])
    administrator, colleague = Client(), Client()
    sign_in(administrator, "root")
    sign_in(colleague, "anna")
    page = administrator.post("/auth/user/add/", {"username": "vera", "is_active": "on"}).content.decode()
    link = re.search(r"/invitation/[\w-]+/", page)
    assert link is not None
    assert colleague.get("/").status_code == 200

    assert colleague.get(link[0]).status_code == 200

    assert colleague.get("/").status_code == 302


def test_the_session_id_from_before_the_second_factor_is_worth_nothing_after_it(
    staff_site: Any, outside_the_trial: None, settings: Settings
) -> None:
    anna, browser = make_officer("anna", [QUEUE]), Client()
    assert log_in(browser).status_code == 302
    before = browser.cookies[settings.SESSION_COOKIE_NAME].value

    link_phone(browser, anna)

    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = before
    assert browser.get("/").status_code == 200
    assert stolen.get("/").status_code == 302


def test_an_altered_grant_opens_nothing_and_is_an_alarm(
    staff_site: Any, caplog: pytest.LogCaptureFixture
) -> None:
    anna = make_officer("anna", [QUEUE])
    report = make_report(triaged=True, answers=FOR_FOLLOW_UP, account="MARKER words")
    grant = Grant.objects.get(holder__user=anna)
    Grant.objects.filter(pk=grant.pk).update(blob=grant.blob[:-1] + bytes([grant.blob[-1] ^ 1]))
    sign_in(staff_site, "anna")

    page = staff_site.get(page_of(report, QUEUE))

    assert page.status_code == 200
    assert "MARKER" not in page.content.decode()
    assert "INTEGRITY ALARM: a grant" in caplog.text
