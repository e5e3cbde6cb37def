"""The words of the public site: promises as policy has them, nothing forbidden, four languages whole."""

from __future__ import annotations

import re

import polib
import pytest
from django.template import Engine
from django.test import Client
from django.utils import translation

from config.translations import CATALOGUES, faults
from reports.choices import IncidentType
from tests.catalogues import entries, in_english, strings_in_template, strings_of, texts_of
from tests.portal.conftest import LANGUAGES, PAGES, Send
from tests.portal.policy_words import FORBIDDEN, LABELS, PROMISES, SCREEN_TEXTS
from triage.policy.loader import the_policy


def public_entries(language: str) -> list[polib.POEntry]:
    """The strings of the public site and of the page of rules; in English, what the sources say."""
    if language != "en":
        return entries("public", language)
    return [in_english(entry) for entry in entries("public", "nl")]


def public_texts(language: str) -> list[str]:
    """What a reader gets to see, plural forms and the reasons of the rules too."""
    told = [text for entry in public_entries(language) for text in texts_of(entry)]
    return told + [the_policy().why(rule.id, language) for rule in the_policy().rules]


def test_no_string_of_the_public_site_is_missing_from_the_catalogues() -> None:
    wanted = strings_of("public")
    assert len(wanted) > 350

    for language in CATALOGUES["public"]:
        assert wanted - {entry.msgid for entry in entries("public", language)} == set()


@pytest.mark.parametrize("language", CATALOGUES["public"])
def test_no_string_of_the_page_of_rules_is_missing_wherever_its_files_are(language: str) -> None:
    wanted = {
        text
        for name in ("triage/policy.html", "triage/policy_rules.html")
        for text in strings_in_template(Engine.get_default().get_template(name).source)
    }
    assert len(wanted) > 10

    assert wanted - {entry.msgid for entry in entries("public", language)} == set()


def test_no_string_is_untranslated_or_fuzzy() -> None:
    assert faults() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_keeps_its_placeholders(language: str) -> None:
    def holders(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)[sd]|%%|\{\w+\}", text))

    for entry in public_entries(language):
        for text in texts_of(entry):
            assert holders(text) == holders(entry.msgid) | holders(entry.msgid_plural), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_public_string_is_forgotten_in_english_or_grows_out_of_its_place(language: str) -> None:
    for entry in public_entries(language):
        for text in texts_of(entry):
            if language in {"be", "ru"} and re.search("[a-z]{3}", entry.msgid):
                assert re.search("[а-яё]", text, re.IGNORECASE), entry.msgid
            assert len(text) <= max(40, 2.2 * len(entry.msgid)), entry.msgid


@pytest.mark.parametrize("language", ["be", "ru"])
def test_letters_of_the_other_alphabet_do_not_slip_in(language: str) -> None:
    foreign = {"be": "[ищъ]", "ru": "[іў]"}[language]
    for text in public_texts(language):
        assert not re.search(foreign, text, re.IGNORECASE), text
        assert not re.search(r"[а-яёіў][a-z]|[a-z][а-яёіў]", text, re.IGNORECASE), text


def test_belarusian_is_in_the_official_orthography() -> None:
    """The soft sign between two soft consonants is the mark of the other one (taraškievica)."""
    for text in public_texts("be"):
        assert not re.search(r"сьв|сьн|сьц(?!і\b)|зьн|зьв|дзьв|ньн|льл|сьл|плян|ляг", text), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_promised_that_policy_does_not_promise(language: str) -> None:
    for text in public_texts(language):
        assert not re.search(FORBIDDEN[language], text, re.IGNORECASE), text


def test_the_word_meldpunt_stands_only_where_we_say_that_we_are_none() -> None:
    texts = [text for text in public_texts("nl") if "meldpunt" in text.lower()]

    assert texts == [PROMISES[4]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_says_that_belarus_did_it(language: str) -> None:
    who = {"nl": "Belarus", "en": "Belarus", "be": "Беларус", "ru": "Беларус"}[language]
    did = r"(heeft|hebben|has|have|did|зрабіл|сделал)\b"
    for text in public_texts(language):
        assert not re.search(rf"{who}\w*\s+{did}", text), text


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.django_db
def test_the_page_of_promises_has_each_word_for_word(public: Client, promise: str) -> None:
    assert promise in public.get("/nl/privacy/").content.decode()


@pytest.mark.django_db
def test_the_receipt_repeats_the_first_two(send: Send) -> None:
    page = send().content.decode()

    assert PROMISES[0] in page
    assert PROMISES[1] in page


@pytest.mark.parametrize("english", SCREEN_TEXTS)
def test_the_screen_texts_are_those_of_policy(english: str) -> None:
    for language, text in zip(("nl", "be", "ru"), SCREEN_TEXTS[english], strict=True):
        with translation.override(language):
            assert translation.gettext(english) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_18_types_have_the_labels_of_policy(language: str) -> None:
    with translation.override(language):
        assert [str(label) for label in IncidentType.labels] == list(LABELS[language])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.django_db
def test_readers_are_addressed_formally_throughout(public: Client, language: str) -> None:
    informal = {
        "nl": r"\b(jij|jou|jouw|je)\b",
        "en": "$^",
        "be": r"\b(ты|твой|табе|цябе)\b",
        "ru": r"\b(ты|твой|тебе|тебя)\b",
    }
    for path in PAGES:
        text = public.get(f"/{language}/{path}").content.decode()

        assert not re.search(informal[language], text, re.IGNORECASE), path
