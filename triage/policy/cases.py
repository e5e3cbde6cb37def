"""Case files: reading them, assessing every case as the worker does, measuring what came out.

Format and measures: docs/triage.md. Nothing is stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.choices import Queue, Urgency
from reports.facts import Facts
from triage.policy import wilson
from triage.policy.assessment import Assessment

QUEUES = (Queue.POLICE_REFERRAL.value, Queue.OBI_APPROACH.value)
POOLED = ("full", "understated")
"""The modes that count for the comparison of languages (docs/decisions.md 38)."""


class BadCase(ValueError):
    """A line that is no case; the message names file and line, never the account."""


@dataclass(frozen=True)
class Case:
    """One line of a case file. `queues` and `urgency` are empty when the file has no labels."""

    id: str
    language: str
    mode: str
    facts: Facts
    account: str
    queues: tuple[str, ...]
    urgency: str
    why: str


@dataclass(frozen=True)
class Outcome:
    """A case and what the rules made of it."""

    case: Case
    assessment: Assessment

    @property
    def rank(self) -> int:
        return Urgency(self.assessment.urgency).rank

    @property
    def label_rank(self) -> int:
        return Urgency(self.case.urgency).rank


@dataclass(frozen=True)
class Share:
    """`hits` of `of`, with a Wilson 95 % interval (docs/decisions.md 38). `value` is None for nothing."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson.interval(self.hits, self.of)

    def __str__(self) -> str:
        if self.value is None:
            return "-"
        low, high = self.interval
        return f"{self.value:.2f} ({self.hits}/{self.of}, {low:.2f}-{high:.2f})"


@dataclass(frozen=True)
class Measure:
    """The figures of one group of cases."""

    cases: int
    recall: dict[str, Share]
    precision: dict[str, Share]
    urgency_exact: Share
    urgency_at_least: Share
    danger_recall: Share
    over_rated: Share

    def as_dict(self) -> dict[str, Any]:
        """The figures as the contract of the command has them; null where there is nothing to count."""
        return {
            "cases": self.cases,
            "recall": {queue: share.value for queue, share in self.recall.items()},
            "precision": {queue: share.value for queue, share in self.precision.items()},
            "urgency_exact": self.urgency_exact.value,
            "urgency_at_least": self.urgency_at_least.value,
            "danger_recall": self.danger_recall.value,
            "over_rated": self.over_rated.value,
        }


def read_cases(path: Path) -> list[Case]:
    """The cases of a JSON Lines file. Raises BadCase (file and line) and OSError."""
    cases = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                cases.append(_case(json.loads(line)))
            except (KeyError, TypeError, AttributeError, ValueError) as error:
                reason = f"{type(error).__name__}" if isinstance(error, json.JSONDecodeError) else str(error)
                raise BadCase(f"{path.name}, line {number}: not a case ({reason})") from None
    return cases


def _case(row: dict[str, Any]) -> Case:
    expect = row.get("expect", {})
    return Case(
        id=str(row["id"]),
        language=str(row.get("language", "")),
        mode=str(row.get("mode", "")),
        facts=Facts.from_answers(row["answers"]),
        account=str(row["answers"].get("account") or ""),
        queues=tuple(expect.get("queues", ())),
        urgency=Urgency(expect["urgency"]).value if "urgency" in expect else "",
        why=str(row.get("why", "")),
    )


def run_cases(cases: Iterable[Case], assess: Callable[[Facts, str], Assessment]) -> list[Outcome]:
    """Every case with its assessment."""
    return [Outcome(case, assess(case.facts, case.account)) for case in cases]


def measure(outcomes: list[Outcome]) -> Measure:
    """The figures of labelled outcomes."""
    recall, precision = {}, {}
    for queue in QUEUES:
        wanted = [queue in outcome.case.queues for outcome in outcomes]
        given = [queue in outcome.assessment.queues for outcome in outcomes]
        both = sum(w and g for w, g in zip(wanted, given, strict=True))
        recall[queue], precision[queue] = Share(both, sum(wanted)), Share(both, sum(given))
    high = Urgency.HIGH.rank
    danger = [outcome for outcome in outcomes if outcome.label_rank >= high]
    return Measure(
        cases=len(outcomes),
        recall=recall,
        precision=precision,
        urgency_exact=Share(sum(o.rank == o.label_rank for o in outcomes), len(outcomes)),
        urgency_at_least=Share(sum(o.rank >= o.label_rank for o in outcomes), len(outcomes)),
        danger_recall=Share(sum(o.rank >= high for o in danger), len(danger)),
        over_rated=Share(sum(o.rank > o.label_rank for o in outcomes), len(outcomes)),
    )


def measures(outcomes: list[Outcome]) -> dict[str, Any]:
    """`overall`, `by_mode` and `by_language` figures of the labelled outcomes."""
    labelled = [outcome for outcome in outcomes if outcome.case.urgency]
    modes = dict.fromkeys(outcome.case.mode for outcome in labelled)
    languages = dict.fromkeys(outcome.case.language for outcome in labelled)
    return {
        "cases": len(labelled),
        "overall": measure(labelled),
        "by_mode": {mode: measure([o for o in labelled if o.case.mode == mode]) for mode in modes},
        "by_language": {
            language: measure([o for o in labelled if o.case.language == language]) for language in languages
        },
    }


def pooled_by_language(outcomes: list[Outcome]) -> dict[str, Measure]:
    """Per language on full + understated cases together: the comparison no language may fall behind in."""
    pooled = [outcome for outcome in outcomes if outcome.case.urgency and outcome.case.mode in POOLED]
    languages = dict.fromkeys(outcome.case.language for outcome in pooled)
    return {language: measure([o for o in pooled if o.case.language == language]) for language in languages}
