"""The main job in a real browser: from the Belarusian form to both queues, and the week's mail."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from config.settings import BASE_DIR
from tests.config.trials import Portal, clean_environment
from tests.services import PATIENCE

pytestmark = pytest.mark.browser

WORDS = "КДБ пагражае мне: ведаюць, дзе вучыцца мой сын, і абяцаюць прыехаць."
WITHIN = 5.0  # seconds from the receipt to both queues, on a machine that has nothing else to do


def slowness() -> float:
    """How many programs wait for each core of this machine now; at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


QUEUES = {"politie": "policereferral", "obi": "obiapproach"}


@pytest.fixture
def officers(portal: Portal, browser: Browser) -> Iterator[dict[str, Page]]:
    """A signed-in page for the officer of each queue, standing on its list."""
    pages = {}
    for name, queue in QUEUES.items():
        page = browser.new_context(locale="nl").new_page()
        page.goto(f"{portal.staff_url}/")
        page.fill("#id_username", name)
        page.fill("#id_password", "only-for-this-trial")
        page.press("#id_password", "Enter")
        page.wait_for_url(f"{portal.staff_url}/")
        page.goto(f"{portal.staff_url}/triage/{queue}/")
        pages[name] = page
    yield pages
    for page in pages.values():
        page.context.close()


def listed(page: Page) -> set[str]:
    page.reload()
    return set(page.locator("#result_list th a").all_inner_texts())


def test_a_belarusian_report_of_a_threat_by_a_service_stands_in_both_queues_within_five_seconds(
    portal: Portal, browser: Browser, officers: dict[str, Page]
) -> None:
    before = {name: listed(page) for name, page in officers.items()}
    reporter = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="be", java_script_enabled=False
    ).new_page()
    reporter.goto(f"{portal.public_url}/be/report/")
    for name, value in {"in_danger_now": "no", "feels_threatened": "yes", "incident_types": "threat"}.items():
        reporter.locator(f"input[name={name}][value={value}]").check()
    reporter.fill("textarea[name=account]", WORDS)
    reporter.locator("details:has(input[name=suspected_actor]) > summary").click()
    reporter.locator("input[name=suspected_actor][value=belarus]").check()
    reporter.locator("main form#form button.button").last.click()
    reporter.wait_for_selector("#code")
    received = time.monotonic()

    new: dict[str, set[str]] = {}
    while len(new) < len(QUEUES):
        waited = time.monotonic() - received
        assert waited < WITHIN * slowness(), f"only in {sorted(new)} after {waited:.1f} s"
        for name, page in officers.items():
            if added := listed(page) - before[name]:
                new[name] = added

    assert len(reporter.inner_text("#code").replace(" ", "").replace("\n", "")) == 30
    assert reporter.context.cookies() == []
    assert new["politie"] == new["obi"]
    for name, page in officers.items():
        [reference] = new[name]
        page.get_by_role("link", name=reference).click()
        assert WORDS in page.inner_text("blockquote")
        proposal = page.inner_text("section[aria-labelledby=proposal]")
        assert "Personen in Nederland die zich bedreigd voelen" in proposal or name == "obi"


def test_the_mail_of_the_week_lies_in_its_folder(portal: Portal) -> None:
    environment = clean_environment(BAKEN_DATA_DIR=str(portal.data))
    command = [sys.executable, "-m", "config.trial", "manage", "send_weekly_summary", "--week", "2026-W46"]
    subprocess.run(command, env=environment, cwd=BASE_DIR, check=True, timeout=PATIENCE)

    mails = [path.read_text(encoding="utf-8") for path in (portal.data / "mail").iterdir()]

    summaries = [mail for mail in mails if "manager@example.nl" in mail and "46" in mail]
    assert summaries
    assert all(WORDS not in mail for mail in mails)
