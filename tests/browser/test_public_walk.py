"""The public site without a script, with a keyboard, on paper; it asks no other host for anything."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.public_states import (
    LANGUAGES,
    STATES,
    choose,
    every_error,
    fill_in,
    open_form,
    press_send,
    sent,
)
from tests.config.trials import Portal

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A small phone without JavaScript, as Tor Browser on "Safest" is."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def code(page: Page) -> str:
    return page.locator("#code").inner_text().replace("\n", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_state_makes_the_browser_complain_or_ask_another_host(
    portal: Portal, browser: Browser, language: str
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    # A page that is refused with 4xx is named by Chromium in the console; that is no complaint of the page.
    page.on(
        "console", lambda message: said.append(message.text) if "status of 4" not in message.text else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    for name, steps in STATES.items():
        steps(page, f"{portal.public_url}/{language}")
        assert said == [], name
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(portal.public_url).netloc}
    assert not context.cookies()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    context.close()


def test_a_first_visit_is_at_most_three_requests(portal: Portal, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{portal.public_url}/nl/")

    assert len(asked) <= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_is_filed_and_the_code_is_shown_in_groups(portal: Portal, page: Page, language: str) -> None:
    sent(page, f"{portal.public_url}/{language}")

    assert [len(group) for group in code(page).split()] == [5] * 6


def test_the_receipt_changes_its_language_and_keeps_its_code(portal: Portal, page: Page) -> None:
    sent(page, f"{portal.public_url}/nl")
    before = code(page)
    page.get_by_role("button", name="Беларуская").click()

    expect(page.locator("html")).to_have_attribute("lang", "be")
    assert code(page) == before


def test_the_form_changes_its_language_and_keeps_the_words(portal: Portal, page: Page) -> None:
    fill_in(page, f"{portal.public_url}/nl")
    page.get_by_role("button", name="Русский").click()

    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.locator("#id_account")).to_have_value("Нехта здымаў нас на плошчы.")
    press_send(page)
    expect(page.locator("#code")).to_be_visible()


def test_a_form_sent_again_shows_the_same_code(portal: Portal, page: Page) -> None:
    sent(page, f"{portal.public_url}/en")
    first = code(page)
    page.reload()

    assert code(page) == first
    expect(page.get_by_role("heading", name="This report was already here")).to_be_visible()


def test_errors_stand_on_top_with_the_focus_and_lead_to_their_questions(portal: Portal, page: Page) -> None:
    every_error(page, f"{portal.public_url}/en")
    summary = page.get_by_role("alert")

    expect(summary).to_be_focused()
    links = summary.get_by_role("link").all()
    assert len(links) == 4
    for link in links:
        target = (link.get_attribute("href") or "").removeprefix("#")
        link.click()
        expect(page.locator(f"[id={target}]")).to_be_in_viewport()
    expect(page.get_by_role("textbox", name="Tell us in your own words")).to_have_attribute(
        "aria-invalid", "true"
    )


def test_advice_and_questions_unfold_with_the_answer(portal: Portal, page: Page) -> None:
    open_form(page, f"{portal.public_url}/nl")
    danger, threatened = page.locator("#q_in_danger_now .note"), page.locator("#q_feels_threatened .note")
    expect(danger).to_be_hidden()
    choose(page, "in_danger_now", "unsure")
    expect(danger).to_be_visible()
    choose(page, "in_danger_now", "no")
    expect(danger).to_be_hidden()
    choose(page, "feels_threatened", "yes")
    expect(threatened).to_contain_text("Wij roepen u op om aangifte te doen.")

    page.locator("#contact > summary").click()
    expect(page.locator("#id_contact_address")).to_be_hidden()
    choose(page, "contact_way", "email")
    expect(page.locator("#id_contact_address")).to_be_visible()


def test_screen_readers_hear_a_name_for_every_question(portal: Portal, page: Page) -> None:
    open_form(page, f"{portal.public_url}/en")
    for summary in page.locator("details > summary").all():
        summary.click()

    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_have_text("Make a report")
    danger = page.get_by_role("radiogroup", name="Are you, or is someone else, in immediate danger now?")
    assert danger.get_by_role("radio").count() == 3
    kinds = page.get_by_role("group", name="What kind of event was it?")
    assert kinds.get_by_role("checkbox").count() == 18
    expect(kinds).to_have_accessible_description("You can choose more than one answer.")
    expect(page.get_by_role("textbox", name="Tell us in your own words")).to_have_accessible_description(
        "In any language. A few words are enough. Do not name relatives in Belarus."
        " You may report without proof. At most 20,000 characters."
    )
    for group in page.locator("fieldset").all():
        assert group.locator("legend").inner_text().strip()


def test_a_report_is_filed_with_the_keyboard_alone(portal: Portal, page: Page) -> None:
    page.goto(f"{portal.public_url}/en/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("main").get_by_role("link", name="Make a report")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/report/")

    def tab_to(selector: str) -> None:
        for _step in range(60):
            page.keyboard.press("Tab")
            if page.locator(selector).evaluate_all("all => all.some(one => one === document.activeElement)"):
                return
        raise AssertionError(f"the keyboard does not reach {selector}")

    tab_to("input[name=in_danger_now]")
    page.keyboard.press("ArrowDown")
    tab_to("input[name=feels_threatened]")
    page.keyboard.press("Space")
    tab_to("input[name=incident_types]")
    page.keyboard.press("Space")
    tab_to("#id_account")
    page.keyboard.type("Typed with the keyboard alone.")
    tab_to("details#contact > summary")
    page.keyboard.press("Enter")
    expect(page.locator("#contact")).to_have_attribute("open", "")
    tab_to("section.send button")
    page.keyboard.press("Enter")

    expect(page.locator("#code")).to_be_visible()


def test_enter_in_a_text_field_sends_the_form_and_does_not_change_the_language(
    portal: Portal, page: Page
) -> None:
    fill_in(page, f"{portal.public_url}/nl")
    page.locator("#contact > summary").click()
    choose(page, "contact_way", "email")
    page.locator("#id_contact_address").fill("iemand@example.nl")
    page.locator("#id_contact_address").press("Enter")

    expect(page.locator("html")).to_have_attribute("lang", "nl")
    expect(page.locator("#code")).to_be_visible()


def test_what_has_the_focus_is_never_under_the_bar_on_top(portal: Portal, browser: Browser) -> None:
    """WCAG 2.4.11, walking backwards."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, reduced_motion="reduce")
    page = context.new_page()
    open_form(page, f"{portal.public_url}/nl")
    page.locator("footer a").last.focus()
    for _step in range(40):
        page.keyboard.press("Shift+Tab")
        gap = page.evaluate(
            """() => { const bar = document.querySelector('.top'), now = document.activeElement;
            return bar.contains(now) || now.matches('.skip') ? 1 : now.getBoundingClientRect().bottom
            - bar.getBoundingClientRect().bottom; }"""
        )
        assert gap > 0
    context.close()


def test_targets_are_large_enough_for_a_thumb(portal: Portal, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    open_form(page, f"{portal.public_url}/be")
    for target in page.locator(
        ".opts label, summary, .button, .languages a, .languages button, .leave"
    ).all():
        box = target.bounding_box()
        if box is None or not box["height"]:
            continue  # folded away
        assert min(box["height"], box["width"]) >= 44, target.inner_text()
    context.close()


def test_only_the_code_is_printed(portal: Portal, page: Page) -> None:
    sent(page, f"{portal.public_url}/nl")
    page.emulate_media(media="print")

    assert page.locator("body").inner_text().split() == code(page).split()


def test_the_way_out_leads_to_another_site(portal: Portal, page: Page) -> None:
    page.goto(f"{portal.public_url}/ru/privacy/")
    link = page.get_by_role("link", name="Покинуть страницу", exact=True).get_attribute("href")

    answer = page.request.get(f"{portal.public_url}{link}", max_redirects=0)  # the other site stays unasked
    assert (answer.status, answer.headers["location"]) == (303, "https://www.buienradar.nl/")


def test_the_way_out_stays_in_sight_while_reading(portal: Portal, page: Page) -> None:
    page.goto(f"{portal.public_url}/nl/privacy/")
    page.mouse.wheel(0, 2500)

    expect(page.get_by_role("link", name="Verlaat deze pagina")).to_be_in_viewport()
