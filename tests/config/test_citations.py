"""Whatever a comment or a page cites is in this repository: the page, and its section or number."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

BASE = Path(settings.BASE_DIR)
DOCS = BASE / "docs"
TEXT = {".py", ".md", ".toml", ".html", ".txt", ".sql", ".css", ".yml", ".yaml", ".po", ".acl", ""}

# `docs/page.md`, `docs/page.md 9`, `docs/page.md, Heading`; between pages `[text](page.md), 9` and the like.
CITED = re.compile(r"\bdocs/(?P<plain>[\w-]+\.md)|\]\((?:docs/)?(?P<linked>[\w-]+\.md)(?P<anchor>#[\w-]+)?\)")
NUMBERS = re.compile(r",? (\d+(?:(?:-|, | and )\d+)*)")
HEADING = re.compile(r", ([A-Z].*)")
BROKEN_OFF = re.compile(r",[ \t]*$")
# Working papers that are not in the repository.
OUTSIDE = re.compile(
    r"\b(?:DECISIONS|DESIGN|VAULT|POLICY|STACK|STYLE|CASES|CORPUS)(?:\.md\b| \d)|\b[Dd]ecisions? \d+"
    r"|\b[Pp]olicy (?:section \d|R\d)|\.\./[\w/-]+\.md\b"
)


def tracked_texts() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=BASE, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        path = BASE / name
        if path.suffix in TEXT and path != Path(__file__).resolve() and path.is_file():
            yield name, path.read_text(encoding="utf-8")


@cache
def headings(page: str) -> tuple[str, ...]:
    return tuple(re.findall(r"^#+ (.+)$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE))


def starts_with_one(names: tuple[str, ...], cited: str) -> bool:
    return any(re.match(re.escape(name) + r"(?!\w)", cited) for name in names)


def anchor_of(heading: str) -> str:
    return "#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def numbers_in(cited: str) -> set[str]:
    found = set(re.findall(r"\d+", cited))
    for first, last in re.findall(r"(\d+)-(\d+)", cited):
        found |= {str(number) for number in range(int(first), int(last) + 1)}
    return found


def faults(line: str) -> Iterator[str]:
    """What is wrong with the citations in one line."""
    for outside in OUTSIDE.finditer(line):
        yield f"{outside[0]}: not in this repository"
    for match in CITED.finditer(line):
        page, after = match["plain"] or match["linked"], line[match.end() :]
        if not (DOCS / page).is_file():
            yield f"{page}: no such page"
        elif match["anchor"] and match["anchor"] not in map(anchor_of, headings(page)):
            yield f"{page}: no anchor {match['anchor']}"
        elif numbers := NUMBERS.match(after):
            there = {heading.partition(".")[0] for heading in headings(page)}
            yield from (f"{page}: no number {each}" for each in sorted(numbers_in(numbers[1]) - there))
        elif (heading := HEADING.match(after)) and not starts_with_one(headings(page), heading[1]):
            yield f"{page}: no section {heading[1][:40]!r}"
        elif BROKEN_OFF.match(after):
            yield f"{page}: the citation goes on in the next line, where it is not checked"


def test_every_citation_leads_to_something_in_this_repository() -> None:
    found = [
        f"{name}:{number}: {fault}"
        for name, text in tracked_texts()
        for number, line in enumerate(text.splitlines(), 1)
        for fault in faults(line)
    ]

    assert found == []


def test_the_code_cites_the_pages() -> None:
    citing = {name for name, text in tracked_texts() if name.endswith(".py") and "docs/" in text}

    assert len(citing) > 40


def test_a_citation_that_leads_nowhere_is_found() -> None:
    assert list(faults("# why: docs/nowhere.md")) == ["nowhere.md: no such page"]
    assert list(faults("(docs/decisions.md 9 and 999)")) == ["decisions.md: no number 999"]
    assert list(faults("(docs/decisions.md 998-999)")) == [
        "decisions.md: no number 998",
        "decisions.md: no number 999",
    ]
    assert list(faults("see docs/sealing.md, Handwriting")) == ["sealing.md: no section 'Handwriting'"]
    assert list(faults("docs/policy.md, Retentions")) == ["policy.md: no section 'Retentions'"]
    assert list(faults("[x](policy.md#nothing)")) == ["policy.md: no anchor #nothing"]
    assert list(faults("# see docs/policy.md,")) != []
    assert list(faults("as DECISIONS 9 says")) == ["DECISIONS 9: not in this repository"]
    assert list(faults("VAULT.md 2.4")) == ["VAULT.md: not in this repository"]
    assert list(faults("see ../pages/plan.md")) == ["../pages/plan.md: not in this repository"]
    assert list(faults("policy section 6")) == ["policy section 6: not in this repository"]


def test_a_citation_that_leads_somewhere_is_let_through() -> None:
    for good in (
        "docs/decisions.md 28-30.",
        "(docs/decisions.md 9): the sweep",
        "(docs/sealing.md, Receipt code); it never",
        "[decisions.md](decisions.md), 28 and 29",
        "[words](docs/policy.md#glossary)",
        "docs/security.md says what, and why",
    ):
        assert list(faults(good)) == [], good
