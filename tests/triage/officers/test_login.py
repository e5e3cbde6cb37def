"""Logging in: one answer to whatever was wrong, and a name that is closed for a while after five guesses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.utils import timezone

from reports.models import Key, Slot
from tests.cast import log_in, text_of
from tests.factories import PASSWORD, make_officer
from triage.models.officers import Lockout
from triage.officers import lockout

pytestmark = pytest.mark.django_db


def refusal(response: Any) -> str:
    assert response.status_code == 200
    return str(response.context["form"].non_field_errors())


def test_the_right_password_lets_in_and_opens_the_key(staff_site: Any) -> None:
    make_officer("anna")

    assert log_in(staff_site).status_code == 302
    assert staff_site.get("/").context["locked"] is False


def test_the_first_login_makes_the_key(staff_site: Any) -> None:
    user = get_user_model().objects.create_user("vera", password=PASSWORD, is_staff=True)

    log_in(staff_site, "vera")

    assert Slot.objects.filter(key__user=user).count() == 1
    kid = Key.objects.get(user=user).kid
    log_in(staff_site, "vera")
    assert Key.objects.get(user=user).kid == kid
    assert f"{kid[:4]} {kid[4:8]} {kid[8:12]} {kid[12:16]} {kid[16:20]}" in text_of(staff_site.get("/"))


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(staff_site: Any) -> None:
    make_officer("anna")

    wrong_password = refusal(log_in(staff_site, password="not it"))
    assert refusal(log_in(staff_site, "nobody")) == wrong_password
    assert staff_site.get("/").status_code == 302


def test_an_account_without_staff_rights_does_not_come_in(staff_site: Any) -> None:
    get_user_model().objects.create_user("guest", password=PASSWORD)

    refusal(log_in(staff_site, "guest"))
    assert not Key.objects.filter(user__username="guest").exists()


def test_five_wrong_attempts_close_a_name_for_five_minutes(staff_site: Any) -> None:
    make_officer("anna")
    make_officer("boris")
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        answers = {refusal(log_in(staff_site, password="not it")) for _ in range(lockout.FAILURES)}
        answers.add(refusal(log_in(staff_site)))
        assert len(answers) == 1, "the answer does not tell that the name is closed"
        assert log_in(staff_site, "boris").status_code == 302
    with time_machine.travel(now + lockout.COOL_OFF + timedelta(seconds=1), tick=False):
        assert log_in(staff_site).status_code == 302
    assert not Lockout.objects.filter(user__username="anna").exists()


def test_four_wrong_attempts_and_a_right_one_start_the_count_anew(staff_site: Any) -> None:
    make_officer("anna")
    for _ in range(2):
        for _ in range(lockout.FAILURES - 1):
            log_in(staff_site, password="not it")
        assert log_in(staff_site).status_code == 302


def test_guessing_at_a_name_that_is_not_there_stores_nothing(staff_site: Any) -> None:
    for _ in range(lockout.FAILURES + 1):
        log_in(staff_site, "nobody")

    assert not Lockout.objects.exists()


def test_nothing_is_stored_of_where_an_attempt_came_from(staff_site: Any) -> None:
    make_officer("anna")
    staff_site.post(
        "/login/", {"username": "anna", "password": "no"}, REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Mark"
    )

    [row] = Lockout.objects.values()
    assert set(row) == {"user_id", "failures", "until"}


def test_no_page_of_the_staff_side_is_kept_by_a_browser(staff_site: Any) -> None:
    make_officer("anna")
    for address in ("/login/", "/second-factor/", "/invitation/unknown/"):
        assert "no-store" in staff_site.get(address).headers["Cache-Control"], address
    log_in(staff_site)
    for address in ("/", "/vault/", "/triage/followupitem/", "/password_change/"):
        assert "no-store" in staff_site.get(address).headers["Cache-Control"], address


def test_a_password_can_not_be_sent_by_mail(staff_site: Any) -> None:
    assert staff_site.get("/password_reset/").status_code == 404
    assert "password_reset" not in staff_site.get("/login/").content.decode()
