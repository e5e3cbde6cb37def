"""What is stored of a report: sealed items, wraps of their keys, and a few clear columns.

docs/clear-columns.md lists every readable column with its reason; a test
compares that list with these models. Days are stored, not moments; ids are
random (UUID4), because serial ids show order and time.
"""

from reports.models.audit import Audit
from reports.models.columns import BytesField, today
from reports.models.items import (
    TRIES,
    Item,
    ItemKind,
    ItemQuerySet,
    Report,
    Wrap,
    WrapQuerySet,
)
from reports.models.keys import Grant, Key, KeyRole, Slot
from reports.models.mailbox import Mailbox
from reports.models.selectors import Selector, SelectorKind

__all__ = [
    "TRIES",
    "Audit",
    "BytesField",
    "Grant",
    "Item",
    "ItemKind",
    "ItemQuerySet",
    "Key",
    "KeyRole",
    "Mailbox",
    "Report",
    "Selector",
    "SelectorKind",
    "Slot",
    "Wrap",
    "WrapQuerySet",
    "today",
]
