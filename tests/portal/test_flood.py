"""A flood: nobody is refused or locked out, nothing is dropped, and a person still gets a code."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from portal import flood, form_key
from reports.models import Item, ItemKind, Report
from tests.portal.conftest import ANSWERS, LANGUAGES, Send, code_in, key_in
from tests.portal.waiting import filed, hidden_in, waits
from tests.responses import Response
from tests.services import PATIENCE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

WORDS = 'Zwei\r\nlines, "quotes" & <tags>, і словы.'


# --- The budget -------------------------------------------------------------------------------


def test_a_budget_holds_one_minute_and_fills_evenly() -> None:
    now = [100.0]
    budget = flood.Budget(clock=lambda: now[0])

    assert [budget.take(3) for _turn in range(4)] == [True, True, True, False]
    now[0] += 19
    assert not budget.take(3)
    now[0] += 2
    assert [budget.take(3), budget.take(3)] == [True, False]
    now[0] += 3600
    assert [budget.take(3) for _turn in range(4)] == [True, True, True, False]


# --- The wait page ------------------------------------------------------------------------------


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize("language", LANGUAGES)
def test_over_the_budget_the_answers_come_back_in_a_page_that_says_how_long(
    send: Send, language: str
) -> None:
    page = send(language, account=WORDS, incident_types=["threat", "smear"], when="today")

    assert page.status_code == 200
    assert waits(page)
    assert " 20 " in page.content.decode()
    carried = hidden_in(page)
    assert carried["account"] == [WORDS.replace("\r\n", "\n")]
    assert carried["incident_types"] == ["threat", "smear"]
    assert carried["when"] == ["today"]
    assert not Report.objects.exists()


@pytest.mark.usefixtures("nothing_left")
def test_after_the_wait_all_answers_are_stored_whatever_the_budget(
    public: Client, send: Send, clock: time_machine.Traveller
) -> None:
    page = send(
        account=WORDS, incident_types=["threat", "smear"], contact_way="email", contact_address="a@b.c"
    )
    clock.shift(21)
    assert code_in(public.post("/nl/report/", hidden_in(page)))

    content = filed()
    assert content["account"] == WORDS.replace("\r\n", "\n")
    assert content["answers"]["incident_types"] == ["threat", "smear"]
    assert Item.objects.filter(kind=ItemKind.CONTACT).count() == 1


@pytest.mark.usefixtures("nothing_left")
def test_pressed_too_early_the_same_wait_goes_on(
    public: Client, send: Send, clock: time_machine.Traveller
) -> None:
    page = send()
    clock.shift(10)
    early = public.post("/nl/report/", hidden_in(page))
    assert hidden_in(early) == hidden_in(page)
    assert re.search(r"Wacht 10 seconden ", early.content.decode())
    clock.shift(9)
    assert "Wacht 1 seconde " in public.post("/nl/report/", hidden_in(early)).content.decode()
    clock.shift(1)
    assert code_in(public.post("/nl/report/", hidden_in(early)))


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize("token", ["0.", "0.00", "1", "x.y", "9" * 40 + ".a", "²." + "0" * 64, "1.é"])
def test_a_made_up_wait_counts_for_nothing(send: Send, token: str) -> None:
    assert waits(send(wait=token))


@pytest.mark.usefixtures("nothing_left")
def test_a_wait_can_neither_be_shortened_nor_lent_to_another_form(
    public: Client, send: Send, clock: time_machine.Traveller
) -> None:
    token = hidden_in(send())["wait"][0]
    moment, _dot, signature = token.partition(".")

    assert waits(send(wait=f"{int(moment) - 20}.{signature}"))
    other = key_in(public.get("/nl/report/"))
    clock.shift(21)
    assert waits(public.post("/nl/report/", {**ANSWERS, "form_key": other, "wait": token}))


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize("danger", ["yes", "unsure"])
def test_who_may_be_in_danger_never_waits(send: Send, danger: str) -> None:
    assert code_in(send(in_danger_now=danger))


@pytest.mark.usefixtures("nothing_left")
def test_who_sends_files_never_waits_for_a_browser_would_forget_them(send: Send) -> None:
    assert code_in(send(files=SimpleUploadedFile("a.txt", b"what was said")))
    assert Item.objects.filter(kind=ItemKind.FILE).count() == 1


@pytest.mark.usefixtures("nothing_left")
def test_what_is_missing_is_asked_for_before_anybody_waits(send: Send) -> None:
    assert send(in_danger_now=None).status_code == 422


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_wait_page_changes_its_language_and_keeps_its_time(
    public: Client, send: Send, language: str
) -> None:
    page = send(account=WORDS)
    other = public.post(f"/{language}/report/", {**hidden_in(page), "other_language": "wait"})

    assert f'<html lang="{language}"' in other.content.decode()
    assert hidden_in(other) == hidden_in(page)


@pytest.mark.usefixtures("nothing_left")
def test_from_the_wait_page_back_to_the_answers_and_the_time_counts_on(public: Client, send: Send) -> None:
    page = send(account=WORDS)
    form = public.post("/nl/report/", {**hidden_in(page), "other_language": "change"}).content.decode()

    assert 'id="id_account"' in form
    assert "Zwei\nlines, &quot;quotes&quot;" in form
    assert f'name="wait" value="{hidden_in(page)["wait"][0]}"' in form


# --- All at once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_among_hundreds_of_programs_a_person_gets_a_code_and_nothing_is_lost(
    public: Client, settings: Any, clock: time_machine.Traveller
) -> None:
    settings.REPORTS_PER_MINUTE = 60
    programs, at_once = 300, threading.Barrier(12)

    def program(number: int) -> Response:
        try:
            answers = {**ANSWERS, "account": f"spam {number}", flood.BAIT: "x", "form_key": form_key.new()}
            if number < at_once.parties:
                at_once.wait(PATIENCE)
            return Client().post("/en/report/", answers)
        finally:
            connection.close()

    with ThreadPoolExecutor(at_once.parties) as pool:
        pages = list(pool.map(program, range(programs)))
        taken = [page for page in pages if not waits(page)]
        waiting = [page for page in pages if waits(page)]
        assert all(code_in(page) for page in taken)
        assert {page.status_code for page in pages} == {200}
        assert len(waiting) > programs / 2
        assert Report.objects.count() == len(taken)

        in_danger = public.post(
            "/be/report/", {**ANSWERS, "in_danger_now": "unsure", "form_key": form_key.new()}
        )
        assert code_in(in_danger)
        person = public.post("/be/report/", {**ANSWERS, "account": "Дапамажыце", "form_key": form_key.new()})
        clock.shift(21)
        if waits(person):
            person = public.post("/be/report/", hidden_in(person))
        assert code_in(person)

        def send_now(page: Response) -> Response:
            try:
                return Client().post("/en/report/", hidden_in(page))
            finally:
                connection.close()

        codes = {code_in(page) for page in [*taken, *pool.map(send_now, waiting)]}
    assert len(codes) == programs
    assert Report.objects.count() == programs + 2
