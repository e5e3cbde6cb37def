"""Days, times and numbers as people write them in each language; hours from 0 to 23 in all."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.factories import make_receipt
from tests.portal.conftest import LANGUAGES, PAGES

pytestmark = pytest.mark.django_db

DAYS = {"nl": "3 mei 2026", "en": "3 May 2026", "be": "3 траўня 2026", "ru": "3 мая 2026"}
LIMITS = {"nl": "20.000", "en": "20,000", "be": "20\xa0000", "ru": "20\xa0000"}
TWELVE_HOURS = r"\b[ap]\.?m\.|\d:\d\d ?[AP]M|папаўдні|папоўдні|раніцы|вечара|пополудни|вечера"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_reads_as_people_write_it(public: Client, settings: Any, language: str) -> None:
    settings.CONTACTS_CHECKED_ON = date(2026, 5, 3).isoformat()

    assert DAYS[language] in public.get(f"/{language}/contact/").content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mailbox_closes_at_an_hour_of_the_day(public: Client, language: str) -> None:
    code = make_receipt().code
    with time_machine.travel(datetime(2026, 5, 3, 17, 28, tzinfo=UTC), tick=False):
        public.post(f"/{language}/mailbox/", {"code": code})
        for page in ("", "add/"):
            text = public.get(f"/{language}/mailbox/{page}").content.decode()

            assert " 19:43" in text
            assert not re.search(TWELVE_HOURS, text)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_counts_hours_twice_to_twelve(public: Client, language: str, path: str) -> None:
    assert not re.search(TWELVE_HOURS, public.get(f"/{language}/{path}").content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_numbers_are_grouped(public: Client, language: str) -> None:
    assert LIMITS[language] in unescape(public.get(f"/{language}/report/").content.decode())
