"""Over the budget of a process: the wait page in a browser, in four languages, without a script."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from config.settings import BASE_DIR
from config.trial.environment import Trial
from config.trial.processes import gunicorn
from tests.browser.checks import DOCS_PICTURES, assert_accessible
from tests.browser.public_states import LANGUAGES, choose, fill_in, press_send
from tests.config.trials import Portal, free_ports
from tests.services import eventually, running

pytestmark = pytest.mark.browser

WORDS = "Нехта здымаў нас на плошчы."  # of fill_in()


@pytest.fixture(scope="module")
def full_site(portal: Portal) -> Iterator[str]:
    """The public site once more, on the data of the trial, with nothing left of its budget."""
    trial = Trial(data=portal.data, public_port=free_ports(1)[0])
    environment = trial.environment("public") | {
        "BAKEN_BIND": f"127.0.0.1:{trial.public_port}",
        "BAKEN_WEB_WORKERS": "1",
        "BAKEN_REPORTS_PER_MINUTE": "0",
    }
    with running(gunicorn(), env=environment, cwd=BASE_DIR):
        eventually(lambda: _answers(trial.public_url), what="the public site")
        yield trial.public_url


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_accessible_at_320_pixels_and_the_browser_does_not_complain(
    full_site: str, browser: Browser, language: str
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True, locale=language)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    fill_in(page, f"{full_site}/{language}")
    press_send(page)

    expect(page.get_by_role("status")).to_contain_text("20")
    assert_accessible(page, f"wait page in {language}")
    assert said == []
    if language == "be" and "DOCS_PICTURES" in os.environ:
        page.screenshot(path=DOCS_PICTURES / "public-wait-phone.png")
    context.close()


def test_a_person_waits_changes_the_language_and_gets_a_code(full_site: str, page: Page) -> None:
    fill_in(page, f"{full_site}/nl")
    press_send(page)
    page.get_by_role("button", name="Беларуская").click()
    expect(page.locator("html")).to_have_attribute("lang", "be")
    expect(page.get_by_role("status")).to_be_visible()

    def sent() -> bool:
        page.get_by_role("button", name="Адправіць цяпер").click()
        return page.locator("#code").is_visible()

    eventually(sent, what="the code")


def test_the_way_back_leads_to_the_answers_and_danger_needs_no_wait(full_site: str, page: Page) -> None:
    fill_in(page, f"{full_site}/ru")
    press_send(page)
    page.get_by_role("button", name="Назад к моим ответам").click()
    expect(page.locator("#id_account")).to_have_value(WORDS)
    choose(page, "in_danger_now", "unsure")
    press_send(page)

    expect(page.locator("#code")).to_be_visible()
