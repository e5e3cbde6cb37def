"""The public page that shows every rule, in four languages, without asking or storing anything."""

from __future__ import annotations

import html
from datetime import date

import pytest
from django.test import Client
from django.utils.formats import date_format

from reports.choices import Language
from triage.policy.loader import the_policy

# The page reads no row; a persistent connection of PostgreSQL is checked before each request.
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", Language.values)
def test_every_rule_is_shown_with_its_reason_in_the_readers_language(public: Client, language: str) -> None:
    page = html.unescape(public.get(f"/{language}/policy/").content.decode())

    for rule in the_policy().rules:
        assert f'id="{rule.id}"' in page
        assert the_policy().why(rule.id, language) in page


def test_the_quoted_sentences_stay_dutch_and_say_where_they_stand(public: Client) -> None:
    page = html.unescape(public.get("/en/policy/").content.decode())

    assert '<blockquote lang="nl">' in page
    assert "Personen in Nederland die zich bedreigd voelen worden opgeroepen" in page
    assert "antwoord 6" in page
    assert date_format(date.fromisoformat(the_policy().basis), "j F Y") in page
    assert the_policy().version in page


def test_the_page_sets_no_cookie_and_takes_no_post(public: Client) -> None:
    assert not public.get("/nl/policy/").cookies
    assert public.post("/nl/policy/").status_code in (403, 405)
