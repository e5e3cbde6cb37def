"""The process that parses one reporter's file: `python -m reports.evidence.cleaning`, started by `isolated`.

In:  8 bytes length, the file.   Out: 4 bytes length, a JSON object, the clean copy (if there is one).
It has no keys, no settings and no environment, opens no file, and the kernel ends it when it wants more
memory or time than a file needs.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

MEMORY = 512 * 1024 * 1024  # bytes of address space
SECONDS = 30


def main() -> None:
    """Reads one file, answers, ends."""
    _fence()
    import filetype

    from reports.evidence.cleaning import (
        DAMAGED,
        OTHER_TYPE,
        YES,
        CleanCopy,
        NotCleaned,
        jpeg,
        pdf,
        png,
        webp,
    )

    size = int.from_bytes(sys.stdin.buffer.read(8), "big")
    data = sys.stdin.buffer.read(size)
    if len(data) != size:
        sys.exit(1)  # the process that sent the file has ended
    guessed = filetype.guess(data[:8192])
    kind = guessed.mime if guessed else ""
    cleaners: dict[str, Any] = {
        "image/jpeg": jpeg.clean,
        "image/png": png.clean,
        "image/apng": png.clean,
        "image/webp": webp.clean,
        "application/pdf": pdf.clean,
    }
    copy, outcome = CleanCopy(), OTHER_TYPE
    if kind in cleaners:
        try:
            copy, outcome = cleaners[kind](data), YES
        except NotCleaned as reason:
            outcome = reason.why
        except (ValueError, IndexError):
            outcome = DAMAGED
    size = sum(len(part) for part in copy.parts)
    answer = json.dumps(
        {"type": kind, "cleaned": outcome, "found": sorted(copy.found), "size": size}
    ).encode()
    out = sys.stdout.buffer
    out.write(len(answer).to_bytes(4, "big") + answer)
    for part in copy.parts:
        out.write(part)
    out.flush()


def _fence() -> None:
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),  # writes no file
        (resource.RLIMIT_NPROC, 0),  # starts nothing (the kernel does not ask root)
        (resource.RLIMIT_CORE, 0),  # its memory holds a reporter's file
    ):
        resource.setrlimit(limit, (value, value))


if __name__ == "__main__":
    main()
