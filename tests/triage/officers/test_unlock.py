"""Logging in opens the officer's key, and half of it stays in the officer's browser."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from reports.choices import Queue
from reports.models import Key, Slot
from reports.sealing import core
from reports.vault import members
from reports.vault.keyring import Keyring
from tests.conftest import SiteClient
from tests.factories import FOR_POLICE, PASSWORD, make_officer, make_report
from tests.services import run_python
from triage.officers import unlock

pytestmark = pytest.mark.django_db
WORDS = "Словы для праверкі"


def log_in(site: Client, username: str = "anna", password: str = PASSWORD) -> Any:
    return site.post(reverse("admin:login"), {"username": username, "password": password})


def is_locked(site: Client) -> bool:
    locked: bool = site.get(reverse("admin:index")).context["locked"]
    return locked


def keyring_cookie(settings: Settings) -> str:
    name: str = settings.KEYRING_COOKIE_NAME
    return name


def stored_session() -> dict[str, Any]:
    """What an attacker with the database and the secret key reads in the one session."""
    content: dict[str, Any] = Session.objects.get().get_decoded()
    return content


@pytest.fixture
def page() -> str:
    """The address of a report in the police queue."""
    report = make_report(answers=FOR_POLICE, account=WORDS, triaged=True)
    return reverse("admin:triage_policereferral_change", args=[report.work_items.get().pk])


def test_the_password_opens_the_reports(staff_site: Client, page: str) -> None:
    make_officer("anna", [Queue.POLICE_REFERRAL])

    assert log_in(staff_site).status_code == 302
    assert not is_locked(staff_site)
    assert WORDS in staff_site.get(page).content.decode()


def test_a_wrong_password_opens_nothing_and_makes_no_key(staff_site: Client, page: str) -> None:
    make_officer("anna")
    before = list(Key.objects.values())

    assert log_in(staff_site, password=PASSWORD + "!").status_code == 200
    assert not Session.objects.exists()
    assert staff_site.get(page).status_code == 302
    assert list(Key.objects.values()) == before


def test_the_first_login_makes_a_key_that_opens_no_queue_yet(staff_site: Client, page: str) -> None:
    user = get_user_model().objects.create_user("nina", password=PASSWORD, is_staff=True)

    log_in(staff_site, "nina")

    assert not is_locked(staff_site)
    assert Slot.objects.filter(key__user=user).count() == 1
    assert members.queues_of(user) == frozenset()
    assert staff_site.get(page).status_code == 403


def test_somebody_who_is_no_officer_gets_no_key(staff_site: Client) -> None:
    user = get_user_model().objects.create_user("nobody", password=PASSWORD)

    log_in(staff_site, "nobody")

    assert members.key_of(user) is None


def test_the_second_login_opens_the_same_key(staff_site: Client) -> None:
    user = make_officer("anna")
    kid = Key.objects.get(user=user).kid

    log_in(staff_site)
    staff_site.logout()
    log_in(staff_site)

    assert [key.kid for key in Key.objects.filter(user=user)] == [kid]


def test_a_password_set_by_somebody_else_opens_no_report(staff_site: Client, page: str) -> None:
    """No escrow: who may set passwords can sign in as somebody, but cannot read."""
    user = make_officer("anna", [Queue.POLICE_REFERRAL])
    user.set_password("set by an administrator")
    user.save()

    log_in(staff_site, password="set by an administrator")

    assert WORDS not in staff_site.get(page).content.decode()
    pair = members.unlock(user=user, passphrase="set by an administrator")
    assert pair is None or Keyring.of_holder(pair).kids == frozenset()


def test_the_cookie_is_for_this_site_and_no_script(staff_site: Client, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    make_officer("anna")

    cookie = log_in(staff_site).cookies[keyring_cookie(settings)]

    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Strict")
    assert cookie["domain"] == ""
    assert cookie["max-age"] == ""  # gone with the browser
    assert len(b64decode(cookie.value)) == core.KEY_SIZE


def test_a_stolen_session_opens_nothing(staff_site: SiteClient, page: str, settings: Settings) -> None:
    make_officer("anna", [Queue.POLICE_REFERRAL])
    log_in(staff_site)
    thief = SiteClient(staff_site._switch, "staff")
    thief.cookies[settings.SESSION_COOKIE_NAME] = staff_site.cookies[settings.SESSION_COOKIE_NAME].value

    assert is_locked(thief)
    assert WORDS not in thief.get(page).content.decode()


def test_a_stolen_cookie_without_the_session_opens_nothing(
    staff_site: SiteClient, page: str, settings: Settings
) -> None:
    make_officer("anna", [Queue.POLICE_REFERRAL])
    log_in(staff_site)
    thief = SiteClient(staff_site._switch, "staff")
    thief.cookies[keyring_cookie(settings)] = staff_site.cookies[keyring_cookie(settings)].value

    assert thief.get(page).status_code == 302


def test_the_stored_session_holds_no_seed(staff_site: Client) -> None:
    user = make_officer("anna")
    log_in(staff_site)
    pair = members.unlock(user=user, passphrase=PASSWORD)
    assert pair is not None

    content = stored_session()

    sealed = b64decode(content[unlock.SESSION_NAME])
    assert len(sealed) == core.HEAD + core.KEY_SIZE + core.TAG
    assert pair.seed not in sealed
    assert pair.seed.hex() not in repr(content)


def test_one_officer_s_half_does_not_open_the_other_s_session(staff_site: Client, settings: Settings) -> None:
    make_officer("anna", [Queue.POLICE_REFERRAL])
    make_officer("boris", [])
    log_in(staff_site, "anna")
    of_anna, content = staff_site.cookies[keyring_cookie(settings)].value, stored_session()
    staff_site.logout()

    log_in(staff_site, "boris")
    staff_site.cookies[keyring_cookie(settings)] = of_anna
    assert is_locked(staff_site)

    # Nor with the sealed half moved into the other's session, by somebody who can write the database.
    session = staff_site.session
    session[unlock.SESSION_NAME] = content[unlock.SESSION_NAME]
    session.save()
    assert is_locked(staff_site)


@pytest.mark.parametrize("junk", ["", "x", "AAAA", "é", "=" * 44, "A" * 43 + "=", "A" * 8000])
def test_a_broken_cookie_locks_and_is_no_error(staff_site: Client, junk: str, settings: Settings) -> None:
    make_officer("anna")
    log_in(staff_site)
    staff_site.cookies[keyring_cookie(settings)] = junk

    assert is_locked(staff_site)


def test_logging_out_leaves_nothing_behind(staff_site: Client, settings: Settings) -> None:
    make_officer("anna")
    log_in(staff_site)

    response = staff_site.post(reverse("admin:logout"))

    assert not Session.objects.exists()
    assert response.cookies[keyring_cookie(settings)]["max-age"] == 0
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_each_login_splits_anew(staff_site: Client, settings: Settings) -> None:
    make_officer("anna")
    halves = []
    for _ in range(2):
        log_in(staff_site)
        halves.append(staff_site.cookies[keyring_cookie(settings)].value)

    assert halves[0] != halves[1]
    assert not is_locked(staff_site)


def test_the_password_hash_is_as_hard_to_guess_as_the_slot() -> None:
    hasher = unlock.SlotCostHasher()

    assert core.Cost(hasher.memory_cost, hasher.time_cost, hasher.parallelism) == core.PASSWORD_COST


def test_outside_the_tests_the_cost_is_that_of_the_design() -> None:
    """tests/settings.py makes logins cheap; a process of its own does not read it."""
    said = run_python("-c", "from reports.sealing import core; print(core.PASSWORD_COST, core.CODE_COST)")

    password, code = "Cost(memory=131072, passes=3, lanes=4)", "Cost(memory=8192, passes=1, lanes=1)"
    assert said.stdout == f"{password} {code}\n"
