"""Every page in every language: there, whole, with the exit link."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.portal.conftest import LANGUAGES, PAGES

pytestmark = pytest.mark.django_db


@pytest.fixture(params=LANGUAGES)
def language(request: Any) -> str:
    return str(request.param)


@pytest.mark.parametrize("path", [*PAGES, "none/"])
def test_every_page_has_one_heading_the_way_out_and_itself_in_the_other_languages(
    public: Client, language: str, path: str
) -> None:
    text = public.get(f"/{language}/{path}").content.decode()

    assert text.count("<h1>") == 1
    assert f'<html lang="{language}" dir="ltr">' in text
    assert f'href="/{language}/leave/"' in text
    assert "112" in text
    for other in set(LANGUAGES) - {language}:
        link = f'formaction="/{other}/{path}"' if path == "report/" else f'href="/{other}/{path}"'
        assert link in text
        assert f'lang="{other}"' in text


@pytest.mark.parametrize("path", PAGES)
def test_titles_are_neutral(public: Client, language: str, path: str) -> None:
    title = re.search("<title>(.*?)</title>", public.get(f"/{language}/{path}").content.decode())

    assert title
    assert title[1].endswith(" – Baken")
    assert not re.search("belar|белар|беларус|threat|bedreig|polit", title[1], re.IGNORECASE)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_on_a_page_comes_from_elsewhere_or_runs(public: Client, language: str, path: str) -> None:
    text = public.get(f"/{language}/{path}").content.decode()

    assert not re.search(r"""(src|href|action)=["'](https?:)?//""", text)
    assert "<script" not in text
    assert " style=" not in text
    assert not re.search(r" on\w+=", text)


@pytest.mark.parametrize("path", PAGES)
def test_no_text_is_left_in_english_or_unfilled(public: Client, language: str, path: str) -> None:
    text = public.get(f"/{language}/{path}").content.decode()

    assert "%(" not in text
    assert "{{" not in text
    if language != "en":
        assert " the " not in text


def test_the_addresses_are_those_of_the_settings(public: Client, settings: Any) -> None:
    settings.PUBLIC_URL, settings.ONION_URL = "https://baken.example", "http://abc.onion"
    text = public.get("/nl/addresses/").content.decode()

    assert "https://baken.example" in text
    assert "http://abc.onion" in text


def test_the_page_of_numbers_says_when_they_were_checked(public: Client, settings: Any) -> None:
    assert "nog niet gecontroleerd" in public.get("/nl/contact/").content.decode()

    settings.CONTACTS_CHECKED_ON = "2026-11-20"
    text = public.get("/nl/contact/").content.decode()

    assert "Gecontroleerd op 20 november 2026." in text
    assert "nog niet gecontroleerd" not in text


def test_the_page_of_numbers_has_every_channel_of_the_settings(public: Client, settings: Any) -> None:
    text = public.get("/nl/contact/").content.decode()

    for channel in settings.CONTACTS.values():
        assert f">{channel}<" in text


def test_who_answers_for_the_data_is_named_or_said_to_be_undecided(public: Client, settings: Any) -> None:
    assert "is nog niet besloten" in public.get("/nl/privacy/").content.decode()

    settings.CONTROLLER = "ministerie van Voorbeeld"
    assert "ministerie van Voorbeeld" in public.get("/nl/privacy/").content.decode()


def test_the_danger_block_stands_before_any_field(public: Client, language: str) -> None:
    text = public.get(f"/{language}/report/").content.decode()

    assert text.index('href="tel:112"') < text.index('id="id_in_danger_now_0"')
    assert text.index('id="id_in_danger_now_0"') < text.index('id="id_account"')


@pytest.mark.parametrize(
    "word",
    [
        "bsn",
        "passport",
        "birth",
        "street",
        "residence",
        "asylum",
        "religion",
        "member",
        "nationality",
        "password",
    ],
)
def test_the_form_has_no_field_for_what_must_not_be_asked(public: Client, word: str) -> None:
    names = re.findall(r' name="([^"]+)"', public.get("/en/report/").content.decode())

    assert not [name for name in names if word in name]


def test_browser_memory_and_spelling_services_stay_away_from_the_words(public: Client) -> None:
    text = public.get("/nl/report/").content.decode()

    assert re.search(r'<form id="form"[^>]* autocomplete="off"', text)
    for field in re.findall(r'<textarea[^>]*>|<input type="text"[^>]*>', text):
        assert 'spellcheck="false"' in field
        assert 'autocomplete="off"' in field
