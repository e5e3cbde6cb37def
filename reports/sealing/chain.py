"""A chain of entries: each is hashed with the one before it, so none can be changed, moved or left out.

Pure, like core. Somebody who can rewrite the whole table can also compute a whole new chain: therefore the
weekly mail contains the head, and every reader of the mail can compare it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

START = "0" * 64  # the hash before the first entry


def canonical(entry: Mapping[str, Any]) -> str:
    """The one JSON text of an entry: sorted names, no blanks, no escapes. Raises TypeError."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def link(previous: str, entry: str) -> str:
    """The hash (64 hex digits) of a canonical entry after the one whose hash is `previous`."""
    return hashlib.sha256(b"portal/1/chain" + bytes.fromhex(previous) + entry.encode()).hexdigest()
