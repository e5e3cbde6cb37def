"""The catalogues have exactly the strings of the sources: collecting them anew changes nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import polib
import pytest

from config.settings import BASE_DIR
from config.translations import CATALOGUES, po_file
from tests.services import run_python


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the sources, to collect in."""
    if shutil.which("xgettext") is None and not os.environ.get("CI"):
        pytest.skip("gettext is not here")
    for room in ("config", "portal", "reports", "triage"):
        shutil.copytree(
            BASE_DIR / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "*.mo")
        )
    return tmp_path


def collected(sources: Path) -> dict[Path, dict[str, tuple[object, ...]]]:
    """What each catalogue holds after collecting: its strings, their translations, what is a guess."""
    done = run_python(
        "-P", "-m", "config.translations", "--collect", env=os.environ | {"PYTHONPATH": str(sources)}
    )
    assert done.returncode == 0, done.stderr
    return {path: held(sources / "config" / "locale" / path) for path in files()}


def files() -> list[Path]:
    root = po_file("public", "nl").parents[3]
    return [
        po_file(name, language).relative_to(root)
        for name, languages in CATALOGUES.items()
        for language in languages
    ]


def held(path: Path) -> dict[str, tuple[object, ...]]:
    return {
        entry.msgid: (entry.msgid_plural, entry.msgstr, entry.msgstr_plural, entry.fuzzy)
        for entry in polib.pofile(str(path))
        if not entry.obsolete
    }


def test_collecting_anew_changes_nothing(sources: Path) -> None:
    now = {path: held(BASE_DIR / "config" / "locale" / path) for path in files()}

    assert collected(sources) == now


def test_a_string_goes_to_the_catalogue_of_its_source(sources: Path) -> None:
    for room in ("portal", "triage"):
        (sources / room / "extra.py").write_text(
            f'from django.utils.translation import gettext as _\n_("new in {room}")\n'
        )

    after = collected(sources)

    where = {
        text: {str(path.parts[0]) + "/" + path.parts[1] for path in after if text in after[path]}
        for text in ("new in portal", "new in triage")
    }
    assert where == {"new in portal": {"public/nl", "public/be", "public/ru"}, "new in triage": {"staff/nl"}}
