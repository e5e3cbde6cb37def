"""Starts the cleaner as a process of its own and talks with it through pipes; nothing is on a disk."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from reports.evidence.cleaning import FAILED, YES

_PART = 64 * 1024
_LONGEST_ANSWER = 4096
_HOME = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Result:
    """What the cleaner says: the type ("" when unknown), `cleaned` (YES or why not), what it found."""

    type: str = ""
    cleaned: str = FAILED
    found: tuple[str, ...] = ()
    copy: Iterator[bytes] = iter(())  # the clean copy; take it inside the `with`


class CutShort(Exception):
    """The clean copy ended too early: the cleaner ended while writing it."""


@contextmanager
def cleaned(parts: Iterable[bytes], size: int) -> Iterator[Result]:
    """Sends a file of `size` bytes to a new cleaner and yields its result; the cleaner ends with the block.

    The cleaner's answer is checked for its form only: the file may have taken over the cleaner.
    Whatever `parts` raises passes through. `copy` may raise CutShort.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "reports.evidence.cleaning"],
        cwd=_HOME,
        env={"PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdin is not None and process.stdout is not None  # noqa: S101 (they are pipes)
    try:
        with suppress(BrokenPipeError), process.stdin as feed:
            feed.write(size.to_bytes(8, "big"))
            for part in parts:
                feed.write(part)
        yield _answer(process.stdout)
    finally:
        process.kill()
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.stdout.close()
        process.wait()


def _answer(out: IO[bytes]) -> Result:
    length = int.from_bytes(out.read(4), "big")
    if not 0 < length <= _LONGEST_ANSWER:
        return Result()
    try:
        said = json.loads(out.read(length))
        kind, outcome, found, size = said["type"], said["cleaned"], said["found"], int(said["size"])
    except (ValueError, KeyError, TypeError):
        return Result()
    words = (kind, outcome, *found)
    if not all(isinstance(word, str) and len(word) <= 100 for word in words):
        return Result()
    return Result(kind, outcome, tuple(found), _take(out, size if outcome == YES else 0))


def _take(out: IO[bytes], size: int) -> Iterator[bytes]:
    while size > 0:
        part = out.read(min(size, _PART))
        if not part:
            raise CutShort
        size -= len(part)
        yield part
