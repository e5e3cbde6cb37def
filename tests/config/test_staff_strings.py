"""Staff strings are in Dutch and English; Belarusian and Russian are for what the public site shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Engine
from django.utils import translation

from config.translations import CATALOGUES, LOCALE_DIR, catalogue_of, faults, po_file
from tests.catalogues import entries, strings_of, texts_of


def test_the_settings_name_the_catalogues_in_their_order() -> None:
    assert [LOCALE_DIR / name for name in CATALOGUES] == settings.LOCALE_PATHS


def test_each_staff_string_has_dutch() -> None:
    known = {entry.msgid for name in CATALOGUES for entry in entries(name, "nl")}

    assert len(strings_of("staff")) > 250
    assert strings_of("staff") - known == set()
    assert all(text for entry in entries("staff", "nl") for text in texts_of(entry))


def test_a_process_shows_the_strings_of_both_catalogues() -> None:
    with translation.override("nl"):
        assert translation.gettext("Keys and members") == "Sleutels en leden"
        assert translation.gettext("In danger, call 112.") == "Bel 112 bij gevaar."


def test_the_placeholders_of_a_staff_string_are_kept() -> None:
    def holders(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)[sd]|%%|\{\w+\}", text))

    for entry in entries("staff", "nl"):
        for text in texts_of(entry):
            assert holders(text) == holders(entry.msgid) | holders(entry.msgid_plural), text


@pytest.mark.parametrize("language", ["be", "ru"])
def test_belarusian_and_russian_hold_no_staff_string(language: str) -> None:
    of_staff = strings_of("staff") - strings_of("public")

    assert not po_file("staff", language).exists()
    assert {entry.msgid for entry in entries("public", language)} & of_staff == set()


def test_the_page_of_rules_is_public_and_the_officers_pages_are_not() -> None:
    assert catalogue_of("triage/templates/triage/policy.html") == "public"
    assert catalogue_of("triage/templates/triage/preview.html") == "staff"
    assert catalogue_of("triage/policy_desk.py") == "staff"


def test_a_string_with_two_translations_is_named(tmp_path: Path) -> None:
    said = 'msgid ""\nmsgstr ""\n\nmsgid "Closed"\nmsgstr "%s"\n'
    for name, languages in CATALOGUES.items():
        for language in languages:
            file = po_file(name, language, tmp_path)
            file.parent.mkdir(parents=True)
            file.write_text(said % ("Gesloten" if name == "staff" else "Afgesloten"))

    assert faults(tmp_path) == ["staff/nl:4: the public catalogue has other words: Closed"]


# Words that mean something else in Dutch: a school paper, a row, cleaning of floors, the lock of a door.
WRONG_NOUNS = (
    r"werkstuk|\brij(en)?\b|\bbestemming|schoon(ge)?ma|\bschone|controleboek|op slot|\bmensen\b|meldpunt"
)


def mails() -> list[Path]:
    folder = Path(Engine.get_default().get_template("triage/mail/weekly.nl.txt").origin.name).parent
    found = sorted(folder.glob("*.txt")) + sorted(folder.glob("*.html"))
    assert len(found) > 5
    return found


def test_dutch_staff_strings_and_mails_use_the_words_of_a_desk() -> None:
    said = [text for entry in entries("staff", "nl") for text in texts_of(entry)]
    said += [path.read_text(encoding="utf-8") for path in mails()]

    assert [text for text in said if re.search(WRONG_NOUNS, text, re.IGNORECASE)] == []


def test_a_report_is_never_called_a_signal() -> None:
    """A signal is what a text pattern found in the words; one page lists these."""
    said = {text for entry in entries("staff", "nl") for text in (entry.msgid, *texts_of(entry))}
    said |= {path.read_text(encoding="utf-8") for path in mails()}

    called = {text for text in said if re.search(r"\bsigna(l|al)", text, re.IGNORECASE)}
    assert called == {"Signals in the words", "Signalen in de tekst"}
