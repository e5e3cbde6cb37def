"""English is what the sources say: a reader of English gets it without a catalogue, never Dutch instead."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.utils import formats, translation

from config.translations import LOCALE_DIR
from tests.cast import log_in
from tests.catalogues import entries
from tests.factories import make_officer
from tests.services import run_python

ASK = """
import json, sys
import django
django.setup()
from django.utils.translation import gettext, ngettext, override
with open(sys.argv[1]) as file, override("en"):
    print(json.dumps([ngettext(*each) if len(each) == 3 else gettext(*each) for each in json.load(file)]))
"""
Asked = tuple[str] | tuple[str, str, int]
DJANGOS_OWN: list[Asked] = [
    ("This field is required.",),
    ("November",),
    ("Select %s to change",),
    ("Yes",),
    ("%(count)d minute", "%(count)d minutes", 1),
    ("%(count)d minute", "%(count)d minutes", 2),
]


def in_a_process(role: str, asked: list[Asked], folder: Path) -> list[str]:
    """What a process of that role says in English to strings, and to plurals with their number."""
    file = folder / "asked.json"
    file.write_text(json.dumps(asked))
    environment = os.environ | {"BAKEN_ROLE": role, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = run_python("-c", ASK, str(file), env=environment)
    assert done.returncode == 0, done.stderr
    answers: list[str] = json.loads(done.stdout)
    return answers


def test_there_is_no_english_catalogue() -> None:
    assert [path for path in LOCALE_DIR.rglob("*.po") if path.parent.parent.name == "en"] == []


@pytest.mark.parametrize("role", ["public", "staff"])
@pytest.mark.django_db  # makes the keys, without which neither site starts
def test_each_site_says_in_english_what_the_sources_say(role: str, tmp_path: Path) -> None:
    asked: list[Asked] = [*DJANGOS_OWN]
    for entry in entries("public", "nl") + entries("staff", "nl"):
        if entry.msgid_plural:
            asked += [(entry.msgid, entry.msgid_plural, number) for number in (0, 1, 2, 21)]
        else:
            asked.append((entry.msgid,))
    assert len(asked) > 800

    said = in_a_process(role, asked, tmp_path)

    assert said == [each[1] if len(each) == 3 and each[2] != 1 else each[0] for each in asked]


@pytest.mark.django_db
def test_the_admin_speaks_english_in_djangos_own_words_too(staff_site: Client) -> None:
    make_officer("root", [], is_superuser=True)
    log_in(staff_site, "root")

    page = staff_site.get("/auth/user/", HTTP_ACCEPT_LANGUAGE="en").content.decode()

    assert '<html lang="en' in page
    assert "Select user to change" in page
    assert "Keys and members" in page


@pytest.mark.django_db
def test_the_admin_speaks_dutch_in_djangos_own_words_too(staff_site: Client) -> None:
    make_officer("root", [], is_superuser=True)
    log_in(staff_site, "root")

    page = staff_site.get("/auth/user/", HTTP_ACCEPT_LANGUAGE="nl").content.decode()

    assert '<html lang="nl' in page
    assert "Selecteer gebruiker om te wijzigen" in page
    assert "Sleutels en leden" in page


def test_dates_and_numbers_stay_english() -> None:
    with translation.override("en"):
        assert formats.date_format(date(2026, 11, 9)) == "Nov. 9, 2026"
        assert formats.date_format(date(2026, 11, 9), "l j F Y") == "Monday 9 November 2026"
        assert formats.number_format(20000.5, use_l10n=True, force_grouping=True) == "20,000.5"
