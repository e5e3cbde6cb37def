"""Every state of the public site that a visitor can meet, as steps in a browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

Steps = Callable[[Page, str], None]

LANGUAGES = ("nl", "en", "be", "ru")
PAGES = (
    "", "advice/", "privacy/", "contact/", "addresses/", "helpers/", "organisations/", "under-18/",
    "accessibility/", "policy/", "mailbox/",
)  # fmt: skip


def open_form(page: Page, site: str) -> None:
    """The blank form; `site` is the address of the site with the language."""
    page.goto(f"{site}/report/")


def choose(page: Page, question: str, answer: str) -> None:
    page.locator(f"input[name={question}][value={answer}]").check()


def press_send(page: Page) -> None:
    """Sends the form and waits for the page that answers it."""
    with page.expect_navigation():
        page.locator("section.send button").click()


def fill_in(page: Page, site: str) -> None:
    """What is required, a kind of incident and a demonstration."""
    open_form(page, site)
    choose(page, "in_danger_now", "no")
    choose(page, "feels_threatened", "yes")
    choose(page, "incident_types", "photographing")
    choose(page, "incident_types", "digital_attack")
    page.locator("#id_account").fill("Нехта здымаў нас на плошчы.")


def everything_open(page: Page, site: str) -> None:
    """The form with all groups unfolded and every answer that shows advice."""
    open_form(page, site)
    for summary in page.locator("details > summary").all():
        summary.click()
    choose(page, "in_danger_now", "yes")
    choose(page, "feels_threatened", "yes")
    choose(page, "demonstration", "during")
    choose(page, "minor", "yes")
    choose(page, "contact_way", "phone")


def every_error(page: Page, site: str) -> None:
    """Sent with nothing but e-mail chosen, and a text over the limit."""
    open_form(page, site)
    page.locator("#contact > summary").click()
    choose(page, "contact_way", "email")
    page.locator("#id_account").fill("я" * 20_001)
    press_send(page)


def sent(page: Page, site: str) -> None:
    fill_in(page, site)
    press_send(page)


def sent_in_danger(page: Page, site: str) -> None:
    open_form(page, site)
    choose(page, "in_danger_now", "yes")
    choose(page, "feels_threatened", "unsure")
    press_send(page)


def sent_twice(page: Page, site: str) -> None:
    sent(page, site)
    page.reload()


def in_another_language(page: Page, site: str) -> None:
    fill_in(page, site)
    with page.expect_navigation():
        page.locator(".languages button").first.click()


def not_there(page: Page, site: str) -> None:
    page.goto(f"{site}/none/")


def _visit(path: str) -> Steps:
    def steps(page: Page, site: str) -> None:
        page.goto(f"{site}/{path}")

    return steps


STATES: dict[str, Steps] = {
    "start" if not path else path.strip("/"): _visit(path) for path in PAGES
} | {
    "form": open_form,
    "form all open": everything_open,
    "form with errors": every_error,
    "form in another language": in_another_language,
    "receipt": sent,
    "receipt in danger": sent_in_danger,
    "receipt of a form sent twice": sent_twice,
    "not found": not_there,
}  # fmt: skip
