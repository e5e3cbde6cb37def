"""Changing one's own password keeps the key; a password set by anybody else loses it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from reports.choices import Queue
from reports.models import Grant, Key, Slot
from reports.vault import members
from tests.cast import log_in, page_of, text_of
from tests.factories import FOR_FOLLOW_UP, PASSWORD, make_officer, make_report
from triage.officers import lockout

pytestmark = pytest.mark.django_db

NEW = "quite another passphrase"


@pytest.fixture
def anna(staff_site: Any) -> Any:
    officer = make_officer("anna", [Queue.FOLLOW_UP])
    log_in(staff_site)
    return officer


@pytest.fixture
def address() -> str:
    return page_of(make_report(triaged=True, answers=FOR_FOLLOW_UP, account="the words"), Queue.FOLLOW_UP)


def change(client: Any, old: str = PASSWORD, new: str = NEW) -> Any:
    return client.post("/password_change/", {"old_password": old, "new_password1": new, "new_password2": new})


def set_by_somebody_else(user: Any, password: str) -> None:
    """As `manage.py changepassword` does, at the console."""
    user.set_password(password)
    user.save()


def test_a_new_password_opens_the_same_key(staff_site: Any, anna: Any, address: str) -> None:
    kid = Key.objects.get(user=anna).kid

    assert change(staff_site).status_code == 302

    assert "the words" in staff_site.get(address).content.decode(), "the session goes on"
    assert Key.objects.get(user=anna).kid == kid
    again = Client()
    assert log_in(again, password=NEW).status_code == 302
    assert "the words" in again.get(address).content.decode()
    assert log_in(Client(), password=PASSWORD).status_code == 200


def test_the_old_password_opens_no_slot_any_more(staff_site: Any, anna: Any) -> None:
    from reports.vault import members

    change(staff_site)

    assert Slot.objects.filter(key__user=anna).count() == 1
    assert members.unlock(user=anna, passphrase=PASSWORD) is None
    assert members.unlock(user=anna, passphrase=NEW) is not None


@pytest.mark.parametrize(("old", "new"), [("not it", NEW), (PASSWORD, "short"), (PASSWORD, "1" * 20)])
def test_a_refused_change_changes_nothing(
    staff_site: Any, anna: Any, address: str, old: str, new: str
) -> None:
    assert change(staff_site, old, new).status_code == 200

    again = Client()
    assert log_in(again).status_code == 302
    assert "the words" in again.get(address).content.decode()


def test_other_browsers_of_the_officer_are_signed_out(staff_site: Any, anna: Any) -> None:
    other = Client()
    log_in(other)

    change(staff_site)

    assert other.get("/").status_code == 302


def test_a_password_set_by_somebody_else_opens_nothing_until_a_colleague_admits_the_new_key(
    staff_site: Any, anna: Any, address: str
) -> None:
    boris = make_officer("boris", [Queue.FOLLOW_UP])
    old = Key.objects.get(user=anna)
    set_by_somebody_else(anna, NEW)

    browser = Client(HTTP_ACCEPT_LANGUAGE="en")
    assert log_in(browser, password=NEW).status_code == 302

    start = text_of(browser.get("/"))
    assert "Your old key is lost; colleagues have to admit you again." in start
    assert browser.get(address).status_code == 403
    old.refresh_from_db()
    assert old.retired is not None
    assert not Grant.objects.filter(holder=old).exists()

    fresh = Key.objects.get(user=anna, retired=None)
    assert " ".join(fresh.kid[at : at + 4] for at in range(0, 20, 4)) in start
    colleague = Client()
    log_in(colleague, boris.username)
    response = colleague.post(f"/vault/follow_up/admit/{fresh.kid}/", {"compared": "on"})
    assert response.status_code == 302
    assert "the words" in browser.get(address).content.decode()


def test_who_changes_an_officer_s_hash_gets_no_key(staff_site: Any, anna: Any, address: str) -> None:
    """The administrator of the database logs in as her and sees no queue."""
    set_by_somebody_else(get_user_model().objects.get(), NEW)
    thief = Client()

    log_in(thief, password=NEW)

    assert thief.get(address).status_code == 403
    assert thief.get("/").context["queues"] == []


def test_the_officer_s_own_new_password_after_that_keeps_the_fresh_key(staff_site: Any, anna: Any) -> None:
    set_by_somebody_else(anna, NEW)
    browser = Client()
    log_in(browser, password=NEW)
    kid = Key.objects.get(user=anna, retired=None).kid

    assert change(browser, old=NEW, new="and a third passphrase").status_code == 302

    assert Key.objects.get(user=anna, retired=None).kid == kid


def test_a_login_with_the_password_that_is_changed_meanwhile_loses_no_key(
    anna: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another browser of the same officer: the old password was right a moment ago, and is not any more."""
    before = members.key_of(anna)
    forget = lockout.forget

    def changed_meanwhile(user: User) -> None:
        forget(user)
        officer = User.objects.get(pk=user.pk)
        with transaction.atomic():
            assert members.rekey(user=officer, old=PASSWORD, new=NEW)
            officer.set_password(NEW)
            officer.save(update_fields=["password"])

    monkeypatch.setattr(lockout, "forget", changed_meanwhile)

    assert log_in(Client()).status_code == 200

    assert members.key_of(anna) == before
    assert members.queues_of(anna) == {Queue.FOLLOW_UP}
