"""What looks like a program is marked, so that it is read later; that is all."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.test import Client

from tests.portal.conftest import ANSWERS, Send, code_in, key_in
from tests.portal.waiting import filed, hidden_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_form_sent_at_once_is_marked(send: Send) -> None:
    assert code_in(send())
    assert filed()["looks_automated"] is True


@pytest.mark.parametrize(("bait", "looks_automated"), [("", False), ("buy now", True)])
def test_the_field_nobody_sees_marks_a_form_that_came_slowly(
    send: Send, bait: str, looks_automated: bool, clock: time_machine.Traveller
) -> None:
    clock.shift(60)
    assert code_in(send(subject=bait))

    assert filed()["looks_automated"] is looks_automated


@pytest.mark.parametrize("danger", ["yes", "unsure"])
def test_in_danger_nobody_is_marked(send: Send, danger: str) -> None:
    assert code_in(send(in_danger_now=danger, subject="buy now"))

    assert filed()["looks_automated"] is False


@pytest.mark.parametrize(("seconds", "looks_automated"), [(3, True), (5, False)])
def test_four_seconds_are_enough_to_be_no_program(
    send: Send, seconds: int, looks_automated: bool, clock: time_machine.Traveller
) -> None:
    clock.shift(seconds)
    assert code_in(send())

    assert filed()["looks_automated"] is looks_automated


def test_a_form_that_came_back_with_a_new_key_may_be_sent_at_once(public: Client, send: Send) -> None:
    page = send(form_key="an old one")

    assert code_in(public.post("/nl/report/", {**ANSWERS, "form_key": key_in(page)}))
    assert filed()["looks_automated"] is False


@pytest.mark.usefixtures("nothing_left")
def test_the_mark_outlasts_the_wait(public: Client, send: Send, clock: time_machine.Traveller) -> None:
    page = send()
    clock.shift(21)
    assert code_in(public.post("/nl/report/", hidden_in(page)))

    assert filed()["looks_automated"] is True


@pytest.mark.usefixtures("nothing_left")
def test_who_wrote_slowly_and_waited_is_not_marked(
    public: Client, send: Send, clock: time_machine.Traveller
) -> None:
    clock.shift(60)
    page = send()
    clock.shift(21)
    assert code_in(public.post("/nl/report/", hidden_in(page)))

    assert filed()["looks_automated"] is False


def test_no_eye_ear_key_or_address_book_finds_the_hidden_field(public: Client) -> None:
    text = public.get("/nl/report/").content.decode()
    found = re.search(
        r'<div class="away" aria-hidden="true">.*?(<input[^>]*name="subject"[^>]*>)', text, re.DOTALL
    )

    assert found
    assert 'tabindex="-1"' in found[1]
    assert 'autocomplete="off"' in found[1]
    assert "display" not in found[0]
