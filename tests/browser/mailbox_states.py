"""Every state of the mailbox that a reporter can meet, as steps in a browser."""

from __future__ import annotations

import json
import re
from base64 import b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from secrets import token_bytes

from playwright.sync_api import Browser, FilePayload, Page, expect

from reports.sealing import core, receipt_code
from tests.browser.public_states import Steps, not_there
from tests.config.trials import Portal
from tests.services import eventually

COOKIE = "baken_mailbox"
ANSWER = (
    "Дзякуй. Патэлефануйце нам, калі зможаце.\n\nThank you for what you wrote: https://example.nl/" + "x" * 80
)


def file_report(page: Page, site: str) -> str:
    """Files a report and returns its code, without leaving the page."""
    form = page.request.get(f"{site}/report/").text()
    found = re.search(r'name="form_key" value="([^"]+)"', form)
    assert found
    answers = {"in_danger_now": "no", "feels_threatened": "no", "account": "Words.", "form_key": found[1]}
    receipt = page.request.post(f"{site}/report/", form=answers).text()
    block = re.search(r'<p id="code"[^>]*>(.*?)</p>', receipt, re.DOTALL)
    assert block
    return " ".join(re.findall(r"\d{5}", block[1]))


def type_code(page: Page, site: str, code: str) -> None:
    page.goto(f"{site}/mailbox/")
    page.locator("#id_code").fill(code)
    page.locator("main form .button").click()


def opened(page: Page, site: str) -> None:
    type_code(page, site, file_report(page, site))
    expect(page.locator("#status")).to_be_visible()


def nothing_typed(page: Page, site: str) -> None:
    type_code(page, site, "")


def mistyped(page: Page, site: str) -> None:
    type_code(page, site, "12345 12345 12345 12345 12345 12345")


def unknown(page: Page, site: str) -> None:
    type_code(page, site, receipt_code.show(receipt_code.from_form_key(token_bytes(32), b"elsewhere")))


def adding(page: Page, site: str) -> None:
    opened(page, site)
    page.goto(f"{site}/mailbox/add/")
    page.locator("#files > summary").click()


def adding_nothing(page: Page, site: str) -> None:
    adding(page, site)
    send(page)


def send(page: Page) -> None:
    page.locator("main form .button").click()


def added(page: Page, site: str) -> None:
    adding(page, site)
    page.locator("#id_words").fill("Ён прыйшоў зноў.")
    send(page)
    expect(page.locator("[role=status]")).to_be_visible()


def added_with_files(page: Page, site: str) -> None:
    """One file arrives, an empty one with a long name does not."""
    adding(page, site)
    page.locator("#id_words").fill("Two files.")
    arrives: FilePayload = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"what was said"}
    empty: FilePayload = {"name": "IMG-" + "0" * 60 + ".jpg", "mimeType": "image/jpeg", "buffer": b""}
    page.locator("#id_files").set_input_files([arrives, empty])
    send(page)
    expect(page.locator("#files-failed")).to_be_visible()


def sent_twice(page: Page, site: str) -> None:
    added(page, site)
    page.reload()


def withdrawing(page: Page, site: str) -> None:
    opened(page, site)
    page.goto(f"{site}/mailbox/withdraw/")


def withdrawn(page: Page, site: str) -> None:
    withdrawing(page, site)
    page.locator("main form .button.red").click()


def removed(page: Page, site: str) -> None:
    """The worker does it within seconds; the page says so when it is loaded again."""
    withdrawn(page, site)

    def is_done() -> bool:
        page.goto(f"{site}/mailbox/")
        return not page.locator("#do").is_visible()

    eventually(is_done, what="the removal")


def out(page: Page, site: str) -> None:
    opened(page, site)
    page.goto(f"{site}/mailbox/out/")


def expire(page: Page, portal: Portal) -> None:
    """Puts a session of 16 minutes ago into the browser, sealed with the trial's own secret."""
    bundle = json.loads((portal.data / "vault" / "public" / "bundle.json").read_text(encoding="utf-8"))
    secret = core.derive(b64decode(bundle["cookie_secret"]), "mailbox session")
    issued = int((datetime.now().astimezone() - timedelta(minutes=16)).timestamp())
    sealed = core.seal(secret, b"mailbox session", issued.to_bytes(8, "big") + bytes(64))
    page.context.add_cookies(
        [{"name": COOKIE, "value": urlsafe_b64encode(sealed).decode(), "url": portal.public_url}]
    )


def expired(portal: Portal) -> Steps:
    def steps(page: Page, site: str) -> None:
        expire(page, portal)
        page.goto(f"{site}/mailbox/")
        expect(page.locator("[role=status]")).to_be_visible()

    return steps


def expired_while_writing(portal: Portal) -> Steps:
    def steps(page: Page, site: str) -> None:
        adding(page, site)
        page.locator("#id_words").fill("Доўгі тэкст, які нельга згубіць.")
        expire(page, portal)
        send(page)
        expect(page.locator("#id_code")).to_be_visible()

    return steps


def answered(code: str) -> Steps:
    def steps(page: Page, site: str) -> None:
        type_code(page, site, code)
        expect(page.locator(".reply")).to_be_visible()

    return steps


def have_answered(portal: Portal, browser: Browser) -> str:
    """A report that the coordinator of the demo answers; returns its code."""
    officer = browser.new_context(locale="nl").new_page()
    officer.goto(f"{portal.staff_url}/")
    officer.fill("#id_username", "coordinator")
    officer.fill("#id_password", "only-for-this-trial")
    officer.press("#id_password", "Enter")
    officer.wait_for_url(f"{portal.staff_url}/")

    def listed() -> set[str]:
        officer.goto(f"{portal.staff_url}/triage/followupitem/?all=")  # else the first 50
        return set(officer.locator("#result_list th a").all_inner_texts())

    before = listed()
    code = file_report(officer, f"{portal.public_url}/en")
    [reference] = eventually(lambda: listed() - before, what="the report in follow-up")
    officer.get_by_role("link", name=reference).click()
    form = officer.locator("form[action$='/do/reply/']")
    officer.locator("details:has(form[action$='/do/reply/']) > summary").click()
    form.locator("textarea").first.fill(ANSWER)
    form.locator("button").click()
    expect(officer.locator(".said-reply")).to_be_visible()
    officer.context.close()
    return code


def states(portal: Portal, answered_code: str) -> dict[str, Steps]:
    """All of them; the code page itself is among the public pages."""
    return {
        "nothing typed": nothing_typed,
        "mistyped": mistyped,
        "unknown": unknown,
        "open": opened,
        "open with an answer": answered(answered_code),
        "adding": adding,
        "adding nothing": adding_nothing,
        "added": added,
        "added with files": added_with_files,
        "added twice": sent_twice,
        "withdrawing": withdrawing,
        "withdrawn": withdrawn,
        "removed": removed,
        "logged out": out,
        "expired": expired(portal),
        "expired while writing": expired_while_writing(portal),
        "not found while open": not_there,
    }
