"""The catalogues below config/locale: which sources belong to which, compiling, checking, collecting.

`public` has every string that the public site can show, in Dutch, Belarusian and Russian; `staff` has
the others, in Dutch. English needs no catalogue: it is what the sources say.

    python -m config.translations             compiles (./run, the tests, the image; needs no gettext)
    python -m config.translations --check     fails for a string that is not translated
    python -m config.translations --collect   collects the strings of the sources anew (needs gettext)
"""

from __future__ import annotations

import os
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import polib

BASE_DIR = Path(__file__).resolve().parent.parent
LOCALE_DIR = BASE_DIR / "config" / "locale"

CATALOGUES = {"public": ("nl", "be", "ru"), "staff": ("nl",)}  # folder and languages, as in LOCALE_PATHS
# The sources whose strings the public site shows. Paths from the root of the repository; `*` matches `/` too.
PUBLIC_SOURCES = (
    "portal/*", "reports/*", "triage/*policy_page.py", "triage/*/policy.html", "triage/*/policy_rules.html",
)  # fmt: skip
# Folders of the root without strings of the product.
NO_SOURCES = ["tests", "var", "docs", "deploy"]


def catalogue_of(source: str) -> str:
    """The catalogue of a source file, given by its path from the root of the repository."""
    return "public" if any(fnmatchcase(source, pattern) for pattern in PUBLIC_SOURCES) else "staff"


def po_file(catalogue: str, language: str, folder: Path = LOCALE_DIR) -> Path:
    """Where a catalogue has the words of a language; Django's own layout."""
    return folder / catalogue / language / "LC_MESSAGES" / "django.po"


def compile_all(folder: Path = LOCALE_DIR) -> list[Path]:
    """Compiles every .po below `folder` whose .mo is missing or older; returns the files written.

    With polib, since not every machine has msgfmt.
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
    """One line for each string that is fuzzy, not translated, or translated in two ways in one language.

    Both catalogues are loaded by every process, so a string that is in both must read the same.
    """
    found = []
    for catalogue, languages in CATALOGUES.items():
        for language in languages:
            earlier = {} if catalogue == "public" else _entries("public", language, folder)
            for msgid, entry in _entries(catalogue, language, folder).items():
                place = f"{catalogue}/{language}:{entry.linenum}"
                if entry.fuzzy or not entry.translated():
                    found.append(f"{place}: {'fuzzy' if entry.fuzzy else 'not translated'}: {msgid}")
                elif msgid in earlier and _words(entry) != _words(earlier[msgid]):
                    found.append(f"{place}: the public catalogue has other words: {msgid}")
    return found


def _entries(catalogue: str, language: str, folder: Path) -> dict[str, polib.POEntry]:
    file = polib.pofile(str(po_file(catalogue, language, folder)))
    return {entry.msgid: entry for entry in file if not entry.obsolete}


def _words(entry: polib.POEntry) -> tuple[object, ...]:
    return entry.msgstr, entry.msgstr_plural


def collect() -> None:
    """Collects the strings of the sources into the catalogues: new ones are empty, unused ones are gone.

    Django's makemessages, once for each catalogue. Raises CommandError without gettext's programs.
    """
    from django.conf import settings
    from django.core.management import call_command
    from django.core.management.commands import makemessages

    class MakeMessages(makemessages.Command):
        """Django's command, which looks only at the sources of one catalogue."""

        catalogue = ""

        def find_files(self, root: str) -> list[makemessages.TranslatableFile]:
            found = super().find_files(root)
            return [each for each in found if catalogue_of(Path(each.path).as_posix()) == self.catalogue]

    os.chdir(BASE_DIR)  # makemessages looks at the folder it runs in
    settings.configure()  # its settings are only the folder of the catalogue: no key and no role is needed
    for catalogue, languages in CATALOGUES.items():
        settings.LOCALE_PATHS = [LOCALE_DIR / catalogue]
        command = MakeMessages()
        command.catalogue = catalogue
        call_command(
            command,
            locale=[*languages],
            ignore_patterns=[*NO_SOURCES],
            no_location=True,  # a source that is renamed changes no catalogue
            no_obsolete=True,
            no_wrap=True,
        )


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit("\n".join(faults()) or None)
    elif sys.argv[1:] == ["--collect"]:
        collect()
    else:
        compile_all()
