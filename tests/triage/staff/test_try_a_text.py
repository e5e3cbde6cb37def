"""Try a text: what would fire, with the words and the ground; nothing of it stays anywhere."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.test import Client

from reports.choices import Queue
from tests.cast import row_counts, sign_in
from tests.factories import make_officer

pytestmark = pytest.mark.django_db

PAGE = "/rules/try/"
IN_ENGLISH = {"accept-language": "en"}
WORDS = "Ze zeiden dat ze mij zullen vermoorden. Gebeld met 06-12345678."


@pytest.fixture
def site(staff_site: Any) -> Any:
    make_officer("anna", [Queue.FOLLOW_UP])
    sign_in(staff_site, "anna")
    return staff_site


def tried(site: Client, **given: Any) -> str:
    response = site.post(PAGE, given, headers=IN_ENGLISH)
    assert response.status_code == 200
    return response.content.decode()


def test_the_start_page_leads_to_it(site: Any) -> None:
    assert f'href="{PAGE}"' in site.get("/").content.decode()


def test_ticks_alone_show_their_rule_its_ground_and_what_it_adds(site: Any) -> None:
    page = tried(site, incident_types=["threat"], severity="physical_threat", in_danger_now="no")

    assert "physical-threat" in page
    assert "Personen die bedreigingen ontvangen" in page
    assert "Police referral" in page
    assert 'class="urgency urgency-high"' in page


def test_words_show_which_of_them_counted_and_what_would_link(site: Any) -> None:
    page = tried(site, account=WORDS)

    assert "vermoorden" in page.partition('<form class="verb"')[0]
    assert 'class="urgency urgency-low"' not in page
    assert "phone number" in page
    assert "+31612345678" in page


def test_an_empty_text_ends_in_follow_up(site: Any) -> None:
    page = tried(site)

    assert "No rule fired" in page
    assert "Follow-up" in page


def test_nothing_is_stored_logged_or_cached(site: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    site.get(PAGE)
    before, session = row_counts(), dict(site.session.items())

    response = site.post(PAGE, {"account": WORDS})

    assert row_counts() == before
    assert dict(site.session.items()) == session
    assert "vermoorden" not in caplog.text
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies or "vermoorden" not in str(response.cookies)


def test_words_in_the_address_are_not_read(site: Any) -> None:
    response = site.get(PAGE, {"account": WORDS})

    assert not response.context["form"].is_bound
    assert "assessment" not in response.context


def test_markup_stays_text(site: Any) -> None:
    page = tried(site, account="<script>alert(1)</script>")

    assert "<script>alert(1)" not in page


def test_an_answer_outside_the_vocabulary_is_refused(site: Any) -> None:
    response = site.post(PAGE, {"severity": "very"})

    assert response.status_code == 422


def test_a_post_from_another_site_is_refused(staff_site: Any) -> None:
    make_officer("anna", [Queue.FOLLOW_UP])
    sign_in(staff_site, "anna")
    staff_site.handler.enforce_csrf_checks = True

    assert staff_site.post(PAGE, {"account": WORDS}).status_code == 403


@pytest.mark.parametrize("page", [PAGE, "/rules/preview/", "/rules/agreement/"])
def test_an_officer_without_a_queue_is_refused(staff_site: Any, page: str) -> None:
    make_officer("guest", [])
    sign_in(staff_site, "guest")

    assert staff_site.get(page).status_code == 403
    assert staff_site.post(page, {"account": WORDS}).status_code == 403


@pytest.mark.parametrize("page", [PAGE, "/rules/preview/", "/rules/agreement/"])
def test_without_a_login_there_is_nothing(staff_site: Any, page: str) -> None:
    assert staff_site.get(page).status_code == 302
    assert staff_site.post(page, {"account": WORDS}).status_code == 302
