"""The public form as a person uses it: open it, fill it in, send it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.conftest import SiteClient
from tests.factories import make_receipt
from tests.portal.mailbox_visits import enter
from tests.responses import Response

Send = Callable[..., Response]

LANGUAGES = ("nl", "en", "be", "ru")
PAGES = (
    "", "report/", "advice/", "privacy/", "contact/", "addresses/",
    "helpers/", "organisations/", "under-18/", "accessibility/", "policy/",
)  # fmt: skip

ANSWERS: dict[str, Any] = {
    "in_danger_now": "no",
    "feels_threatened": "no",
    "account": "Zomaar een verhaal.",
}


def key_in(page: Response) -> str:
    """The form key in a form page."""
    found = re.search(r'name="form_key" value="([^"]+)"', page.content.decode())
    assert found, "the page has no form key"
    return found[1]


def code_in(page: Response) -> str:
    """The receipt code in a receipt page, with single spaces between its groups."""
    found = re.search(r'<p id="code"[^>]*>(.*?)</p>', page.content.decode(), re.DOTALL)
    assert found, "the page has no receipt code"
    return " ".join(re.findall(r"\d{5}", found[1]))


@pytest.fixture
def form_key(public: Client) -> str:
    """The key of a form that was just opened."""
    return key_in(public.get("/nl/report/"))


@pytest.fixture
def send(public: Client, form_key: str) -> Send:
    """Sends the form opened for this test: ANSWERS, changed by keyword; None leaves a question out."""

    def send(language: str = "nl", **changes: Any) -> Response:
        answers = {"form_key": form_key, **ANSWERS, **changes}
        return public.post(
            f"/{language}/report/", {name: value for name, value in answers.items() if value is not None}
        )

    return send


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands still until a test shifts it."""
    with time_machine.travel(datetime(2026, 11, 23, 10, 0, tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def nothing_left(settings: Any) -> None:
    """The budget of this process is used up."""
    settings.REPORTS_PER_MINUTE = 0


@pytest.fixture
def code() -> str:
    """The code of a report that was filed."""
    return make_receipt(number=1).code


@pytest.fixture
def opened(public: SiteClient, code: str) -> SiteClient:
    """The public site with this code's mailbox open."""
    enter(public, code)
    return public
