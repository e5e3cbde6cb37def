"""What a wait page carries, and what was filed after it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from reports.models import Item, ItemKind
from reports.vault.keyring import Keyring
from tests.responses import Response


def hidden_in(page: Response) -> dict[str, list[str]]:
    """What the wait page carries along."""
    found: dict[str, list[str]] = {}
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.content.decode())
    for name, value in inputs:
        found.setdefault(name, []).append(unescape(value))
    return found


def waits(page: Response) -> bool:
    return "wait" in hidden_in(page) and 'id="code"' not in page.content.decode()


def filed() -> dict[str, Any]:
    """What the only report says, opened as the worker does."""
    content: dict[str, Any] = Keyring.of_worker().open(Item.objects.get(kind=ItemKind.REPORT))
    return content
