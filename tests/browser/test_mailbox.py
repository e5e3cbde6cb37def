"""The mailbox in a browser: axe, console and width on every state, and the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.checks import assert_accessible
from tests.browser.mailbox_states import (
    ANSWER,
    expire,
    file_report,
    have_answered,
    opened,
    send,
    states,
    type_code,
)
from tests.browser.public_states import LANGUAGES
from tests.config.trials import Portal

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def answered_code(portal: Portal, browser: Browser) -> str:
    return have_answered(portal, browser)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A small phone without JavaScript, as Tor Browser on "Safest" is."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_of_the_mailbox_is_accessible_at_320_pixels(
    portal: Portal, browser: Browser, answered_code: str, language: str
) -> None:
    site = f"{portal.public_url}/{language}"
    for name, steps in states(portal, answered_code).items():
        context = browser.new_context(
            viewport={"width": 320, "height": 640}, bypass_csp=True, locale=language
        )
        page = context.new_page()
        steps(page, site)
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert_accessible(page, f"mailbox {name} in {language}")
        context.close()


@pytest.mark.parametrize(("scheme", "forced"), [("dark", "none"), ("light", "active")])
def test_dark_and_in_forced_colours(
    portal: Portal,
    browser: Browser,
    answered_code: str,
    scheme: Literal["light", "dark"],
    forced: Literal["none", "active"],
) -> None:
    every = states(portal, answered_code)
    for name in ("mistyped", "open with an answer", "adding nothing", "withdrawing"):
        context = browser.new_context(
            viewport={"width": 640, "height": 800},
            bypass_csp=True,
            color_scheme=scheme,
            forced_colors=forced,
        )
        page = context.new_page()
        every[name](page, f"{portal.public_url}/ru")
        assert_accessible(page, f"mailbox {name}, {scheme} {forced}")
        context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_state_of_the_mailbox_makes_the_browser_complain_or_ask_another_host(
    portal: Portal, browser: Browser, answered_code: str, language: str
) -> None:
    said: list[str] = []
    asked: list[str] = []
    for name, steps in states(portal, answered_code).items():
        context = browser.new_context(viewport={"width": 360, "height": 740})
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if is_complaint(message.text) else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        steps(page, f"{portal.public_url}/{language}")
        assert said == [], name
        assert {cookie["name"] for cookie in context.cookies()} <= {"baken_mailbox"}
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        context.close()
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(portal.public_url).netloc}


def is_complaint(message: str) -> bool:
    """Chromium also notes each page refused with 4xx, and that it did what Clear-Site-Data asks."""
    return "status of 4" not in message and not message.startswith("Clear-Site-Data header on")


def tab_to(page: Page, selector: str) -> None:
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.locator(selector).evaluate_all("all => all.some(one => one === document.activeElement)"):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_with_the_keyboard_alone_somebody_opens_it_adds_words_and_logs_out(
    portal: Portal, page: Page
) -> None:
    site = f"{portal.public_url}/en"
    code = file_report(page, site)
    page.goto(f"{site}/mailbox/")
    tab_to(page, "#id_code")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your mailbox")).to_be_visible()

    tab_to(page, "a[href='/en/mailbox/add/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mailbox/add/")
    tab_to(page, "#id_words")
    page.keyboard.type("Typed with the keyboard alone.")
    tab_to(page, "main form .button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("We have received your words.")).to_be_visible()

    tab_to(page, "a[href='/en/mailbox/out/']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The mailbox is closed")).to_be_visible()
    assert page.context.cookies() == []


def test_with_the_keyboard_alone_somebody_withdraws_a_report(portal: Portal, page: Page) -> None:
    opened(page, f"{portal.public_url}/en")
    tab_to(page, "a[href='/en/mailbox/withdraw/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mailbox/withdraw/")
    tab_to(page, ".button.red")
    page.keyboard.press("Enter")

    expect(page.locator("#status ~ p", has_text="Withdrawing: asked for.")).to_be_visible()


def test_a_mistake_in_the_code_has_the_focus_and_leads_to_its_field(portal: Portal, page: Page) -> None:
    type_code(page, f"{portal.public_url}/en", "12345 12345 12345 12345 12345 12345")
    summary = page.get_by_role("alert").first

    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Your code")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")


def test_an_answer_is_read_and_deleted(portal: Portal, browser: Browser, page: Page) -> None:
    code = have_answered(portal, browser)
    type_code(page, f"{portal.public_url}/be", code)

    article = page.get_by_role("article")
    expect(article).to_contain_text(ANSWER.partition("\n")[0])
    article.get_by_role("button").click()
    expect(page.get_by_role("article")).to_have_count(0)
    expect(page.get_by_role("status")).to_be_visible()


def test_words_written_when_the_time_was_over_can_still_be_sent(portal: Portal, page: Page) -> None:
    site = f"{portal.public_url}/ru"
    code = file_report(page, site)
    type_code(page, site, code)
    page.goto(f"{site}/mailbox/add/")
    page.locator("#id_words").fill("Длинный текст.")
    expire(page, portal)
    send(page)
    page.locator("#id_code").fill(code)
    send(page)

    expect(page.locator("#id_words")).to_have_value("Длинный текст.")
    send(page)
    expect(page.get_by_role("status")).to_be_visible()
