"""docs/security.md promises nothing that no test shows."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

BASE = Path(settings.BASE_DIR)
PAGE = (BASE / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_it_names_is_there_and_has_tests() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))

    assert len(named) > 15
    for name in named:
        assert "\ndef test_" in (BASE / name).read_text(encoding="utf-8"), name


def test_every_line_of_the_table_names_its_test() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ")][1:]

    assert len(lines) > 8
    assert [line for line in lines if "tests/" not in line] == []


def test_every_page_and_module_it_names_is_there() -> None:
    for name in re.findall(r"\]\(([\w-]+\.md)\)", PAGE):
        assert (BASE / "docs" / name).exists(), name
    for name in re.findall(r"`(reports/[\w/]+\.py)`", PAGE):
        assert (BASE / name).exists(), name
