"""What the rules concluded about one report, with the reasons a person can check.

An assessment is a proposal (article 22 AVG): a person confirms or corrects
every queue. It is sealed with the report, so it must survive JSON both ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Ground:
    """Where a rule comes from: a paper, its question and the exact words, or the portal itself."""

    document: str
    question: str = ""
    quote: str = ""
    title: str = ""
    """The document's Dutch title; empty for the portal itself, and in what was sealed before titles were."""


@dataclass(frozen=True)
class Reason:
    """One rule that fired: what it added, on what ground, and which words of the account matched."""

    rule: str
    queues: tuple[str, ...]
    urgency: str
    step: bool
    state_link: str
    ground: Ground
    quotes: tuple[tuple[str, str], ...] = ()
    why: Mapping[str, str] = field(default_factory=dict)
    """The rule's own words on that day, by staff language; empty in what was sealed before they were kept."""


@dataclass(frozen=True)
class Assessment:
    """The proposal for one report; see `triage.policy.engine.assess` for how it is made.

    `queues` is never empty and in the order of `reports.choices.Queue`; `follow_up` is always alone.
    `hints` are articles of the Wetboek van Strafrecht that may apply ("285", or "98d>=2025-05-15" when
    the incident may be older than the article); `suggested_types` are incident types the text suggests.
    `hint_names` are their names on that day, by article and staff language.
    `notes` are ids of notes for staff (for now only "despair").
    """

    queues: tuple[str, ...]
    urgency: str
    state_link: str
    reasons: tuple[Reason, ...]
    failed_rules: tuple[str, ...]
    needs_person: bool
    hints: tuple[str, ...]
    suggested_types: tuple[str, ...]
    notes: tuple[str, ...]
    policy_version: str
    hint_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Assessment:
        """Reads back what `as_dict` wrote, also after JSON, and what it wrote before reasons were kept.

        Raises KeyError or TypeError on anything else.
        """
        reasons = tuple(
            Reason(
                rule=reason["rule"],
                queues=tuple(reason["queues"]),
                urgency=reason["urgency"],
                step=reason["step"],
                state_link=reason["state_link"],
                ground=Ground(**reason["ground"]),
                quotes=tuple((signal, words) for signal, words in reason["quotes"]),
                why=reason.get("why", {}),
            )
            for reason in data["reasons"]
        )
        return cls(
            queues=tuple(data["queues"]),
            urgency=data["urgency"],
            state_link=data["state_link"],
            reasons=reasons,
            failed_rules=tuple(data["failed_rules"]),
            needs_person=data["needs_person"],
            hints=tuple(data["hints"]),
            suggested_types=tuple(data["suggested_types"]),
            notes=tuple(data["notes"]),
            policy_version=data["policy_version"],
            hint_names=data.get("hint_names", {}),
        )
