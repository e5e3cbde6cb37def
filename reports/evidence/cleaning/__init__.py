"""Makes copies of files without their hidden data. Bytes in, bytes out: no Django, no keys, no disk.

Runs in a process of its own (`isolated` starts it, `__main__` is it), because a hostile
file can exploit a fault of a parser. Pictures are never decoded: the copy has the same pixels, and a small
file that decodes to a huge picture takes no extra memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


class NotCleaned(Exception):
    """No clean copy can be made; `why` is one of the reasons below."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


# Why there is no clean copy. The words for staff are in triage/staff/evidence_words.py.
OTHER_TYPE = "other_type"  # not a JPEG, PNG, WebP or PDF
DAMAGED = "damaged"  # does not hold to its format, or ends too early
LOCKED = "locked"  # a PDF with a password
ATTACHMENTS = "attachments"  # a PDF that contains other files
FAILED = "failed"  # the cleaner took too long or too much memory, or crashed
YES = "yes"

HUGE = 100_000_000  # pixels


@dataclass
class CleanCopy:
    """A clean copy in pieces, and what was taken out of the original (or is in it: "huge")."""

    parts: Sequence[bytes | memoryview] = ()
    found: set[str] = field(default_factory=set)

    def tell_size(self, width: int, height: int) -> None:
        """Notes a picture that a viewer may need gigabytes to show."""
        if width * height > HUGE:
            self.found.add("huge")
