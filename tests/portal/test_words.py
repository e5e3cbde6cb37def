"""The words of the public room: promises as policy has them, nothing forbidden, four whole catalogues."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from config.translations import faults
from reports.choices import IncidentType
from tests.portal.conftest import LANGUAGES, PAGES, Send
from tests.portal.policy_words import FORBIDDEN, LABELS, PROMISES, SCREEN_TEXTS
from triage.policy.loader import the_policy


def catalogue(language: str) -> polib.POFile:
    path = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po"
    return polib.pofile(str(path))


PUBLIC = ("portal/", "reports/", "triage/templates/triage/policy")


def public_entries(language: str) -> list[polib.POEntry]:
    """The strings of the public room and of the page of rules."""
    return [
        entry
        for entry in catalogue(language)
        if not entry.obsolete and any(place.startswith(PUBLIC) for place, _line in entry.occurrences)
    ]


def public_texts(language: str) -> list[str]:
    """What a reader gets to see, plural forms and the reasons of the rules too."""
    told = [text for entry in public_entries(language) for text in texts_of(entry)]
    return told + [the_policy().why(rule.id, language) for rule in the_policy().rules]


def texts_of(entry: polib.POEntry) -> list[str]:
    return [*entry.msgstr_plural.values()] or [entry.msgstr]


def strings_in_python(path: Path) -> set[str]:
    """The literals that a module hands to gettext under any of its names."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in {"_", "gettext", "gettext_lazy"}
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def test_no_string_of_the_public_room_is_missing_from_the_catalogues() -> None:
    wanted: set[str] = set()
    for path in (settings.BASE_DIR / "portal").rglob("*.py"):
        wanted |= strings_in_python(path)
    for path in (settings.BASE_DIR / "portal" / "templates").rglob("*.html"):
        wanted |= set(re.findall(r"""{% translate (?:"([^"]+)"|'[^']+')""", path.read_text())) - {""}
    assert len(wanted) > 250

    for language in LANGUAGES:
        assert wanted - {entry.msgid for entry in catalogue(language) if not entry.obsolete} == set()


def test_no_string_is_untranslated_or_fuzzy() -> None:
    assert faults() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_keeps_its_placeholders(language: str) -> None:
    def holders(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)[sd]|%%|\{\w+\}", text))

    for entry in catalogue(language):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
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
