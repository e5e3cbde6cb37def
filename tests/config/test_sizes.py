"""No file, function or line of a template is too long to be read at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import BASE_DIR

SOURCES = ("config", "portal", "reports", "triage")
FILE_LINES, TEST_FILE_LINES = 300, 400
FUNCTION_LINES = 60
TEMPLATE_COLUMNS = 200


def sources() -> list[Path]:
    found = [path for room in SOURCES for path in (BASE_DIR / room).rglob("*.py")]
    return [BASE_DIR / "manage.py", *(path for path in found if "migrations" not in path.parts)]


def files_of_tests() -> list[Path]:
    return list((BASE_DIR / "tests").rglob("*.py"))


def templates() -> list[Path]:
    found = [path for room in SOURCES for path in (BASE_DIR / room).rglob("templates/**/*")]
    return [path for path in found if path.is_file()]


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def long_files(files: list[Path], limit: int) -> list[str]:
    """Those with more lines than the limit, as "file: lines"."""
    counted = [(path, len(lines_of(path))) for path in files]
    return [f"{path.relative_to(BASE_DIR)}: {lines}" for path, lines in counted if lines > limit]


def long_functions(text: str) -> Iterator[str]:
    """Those with more than FUNCTION_LINES lines, from `def` to the end, as "function: lines"."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{node.name}: {lines}"


def wide_lines(lines: list[str]) -> list[tuple[int, int]]:
    """(number of the line, its columns) of those with more than TEMPLATE_COLUMNS."""
    return [(at, len(line)) for at, line in enumerate(lines, start=1) if len(line) > TEMPLATE_COLUMNS]


def test_a_source_file_is_short() -> None:
    assert len(sources()) > 100
    assert long_files(sources(), FILE_LINES) == []


def test_a_test_file_is_short() -> None:
    assert len(files_of_tests()) > 100
    assert long_files(files_of_tests(), TEST_FILE_LINES) == []


def test_a_function_is_short() -> None:
    found = {str(path.relative_to(BASE_DIR)): [*long_functions(path.read_text())] for path in sources()}

    assert {file: functions for file, functions in found.items() if functions} == {}


def test_a_line_of_a_template_is_short() -> None:
    found = {str(path.relative_to(BASE_DIR)): wide_lines(lines_of(path)) for path in templates()}

    assert len(found) > 50
    assert {file: lines for file, lines in found.items() if lines} == {}


@pytest.mark.parametrize("start", ["def", "async def"])
def test_what_is_one_line_too_long_is_found(start: str) -> None:
    text = f"{start} longest():\n" + "    pass\n" * (FUNCTION_LINES - 1)
    file = BASE_DIR / "manage.py"

    assert [*long_functions(text)] == []
    assert [*long_functions(text + "    pass\n")] == [f"longest: {FUNCTION_LINES + 1}"]
    assert wide_lines(["", "x" * TEMPLATE_COLUMNS]) == []
    assert wide_lines(["", "x" * (TEMPLATE_COLUMNS + 1)]) == [(2, TEMPLATE_COLUMNS + 1)]
    assert long_files([file], len(lines_of(file))) == []
    assert long_files([file], len(lines_of(file)) - 1) == [f"manage.py: {len(lines_of(file))}"]
