"""The second factor: without it a password reaches one page only; with it each code lets in once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from reports.choices import Queue
from tests.cast import LISTS, code_on_phone, link_phone, log_in, page_of, text_of
from tests.factories import FOR_FOLLOW_UP, PASSWORD, make_officer, make_report

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def anna(outside_the_trial: None, staff_site: Any) -> Any:
    """An officer of one queue who has linked no phone yet."""
    return make_officer("anna", [Queue.FOLLOW_UP])


@pytest.fixture
def codes(anna: Any, staff_site: Any) -> list[str]:
    """She linked her phone an hour ago and logged out; her recovery codes."""
    with time_machine.travel(timezone.now() - timedelta(hours=1), tick=False):
        log_in(staff_site)
        codes = link_phone(staff_site, anna)
    staff_site.post("/logout/")
    return codes


def test_in_the_trial_an_officer_comes_in_without_and_every_page_says_so(staff_site: Any) -> None:
    make_officer("anna", [Queue.FOLLOW_UP])
    log_in(staff_site)

    for address in ("/", "/vault/", LISTS[Queue.FOLLOW_UP], "/password_change/", "/second-factor/"):
        assert "no second factor" in staff_site.get(address, HTTP_ACCEPT_LANGUAGE="en").content.decode()


def test_a_password_alone_reaches_the_one_page_where_a_phone_is_linked(staff_site: Any, anna: Any) -> None:
    report = make_report(triaged=True, answers=FOR_FOLLOW_UP)
    assert log_in(staff_site).status_code == 302

    for address in ("/", "/vault/", "/password_change/", LISTS[Queue.FOLLOW_UP], "/jsi18n/"):
        assert staff_site.get(address, follow=True).request["PATH_INFO"] == "/second-factor/", address
    own_report = page_of(report, Queue.FOLLOW_UP)
    assert staff_site.get(own_report, follow=True).request["PATH_INFO"] == "/second-factor/"
    assert staff_site.post(own_report.replace("change", "do/confirm")).status_code == 302
    assert report.work_items.get().state == "proposed"


def test_a_code_from_the_phone_links_it_and_shows_ten_recovery_codes_once(staff_site: Any, anna: Any) -> None:
    log_in(staff_site)

    codes = link_phone(staff_site, anna)

    assert len(set(codes)) == 10
    assert staff_site.get("/").status_code == 200
    page = staff_site.get("/second-factor/").content.decode()
    assert not [code for code in codes if code in page]


def test_a_wrong_code_links_nothing(staff_site: Any, anna: Any) -> None:
    log_in(staff_site)
    staff_site.get("/second-factor/")

    response = staff_site.post("/second-factor/", {"code": "000000"})

    assert response.status_code == 422
    assert not TOTPDevice.objects.filter(confirmed=True).exists()
    assert staff_site.get("/").status_code == 302


def test_the_picture_for_the_phone_needs_no_style_and_no_script(staff_site: Any, anna: Any) -> None:
    log_in(staff_site)

    page = staff_site.get("/second-factor/")

    body = page.content.decode()
    assert "<svg" in body
    assert "style=" not in body
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "no-store" in page.headers["Cache-Control"]


def test_with_a_phone_linked_the_password_alone_is_refused(staff_site: Any, codes: list[str]) -> None:
    assert log_in(staff_site).status_code == 200
    assert staff_site.get("/").status_code == 302
    assert staff_site.get("/second-factor/").status_code == 302


def test_a_code_of_the_phone_lets_in_once(staff_site: Any, anna: Any, codes: list[str]) -> None:
    code = code_on_phone(anna)

    assert log_in(staff_site, code=code).status_code == 302
    assert staff_site.get("/").context["locked"] is False
    assert log_in(Client(), code=code).status_code == 200


def test_a_code_of_yesterday_does_not_let_in(staff_site: Any, anna: Any, codes: list[str]) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=1), tick=False):
        old = code_on_phone(anna)

    assert log_in(staff_site, code=old).status_code == 200


def test_a_wrong_code_gets_the_answer_of_a_wrong_password(staff_site: Any, codes: list[str]) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        wrong_code = log_in(staff_site, code="000000").context["form"].non_field_errors()
        wrong_password = log_in(staff_site, password="no").context["form"].non_field_errors()

    assert wrong_code == wrong_password


def test_a_wrong_code_makes_even_the_right_one_wait(staff_site: Any, anna: Any, codes: list[str]) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        for _ in range(3):
            log_in(staff_site, code="000000")
        assert log_in(staff_site, code=code_on_phone(anna)).status_code == 200
    with time_machine.travel(now + MINUTE, tick=False):
        assert log_in(staff_site, code=code_on_phone(anna)).status_code == 302


def test_each_recovery_code_lets_in_once(staff_site: Any, codes: list[str]) -> None:
    assert log_in(staff_site, code=codes[0].upper()).status_code == 302
    assert staff_site.get("/").status_code == 200
    assert log_in(Client(), code=codes[0]).status_code == 200
    assert StaticToken.objects.count() == 9


def test_somebody_else_s_codes_do_not_let_in(staff_site: Any, codes: list[str]) -> None:
    boris = make_officer("boris", [])
    other = Client()
    log_in(other, "boris")
    of_boris = link_phone(other, boris)

    assert log_in(staff_site, code=of_boris[0]).status_code == 200
    assert log_in(staff_site, code=code_on_phone(boris)).status_code == 200


def test_a_browser_that_knew_only_the_password_can_not_link_a_second_phone(
    staff_site: Any, anna: Any
) -> None:
    thief = Client()
    log_in(thief)
    thief.get("/second-factor/")
    with time_machine.travel(timezone.now() - MINUTE, tick=False):
        log_in(staff_site)
        link_phone(staff_site, anna)

    assert thief.get("/second-factor/").status_code == 302
    assert thief.post("/second-factor/", {"code": code_on_phone(anna)}).status_code == 302
    assert thief.get("/").status_code == 302
    assert TOTPDevice.objects.filter(user=anna).count() == 1


def test_two_browsers_are_never_shown_the_same_secret(staff_site: Any, anna: Any) -> None:
    other = Client()
    secrets = set()
    for client in (staff_site, other):
        log_in(client)
        secrets.add(client.get("/second-factor/").context["secret"])

    assert len(secrets) == 2


def test_new_recovery_codes_end_the_old_ones(staff_site: Any, anna: Any, codes: list[str]) -> None:
    log_in(staff_site, code=code_on_phone(anna))

    page = staff_site.post("/second-factor/", {"new_codes": ""}).content.decode()

    assert page.count("<li><code>") == 10
    assert log_in(Client(), code=codes[0]).status_code == 200


def test_another_phone_ends_the_first_one(staff_site: Any, anna: Any, codes: list[str]) -> None:
    log_in(staff_site, code=code_on_phone(anna))
    old = TOTPDevice.objects.get(user=anna)
    staff_site.get("/second-factor/?another")
    code = code_on_phone(anna, confirmed=False)

    assert staff_site.post("/second-factor/?another", {"code": code}).status_code == 200

    [device] = TOTPDevice.objects.filter(user=anna)
    assert device.pk != old.pk
    assert staff_site.get("/").status_code == 200


def test_after_a_lost_phone_an_administrator_lets_the_officer_link_a_new_one(
    staff_site: Any, anna: Any, codes: list[str]
) -> None:
    root = make_officer("root", [], is_superuser=True)
    administrator = Client()
    log_in(administrator, "root")
    link_phone(administrator, root)

    assert administrator.post(f"/auth/user/{anna.pk}/phone/").status_code == 302

    assert log_in(staff_site).status_code == 302
    assert staff_site.get("/", follow=True).request["PATH_INFO"] == "/second-factor/"
    link_phone(staff_site, anna)
    assert staff_site.get("/").context["locked"] is False
    assert staff_site.post(f"/auth/user/{root.pk}/phone/").status_code == 403


def test_it_adds_nothing_to_the_key_and_takes_nothing_from_it(
    staff_site: Any, anna: Any, codes: list[str]
) -> None:
    report = make_report(triaged=True, answers=FOR_FOLLOW_UP, account="the words")
    log_in(staff_site, password=PASSWORD, code=code_on_phone(anna))

    assert "the words" in text_of(staff_site.get(page_of(report, Queue.FOLLOW_UP)))


@pytest.mark.parametrize(
    "path", ["otp_totp/totpdevice/", "otp_totp/totpdevice/add/", "otp_static/staticdevice/"]
)
def test_an_administrator_neither_reads_nor_makes_an_officer_s_secret(staff_site: Any, path: str) -> None:
    make_officer("root", [], is_superuser=True)
    log_in(staff_site, "root")

    assert staff_site.get(f"/{path}").status_code == 404
    assert "otp_" not in staff_site.get("/").content.decode()
