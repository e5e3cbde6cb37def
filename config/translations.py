"""Compiles .po files to .mo with polib, because msgfmt is not on every machine.

Used by ./run, the tests, the Docker build and CI: `python -m config.translations`;
with `--check` it compiles nothing and fails for each string that is fuzzy or not translated.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import polib

LOCALE_DIR = Path(__file__).resolve().parent / "locale"


def compile_all(folder: Path = LOCALE_DIR) -> list[Path]:
    """Compiles every .po below `folder` whose .mo is missing or older; returns the files written.

    Safe when two processes do it at once: each file is replaced in one step.
    """
    written = []
    for source in sorted(folder.rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        half_done = target.with_suffix(f".{os.getpid()}.tmp")
        polib.pofile(str(source)).save_as_mofile(str(half_done))
        half_done.replace(target)
        written.append(target)
    return written


def faults(folder: Path = LOCALE_DIR) -> list[str]:
    """One line for each string that is fuzzy or not translated."""
    found = []
    for source in sorted(folder.rglob("*.po")):
        language = source.parent.parent.name
        for entry in polib.pofile(str(source)):
            if not entry.obsolete and (entry.fuzzy or not entry.translated()):
                what = "fuzzy" if entry.fuzzy else "not translated"
                found.append(f"{language}:{entry.linenum}: {what}: {entry.msgid}")
    return found


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit("\n".join(faults()) or None)
    compile_all()
