"""axe finds nothing on any state of the public site in four languages, and nothing is too wide."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.browser.checks import assert_accessible
from tests.browser.public_states import LANGUAGES, STATES, every_error, everything_open, sent
from tests.config.trials import Portal

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_in_every_language_at_320_pixels(
    portal: Portal, browser: Browser, language: str, state: str
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True, locale=language)
    page = context.new_page()
    STATES[state](page, f"{portal.public_url}/{language}")

    assert page.locator("html").get_attribute("lang") in LANGUAGES
    assert_accessible(page, f"{state} in {language}")
    context.close()


@pytest.mark.parametrize("language", ["nl", "ru"])
@pytest.mark.parametrize(
    ("width", "scheme", "forced"),
    [(1280, "light", "none"), (1280, "dark", "none"), (320, "dark", "none"), (640, "light", "active")],
)
def test_other_widths_dark_and_forced_colours(
    portal: Portal,
    browser: Browser,
    language: str,
    width: int,
    scheme: Literal["light", "dark"],
    forced: Literal["none", "active"],
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        bypass_csp=True,
        color_scheme=scheme,
        forced_colors=forced,
        reduced_motion="reduce",
    )
    page = context.new_page()
    for steps in (STATES["start"], everything_open, every_error, sent):
        steps(page, f"{portal.public_url}/{language}")
        assert_accessible(page, f"{steps} in {language}, {width} {scheme} {forced}")
    context.close()


@pytest.mark.parametrize("zoom", [2, 4])
def test_at_200_and_400_percent_nothing_sticks_out(portal: Portal, browser: Browser, zoom: int) -> None:
    """Zoom makes the window smaller in CSS pixels: 1280 by 1024 at 400 % is 320 by 256."""
    context = browser.new_context(
        viewport={"width": 1280 // zoom, "height": 1024 // zoom}, device_scale_factor=zoom, bypass_csp=True
    )
    page = context.new_page()
    for state in ("start", "form all open", "receipt"):
        STATES[state](page, f"{portal.public_url}/nl")
        assert_accessible(page, f"{state} at {zoom}00 %")
    context.close()


def test_text_may_be_spaced_out_without_loss(portal: Portal, browser: Browser) -> None:
    """WCAG 1.4.12."""
    context = browser.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True)
    page = context.new_page()
    for state in ("start", "form all open", "receipt"):
        STATES[state](page, f"{portal.public_url}/ru")
        page.add_style_tag(
            content="* { line-height: 1.5 !important; letter-spacing: .12em !important;"
            " word-spacing: .16em !important; } p { margin-bottom: 2em !important; }"
        )
        assert_accessible(page, f"{state} spaced out")
    context.close()
