"""Pictures of the public site for docs/img, taken from the running site: DOCS_PICTURES=1 ./run test …"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.browser.checks import DOCS_PICTURES
from tests.browser.mailbox_states import have_answered, states
from tests.browser.public_states import STATES
from tests.config.trials import Portal

pytestmark = pytest.mark.browser

# name: (state, language, width, height, colour scheme)
PICTURES: dict[str, tuple[str, str, int, int, Literal["light", "dark"]]] = {
    "public-start": ("start", "nl", 1000, 1000, "light"),
    "public-start-phone": ("start", "be", 360, 740, "light"),
    "public-form": ("form", "nl", 1000, 1300, "light"),
    "public-form-phone": ("form", "be", 360, 1500, "light"),
    "public-form-open": ("form all open", "en", 760, 1400, "light"),
    "public-errors-phone": ("form with errors", "ru", 360, 1100, "light"),
    "public-receipt": ("receipt", "nl", 1000, 1000, "light"),
    "public-receipt-phone-dark": ("receipt", "be", 360, 1100, "dark"),
    "public-code-phone": ("mistyped", "be", 360, 1100, "light"),
    "public-mailbox-phone": ("open with an answer", "be", 360, 1300, "light"),
    "public-mailbox-add": ("adding nothing", "ru", 760, 1500, "light"),
    "public-mailbox-withdraw-phone": ("withdrawing", "ru", 360, 1300, "dark"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_each_key_state_can_be_taken(
    portal: Portal, browser: Browser, name: str, tmp_path: Path
) -> None:
    """In docs/img only when DOCS_PICTURES is set: a test run leaves the tree as it was."""
    state, language, width, height, scheme = PICTURES[name]
    every = STATES if state in STATES else states(portal, have_answered(portal, browser))
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        java_script_enabled=False,
        reduced_motion="reduce",
    )
    page = context.new_page()
    every[state](page, f"{portal.public_url}/{language}")
    page.wait_for_load_state()  # Chromium cannot take a picture while it still loads
    folder = DOCS_PICTURES if "DOCS_PICTURES" in os.environ else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")
    context.close()

    assert (folder / f"{name}.png").stat().st_size > 5_000
