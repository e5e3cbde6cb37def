"""An officer comes in by a link that works once; nobody else ever knows their password."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from reports.choices import Queue
from reports.models import Grant, Key
from tests.cast import link_phone, log_in, text_of
from tests.factories import make_officer
from triage.models.officers import Invitation

pytestmark = pytest.mark.django_db

NEW = "quite another passphrase"


@pytest.fixture
def administrator(staff_site: Any) -> Any:
    """A superuser's browser, who is a member of no queue."""
    make_officer("root", [], is_superuser=True)
    log_in(staff_site, "root")
    return staff_site


def invite(administrator: Any, username: str = "vera") -> str:
    """Makes the officer in the admin; the path of the link on the page that answers."""
    page = administrator.post("/auth/user/add/", {"username": username, "is_active": "on"})
    assert page.status_code == 200, page
    return link_on(page)


def link_on(page: Any) -> str:
    links: list[str] = re.findall(
        r'<code class="link">http://127.0.0.1:8001(/invitation/[^<]+)</code>', page.content.decode()
    )
    [link] = links
    return link


def accept(link: str, password: str = NEW, client: Any = None) -> Any:
    return (client or Client()).post(link, {"new_password1": password, "new_password2": password})


def test_the_link_is_shown_once_and_is_nowhere_in_the_database(administrator: Any) -> None:
    link = invite(administrator)

    token = link.split("/")[2]
    vera = get_user_model().objects.get(username="vera")
    assert len(token) >= 43
    assert vera.is_staff
    assert not vera.is_superuser
    assert not vera.has_usable_password()
    assert token not in str(list(Invitation.objects.values()))
    assert token not in administrator.get(f"/auth/user/{vera.pk}/change/").content.decode()


def test_the_officer_sets_the_password_gets_a_key_and_is_led_to_the_second_factor(
    administrator: Any, outside_the_trial: None
) -> None:
    root = get_user_model().objects.get(username="root")
    link_phone(administrator, root)
    link, browser = invite(administrator), Client()
    assert browser.get(link).status_code == 200

    response = accept(link, client=browser)

    assert (response.status_code, response.headers["Location"]) == (302, "/second-factor/")
    assert browser.get("/", follow=True).request["PATH_INFO"] == "/second-factor/"
    vera = get_user_model().objects.get(username="vera")
    link_phone(browser, vera)
    start = browser.get("/")
    assert start.context["locked"] is False
    assert Key.objects.get(user=vera).kid[:4] in text_of(start)


def test_a_link_works_once(administrator: Any) -> None:
    link = invite(administrator)
    accept(link)

    assert Client().get(link).status_code == 410
    assert accept(link, "a third passphrase, never set").status_code == 410
    assert log_in(Client(), "vera", NEW).status_code == 302


def test_opening_the_link_without_setting_a_password_does_not_use_it_up(administrator: Any) -> None:
    link = invite(administrator)
    for _ in range(3):
        assert Client().get(link).status_code == 200

    assert accept(link).status_code == 302


@pytest.mark.parametrize("password", ["short", "12345678901234567890"])
def test_a_weak_password_is_refused_and_the_link_stays(administrator: Any, password: str) -> None:
    link = invite(administrator)

    assert accept(link, password).status_code == 422
    assert not Key.objects.filter(user__username="vera").exists()
    assert accept(link).status_code == 302


def test_a_link_lasts_three_days(administrator: Any) -> None:
    link = invite(administrator)
    now = timezone.now()

    with time_machine.travel(now + timedelta(hours=71), tick=False):
        assert Client().get(link).status_code == 200
    with time_machine.travel(now + timedelta(hours=73), tick=False):
        assert Client().get(link).status_code == 410
        assert accept(link).status_code == 410


def test_a_new_link_ends_the_one_before(administrator: Any) -> None:
    first = invite(administrator)
    vera = get_user_model().objects.get(username="vera")

    second = link_on(administrator.post(f"/auth/user/{vera.pk}/invite/"))

    assert accept(first).status_code == 410
    assert accept(second).status_code == 302


def test_a_guessed_link_is_nobody_s(administrator: Any) -> None:
    invite(administrator)

    assert accept("/invitation/" + "A" * 43 + "/").status_code == 410


def test_a_closed_account_s_link_does_not_work(administrator: Any) -> None:
    link = invite(administrator)
    vera = get_user_model().objects.get(username="vera")
    administrator.post(f"/auth/user/{vera.pk}/change/", {"username": "vera"})

    assert accept(link).status_code == 410


def test_only_an_administrator_invites(staff_site: Any) -> None:
    anna, boris = make_officer("anna"), make_officer("boris")
    log_in(staff_site, anna.username)

    assert staff_site.get("/auth/user/add/").status_code == 403
    assert staff_site.post(f"/auth/user/{boris.pk}/invite/").status_code == 403
    assert not Invitation.objects.exists()


def test_the_link_ends_the_session_of_whoever_is_logged_in_there(administrator: Any) -> None:
    link = invite(administrator)

    accept(link, client=administrator)

    assert administrator.get("/").context["user"].username == "vera"


def test_who_forgot_the_password_gets_a_new_key_and_both_are_told(administrator: Any) -> None:
    anna = make_officer("anna", [Queue.FOLLOW_UP])
    old = Key.objects.get(user=anna)

    page = administrator.post(f"/auth/user/{anna.pk}/invite/", HTTP_ACCEPT_LANGUAGE="en")
    assert "the old key is lost. Colleagues must admit the new one to: Follow-up" in text_of(page)
    assert Grant.objects.filter(holder=old).exists(), "nothing is lost before the link is used"

    browser = Client(HTTP_ACCEPT_LANGUAGE="en")
    accept(link_on(page), client=browser)
    assert not Grant.objects.filter(holder=old).exists()
    assert not old.slots.exists()
    assert Key.objects.get(user=anna, retired=None).kid != old.kid
    assert "Your old key is lost" in text_of(browser.get("/"))


def test_nobody_sets_another_person_s_password_in_the_admin(administrator: Any) -> None:
    anna = make_officer("anna")

    tried = administrator.post(f"/auth/user/{anna.pk}/password/", {"password1": NEW, "password2": NEW})
    assert tried.status_code != 200
    assert log_in(Client(), password=NEW).status_code == 200, "it was not set"
    page = administrator.get(f"/auth/user/{anna.pk}/change/").content.decode()
    assert 'name="password"' not in page


def test_an_account_is_closed_and_never_deleted(administrator: Any) -> None:
    anna = make_officer("anna")

    assert administrator.post(f"/auth/user/{anna.pk}/delete/", {"post": "yes"}).status_code == 403
