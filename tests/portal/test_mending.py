"""A form that cannot be taken yet comes back as it was, and says in the reader's language what to correct."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from reports.models import Report
from tests.portal.conftest import ANSWERS, LANGUAGES, Send, code_in, key_in
from tests.responses import Response

pytestmark = pytest.mark.django_db


def mended(page: Response) -> str:
    """The page, checked to be a form to correct, with nothing stored."""
    text = page.content.decode()
    assert page.status_code == 422
    assert 'role="alert"' in text
    assert not Report.objects.exists()
    return text


@pytest.mark.parametrize("question", ["in_danger_now", "feels_threatened", "account"])
def test_a_missing_answer_is_asked_for_beside_the_question_and_on_top(send: Send, question: str) -> None:
    text = mended(send(**{question: None}))

    target = f"id_{question}" if question == "account" else f"id_{question}_0"
    assert f'<a href="#{target}">' in text
    assert f'id="{target}"' in text
    assert f'id="id_{question}_error"' in text


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("nl", "Kies een antwoord."),
        ("en", "Choose an answer."),
        ("be", "Абярыце адказ."),
        ("ru", "Выберите ответ."),
    ],
)
def test_the_message_is_in_the_readers_language(send: Send, language: str, message: str) -> None:
    assert message in mended(send(language, in_danger_now=None))


@pytest.mark.parametrize(
    ("question", "value"),
    [("in_danger_now", "perhaps"), ("incident_types", ["threat", "nonsense"]), ("when", "1"), ("place", "")],
)
def test_an_unknown_answer_is_refused_or_ignored_but_never_stored(
    send: Send, question: str, value: Any
) -> None:
    page = send(**{question: value})

    if value == "":
        assert page.status_code == 422 or code_in(page)
    else:
        assert "Kies een van de antwoorden uit de lijst." in mended(page)


def test_a_text_over_the_limit_is_told_its_length_and_kept_on_the_page(send: Send) -> None:
    limit = settings.ACCOUNT_MAX_LENGTH
    text = mended(send(account="я" * (limit + 1)))

    assert f"Uw tekst is te lang: {limit + 1} tekens. Het maximum is {limit}." in text
    assert "я" * (limit + 1) in text


def test_a_text_of_exactly_the_limit_is_taken_with_any_kind_of_line_end(send: Send) -> None:
    assert code_in(send(account="a\r\n" * (settings.ACCOUNT_MAX_LENGTH // 2)))


def test_nothing_that_was_filled_in_is_lost(send: Send) -> None:
    text = mended(
        send(
            in_danger_now=None,
            account="Ze <b>zeiden</b> & dreigden.",
            incident_types=["threat", "smear"],
            when="today",
            contact_way="phone",
            contact_address="06 12345678",
            consent_obi="no",
        )
    )

    assert "Ze &lt;b&gt;zeiden&lt;/b&gt; &amp; dreigden." in text
    assert 'value="06 12345678"' in text
    for name, value in [("incident_types", "threat"), ("incident_types", "smear"), ("when", "today"),
                        ("contact_way", "phone"), ("consent_obi", "no")]:  # fmt: skip
        assert re.search(rf'name="{name}" value="{value}"[^>]* checked', text), (name, value)


def test_a_folded_group_opens_when_something_in_it_must_be_mended(send: Send) -> None:
    text = mended(send(contact_way="email"))

    assert '<details class="fold" id="contact" open>' in text
    assert '<details class="fold" id="who">' in text


def test_an_address_is_asked_for_when_e_mail_was_chosen(send: Send) -> None:
    assert 'href="#id_contact_address"' in mended(send(contact_way="email"))


def test_mended_and_sent_again_it_is_stored(public: Client, send: Send) -> None:
    page = send(in_danger_now=None)

    assert code_in(public.post("/nl/report/", {**ANSWERS, "form_key": key_in(page)}))


@pytest.mark.parametrize("key", [None, "", "made-up", "AAAA:1x:abc", "\x00"])
def test_a_key_that_is_not_ours_brings_the_form_back_with_a_fresh_one(
    public: Client, send: Send, key: str | None
) -> None:
    page = send(form_key=key)

    text = mended(page)
    assert "Zomaar een verhaal." in text
    assert code_in(public.post("/nl/report/", {**ANSWERS, "form_key": key_in(page)}))


def test_an_expired_key_brings_the_form_back_with_a_fresh_one(public: Client, send: Send) -> None:
    later = timezone.now() + settings.FORM_KEY_MAX_AGE + timedelta(minutes=1)
    with time_machine.travel(later):
        page = send()

        assert "Deze pagina stond lang open." in mended(page)
        assert code_in(public.post("/nl/report/", {**ANSWERS, "form_key": key_in(page)}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_changes_without_losing_what_was_typed(send: Send, language: str) -> None:
    page = send(language, other_language="1", in_danger_now=None)
    text = page.content.decode()

    assert page.status_code == 200
    assert "Zomaar een verhaal." in text
    assert 'role="alert"' not in text
    assert f'<html lang="{language}"' in text
    assert not Report.objects.exists()


def test_the_language_of_a_blank_form_changes_by_its_address(public: Client, form_key: str) -> None:
    presets = {
        "contact_way": "code",
        "consent_police": "ask_first",
        "consent_obi": "ask_first",
        "account": "",
    }

    page = public.post("/ru/report/", {"form_key": form_key, "other_language": "1", **presets})

    assert (page.status_code, page["Location"]) == (302, "/ru/report/")


def test_letters_that_arrived_broken_are_asked_for_again(send: Send) -> None:
    assert "niet goed aangekomen" in mended(send(account="Za \ufffd"))


def test_a_byte_nobody_typed_is_left_out(send: Send) -> None:
    assert code_in(send(account="Een\x00woord"))
