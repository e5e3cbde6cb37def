"""Pictures of the staff site for docs/img, taken from the trial: DOCS_PICTURES=1 ./run test --all …"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.checks import DOCS_PICTURES
from tests.config.trials import Portal
from tests.services import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def coordinator(portal: Portal, browser: Browser) -> Page:
    """A coordinator's page on the police queue, once the demo is triaged."""
    page = browser.new_context(
        viewport={"width": 1100, "height": 620}, locale="nl", reduced_motion="reduce"
    ).new_page()
    page.goto(f"{portal.staff_url}/")
    page.fill("#id_username", "coordinator")
    page.fill("#id_password", "only-for-this-trial")
    page.press("#id_password", "Enter")
    page.wait_for_url(f"{portal.staff_url}/")
    eventually(lambda: _rows(page, portal) >= 5, what="the demo in the police queue")
    return page


def _rows(page: Page, portal: Portal) -> int:
    page.goto(f"{portal.staff_url}/triage/policereferral/")
    return page.locator("#result_list tbody tr").count()


def test_pictures_of_a_queue_and_of_a_report_can_be_taken(coordinator: Page, tmp_path: Path) -> None:
    folder = DOCS_PICTURES if "DOCS_PICTURES" in os.environ else tmp_path
    coordinator.screenshot(path=folder / "staff-queue.png")
    coordinator.locator("#result_list th a").first.click()
    coordinator.set_viewport_size({"width": 1100, "height": 1100})
    coordinator.screenshot(path=folder / "staff-report.png")
    coordinator.context.close()

    for name in ("staff-queue", "staff-report"):
        assert (folder / f"{name}.png").stat().st_size > 5_000
