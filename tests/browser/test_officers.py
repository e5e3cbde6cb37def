"""An officer's first login in a browser: invitation, phone, admission; the browser complains of nothing."""

from __future__ import annotations

import time
from base64 import b32decode
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django_otp.oath import TOTP
from playwright.sync_api import Browser, Page

from tests.config.trials import Portal

pytestmark = pytest.mark.browser

PASSWORD = "a passphrase of the officer's own"
TRIAL_PASSWORD = "only-for-this-trial"
WATCH = "document.addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective))"


@dataclass
class Watched:
    """A page, and everything its browser said while it was used."""

    page: Page
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.said.append(f"{self.page.url}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"{self.page.url}: {error}"))
        self.page.on(
            "response",
            lambda answer: (
                self.said.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
            ),
        )
        self.page.add_init_script(WATCH)


@pytest.fixture
def coordinator(portal: Portal, browser: Browser) -> Iterator[Watched]:
    """The coordinator of the demo: administrator, and member of every queue."""
    watched = Watched(browser.new_context(locale="nl").new_page())
    log_in(portal, watched.page, "coordinator", TRIAL_PASSWORD)
    yield watched
    watched.page.context.close()


def log_in(portal: Portal, page: Page, username: str, password: str, code: str = "") -> None:
    page.goto(f"{portal.staff_url}/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", password)
    page.fill("#id_code", code)
    page.click("#login-form input[type=submit]")
    page.wait_for_url(f"{portal.staff_url}/")


def test_the_browser_complains_of_no_page(portal: Portal, coordinator: Watched) -> None:
    page = coordinator.page
    for path in (
        "/",
        "/vault/",
        "/vault/follow_up/new-key/",
        "/second-factor/",
        "/password_change/",
        "/auth/user/",
        "/auth/user/add/",
        "/triage/policereferral/",
        "/triage/subscription/",
    ):
        page.goto(f"{portal.staff_url}{path}")
        page.wait_for_load_state("networkidle")
    page.goto(f"{portal.staff_url}/triage/followupitem/")
    page.click("#result_list th a >> nth=0")
    page.wait_for_selector("blockquote")

    assert coordinator.said == []


def test_an_invited_officer_links_a_phone_is_admitted_and_reads_a_report(
    portal: Portal, browser: Browser, coordinator: Watched
) -> None:
    admin = coordinator.page
    admin.goto(f"{portal.staff_url}/auth/user/add/")
    admin.fill("#id_username", "vera")
    admin.click("input[name=_save]")
    link = admin.inner_text("code.link")

    officer = Watched(browser.new_context(locale="nl").new_page())
    page = officer.page
    page.goto(link)
    page.fill("#id_new_password1", PASSWORD)
    page.fill("#id_new_password2", PASSWORD)
    page.click("button.default")
    page.wait_for_url(f"{portal.staff_url}/second-factor/")
    picture = page.locator(".qr svg").bounding_box()
    assert picture is not None
    assert picture["width"] > 100
    phone = TOTP(b32decode(page.inner_text("ol code").replace(" ", "")))
    phone.time = time.time()
    page.fill("#id_code", f"{phone.token():06d}")
    page.click("button.default")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    page.goto(f"{portal.staff_url}/")
    digits = page.inner_text("code.digits")

    admin.goto(f"{portal.staff_url}/vault/")
    admin.locator("section[aria-labelledby=vault_follow_up]").get_by_role("link", name="vera").click()
    assert admin.inner_text("code.digits") == digits
    admin.check("#id_compared")
    admin.click("button.default")
    admin.wait_for_url(f"{portal.staff_url}/vault/")

    page.goto(f"{portal.staff_url}/triage/followupitem/")
    page.click("#result_list th a >> nth=0")
    assert page.inner_text("blockquote")
    assert officer.said == []
    page.context.close()

    again = browser.new_context(locale="nl").new_page()
    log_in(portal, again, "vera", PASSWORD, codes[0])
    assert again.locator(".queue").count() == 1
    again.context.close()
