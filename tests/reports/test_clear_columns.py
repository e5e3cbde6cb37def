"""docs/clear-columns.md names every column of the database, and nothing that is not there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

PAGE = Path(settings.BASE_DIR) / "docs" / "clear-columns.md"

# Readable text that has no fixed list of values and may be longer than a hash.
MAY_BE_LONG = {
    ("reports.Slot", "params"),  # Argon2 cost and salt
    ("triage.Subscription", "email"),
    ("reports.Audit", "entry"),  # canonical JSON of the facts that reports/audit/entries.py allows
}


def lines_of(page: str, *, sealed: bool) -> list[tuple[str, str]]:
    """(model, column) for every line of the page's tables, those of the sealed columns or the others."""
    found = []
    for chapter in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        if chapter.startswith("Sealed") is not sealed:
            continue
        for model, columns, why in re.findall(r"^\| (\w+\.\w+) \| (.+?) \| (.+?) \|$", chapter, re.MULTILINE):
            assert len(why.split()) > 1 or why.endswith("."), f"{model} {columns}: no reason given"
            found += [(model, column) for column in re.findall(r"`(\w+)`", columns)]
    return found


def columns_of_models() -> dict[tuple[str, str], models.Field[Any, Any]]:
    return {
        (model._meta.label, str(field.column)): field
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
        for field in model._meta.local_concrete_fields
    }


CLEAR = lines_of(PAGE.read_text(encoding="utf-8"), sealed=False)
SEALED = lines_of(PAGE.read_text(encoding="utf-8"), sealed=True)


def test_every_column_stands_on_the_page_once_and_every_line_has_a_column() -> None:
    listed = Counter(CLEAR + SEALED)

    assert [line for line, times in listed.items() if times > 1] == []
    assert sorted(set(columns_of_models()) - set(listed)) == [], "columns without a line on the page"
    assert sorted(set(listed) - set(columns_of_models())) == [], "lines of the page without a column"


def test_a_sealed_column_holds_bytes() -> None:
    for line in SEALED:
        assert isinstance(columns_of_models()[line], models.BinaryField), line


def test_no_readable_column_of_ours_has_room_for_a_sentence() -> None:
    for (model, column), field in columns_of_models().items():
        if (model, column) in SEALED or not model.startswith(("reports.", "triage.")):
            continue
        if isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.choices:
            assert (field.max_length or 10**6) <= 64 or (model, column) in MAY_BE_LONG, (model, column)


@pytest.mark.parametrize("label", ["reports.Report", "reports.Item", "triage.WorkItem"])
def test_what_belongs_to_a_reporter_has_random_ids(label: str) -> None:
    key = apps.get_model(label)._meta.pk

    assert isinstance(key, models.UUIDField)
    assert {key.default().version for _ in range(3)} == {4}


@pytest.mark.parametrize("label", ["reports.Report", "reports.Item", "reports.Wrap", "reports.Mailbox"])
def test_no_row_of_a_report_knows_the_moment_it_was_filed(label: str) -> None:
    moments = {
        field.column
        for field in apps.get_model(label)._meta.local_concrete_fields
        if isinstance(field, models.DateTimeField)
    }

    assert moments <= {"next_try"}  # set by the sweep, emptied by triage: see the page
