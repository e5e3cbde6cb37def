"""Messages between reporter and officers, and notes among officers, as a page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from reports import mailbox
from reports.choices import Queue
from reports.models import Item, ItemKind, Mailbox
from triage.policy.assessment import Assessment

KINDS = (ItemKind.ADDITION, ItemKind.REPLY, ItemKind.NOTE, ItemKind.WITHDRAWAL)


@dataclass
class Entry:
    """One message or note."""

    kind: str  # an ItemKind, or "kept": what the worker told the reporter about a request to withdraw
    item_id: UUID
    day: date
    at: datetime | None = None  # of officers only; of reporters the day is kept and no more
    words: str = field(default="", repr=False)
    by: str = ""
    queue: str = ""
    genuine: bool = True  # made with the code of this report
    in_mailbox: bool = False
    assessment: Assessment | None = None
    reasons: list[Any] = field(
        default_factory=list
    )  # of the assessment, explained (triage/staff/report_content.py)


def entry_of(item: Item, content: dict[str, Any], box: Mailbox | None) -> Entry:
    """An opened item as an entry; `box` is the report's mailbox."""
    at = content.get("at")
    kind = str(item.kind)
    asked = kind in {ItemKind.ADDITION, ItemKind.WITHDRAWAL}
    return Entry(
        kind=mailbox.KEPT if content.get("notice") == mailbox.KEPT else kind,
        item_id=item.pk,
        day=item.day,
        at=datetime.fromisoformat(at) if at else None,
        words=content.get("words", ""),
        by=content.get("by", ""),
        queue=str(Queue(content["queue"]).label) if "queue" in content else "",
        genuine=not asked or (box is not None and mailbox.is_of_holder(item, content, box.public)),
        in_mailbox=box is not None and any(wrap.to == box.kid for wrap in item.wraps.all()),
    )


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Oldest first; of one day what the reporter wrote comes first, since its moment is not kept."""
    return sorted(entries, key=lambda each: (each.day, each.at.isoformat() if each.at else ""))
