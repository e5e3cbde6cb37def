"""What several browser tests ask of a page, and where pictures for the documentation go."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from config.settings import BASE_DIR

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
DOCS_PICTURES = BASE_DIR / "docs" / "img"


def assert_accessible(page: Page, what: str) -> None:
    """Fails the test, naming `what`, when axe finds a fault or something is wider than the window."""
    found = Axe().run(page, options=RULES)
    assert not found.response["violations"], f"{what}\n{found.generate_report()}"
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert beyond == 0, f"{what}: {beyond} pixels stick out"
