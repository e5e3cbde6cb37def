"""docs/policy.md quotes the two papers exactly, and its table is what the rules do."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from reports.choices import IncidentType, Queue, Urgency
from reports.facts import Facts
from triage.policy.engine import assess
from triage.policy.loader import the_policy

PAGE = " ".join((Path(settings.BASE_DIR) / "docs" / "policy.md").read_text(encoding="utf-8").split())
LINES = (Path(settings.BASE_DIR) / "docs" / "policy.md").read_text(encoding="utf-8").splitlines()
QUEUES = {"police referral": "police_referral", "OBI approach": "obi_approach", "follow-up": "follow_up"}


def test_every_quotation_of_the_page_stands_in_a_paper() -> None:
    papers = " ".join(document.text for document in the_policy().documents.values())
    quoted = re.findall(r"„(.+?)”", PAGE)

    assert len(quoted) > 15
    assert [each for each in quoted if each not in papers] == []


def test_a_row_quotes_the_paper_that_it_names() -> None:
    documents = the_policy().documents
    answers, letter = documents["answers-2021-07-16"].text, documents["letter-2892"].text
    rows = re.findall(r"^\| (answers? [^|]*|letter) \| ([^|]+) \|", "\n".join(LINES), re.MULTILINE)

    assert len(rows) > 15
    for paper, words in rows:
        for quote in re.findall(r"„(.+?)”", words):
            if paper == "letter":
                assert quote in letter
            for number in re.findall(r"\d", paper):
                assert quote.lower() in _answer(answers, number).lower(), (paper, quote)


def test_the_table_of_types_is_what_the_rules_do() -> None:
    table = re.findall(r"^\| `(\w+)` \| ([^|]+) \| (\w+) \|$", "\n".join(LINES), re.MULTILINE)

    assert [name for name, _, _ in table] == IncidentType.values
    for name, queues, urgency in table:
        proposed = assess(Facts(incident_types=(name,)), "")
        assert list(proposed.queues) == [Queue(QUEUES[each]).value for each in queues.split(", ")], name
        assert proposed.urgency == Urgency(urgency).value, name


def _answer(text: str, number: str) -> str:
    """The answer to one question of the paper."""
    return text.partition(f"Vraag {number} ")[2].partition("Antwoord")[2].partition("Vraag ")[0]
