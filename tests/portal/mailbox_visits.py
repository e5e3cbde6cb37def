"""What a reporter does at the mailbox's pages, and an answer that waits there."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from reports import mailbox
from reports.models import Item, ItemKind, Report, Wrap
from reports.sealing import receipt_code
from tests.conftest import SiteClient

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
WORDS = "MARKER-добавлено: he came back."
COOKIE = "baken_mailbox"


def enter(site: SiteClient, code: str, **more: str) -> Any:
    return site.post("/en/mailbox/", {"code": receipt_code.show(code), **more})


def hidden(response: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    assert found, f"no {name} in the page"
    return found[1]


def add(site: SiteClient, words: str = WORDS, **more: Any) -> Any:
    page = site.get("/en/mailbox/add/")
    fields = {name: hidden(page, name) for name in ("token", "form_key")}
    return site.post("/en/mailbox/add/", {**fields, "words": words, **more})


def put_answer(code: str, words: str) -> Item:
    holder = mailbox.identify(code)
    report = Report.objects.get(mailbox__lookup=holder.lookup.hex())
    item, key = Item.compose(report, ItemKind.REPLY, {"words": words, "at": "2026-01-01"})
    item.save(force_insert=True)
    Wrap.objects.hand({item: key}, [holder.pair.public])
    return item


def dump() -> str:
    """Everything the database holds, binary values as they read in latin-1."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [
                    bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row
                ]
    return "\n".join(found)
