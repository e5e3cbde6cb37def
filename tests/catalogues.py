"""The catalogues, and the strings that the sources hand to gettext, for the tests of words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import polib

from config.settings import BASE_DIR
from config.translations import catalogue_of, po_file


def entries(catalogue: str, language: str) -> list[polib.POEntry]:
    """The strings of one catalogue in one language."""
    return [entry for entry in polib.pofile(str(po_file(catalogue, language))) if not entry.obsolete]


def in_english(entry: polib.POEntry) -> polib.POEntry:
    """The same string as an English reader gets it: as the source says it."""
    if not entry.msgid_plural:
        return polib.POEntry(msgid=entry.msgid, msgstr=entry.msgid)
    plural = {0: entry.msgid, 1: entry.msgid_plural}
    return polib.POEntry(msgid=entry.msgid, msgid_plural=entry.msgid_plural, msgstr_plural=plural)


def texts_of(entry: polib.POEntry) -> list[str]:
    """The translations of a string: one, or each of its plural forms."""
    return [*entry.msgstr_plural.values()] or [entry.msgstr]


def strings_of(catalogue: str) -> set[str]:
    """The strings in the sources of a catalogue, without those that gettext's own programs alone can read.

    That is: no `blocktranslate`, nothing put together from parts.
    """
    found: set[str] = set()
    for room in ("portal", "reports", "triage"):
        for path in (BASE_DIR / room).rglob("*"):
            if path.suffix in {".py", ".html"} and catalogue_of(str(path.relative_to(BASE_DIR))) == catalogue:
                found |= strings_in(path)
    return found


def strings_in(path: Path) -> set[str]:
    """The strings of a module or a template."""
    source = path.read_text(encoding="utf-8")
    return strings_in_python(source) if path.suffix == ".py" else strings_in_template(source)


def strings_in_template(source: str) -> set[str]:
    """What a template translates with the tag `translate`; Django looks a `%` up as `%%`."""
    return {text.replace("%", "%%") for _, text in re.findall(r"""{% translate (["'])(.+?)\1""", source)}


def strings_in_python(source: str) -> set[str]:
    """The literals that a module hands to gettext under any of its names."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in {"_", "gettext", "gettext_lazy", "ngettext"}
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }
