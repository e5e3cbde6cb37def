"""The facts of a report: its answers in the fixed vocabulary, and nothing else.

One type for every source: the public form, the demo, a case file, a text that an
officer tries. A missing answer is "not given" (None or empty), never "no".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import TextChoices

from reports import choices

SINGLE: dict[str, type[TextChoices]] = {
    "in_danger_now": choices.YesNoUnsure,
    "feels_threatened": choices.YesNoUnsure,
    "severity": choices.Severity,
    "when": choices.When,
    "frequency": choices.Frequency,
    "suspected_actor": choices.SuspectedActor,
    "actor_certainty": choices.ActorCertainty,
    "demonstration": choices.Demonstration,
    "reporter_role": choices.ReporterRole,
    "minor": choices.Minor,
    "police_contact": choices.PoliceContact,
    "consent_police": choices.Consent,
    "consent_obi": choices.Consent,
}
MULTIPLE: dict[str, type[TextChoices]] = {
    "incident_types": choices.IncidentType,
    "place": choices.Place,
    "actor_signs": choices.ActorSign,
    "self_censorship": choices.SelfCensorship,
    "risk_profile": choices.RiskProfile,
}


class UnknownAnswer(ValueError):
    """A question or a value outside the vocabulary; the message names the question, never the value."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Answers to the questions of docs/policy.md, Form; values are those of `reports.choices`."""

    in_danger_now: str | None = None
    feels_threatened: str | None = None
    incident_types: tuple[str, ...] = ()
    severity: str | None = None
    when: str | None = None
    place: tuple[str, ...] = ()
    frequency: str | None = None
    suspected_actor: str | None = None
    actor_certainty: str | None = None
    actor_signs: tuple[str, ...] = ()
    demonstration: str | None = None
    self_censorship: tuple[str, ...] = ()
    reporter_role: str | None = None
    risk_profile: tuple[str, ...] = ()
    minor: str | None = None
    police_contact: str | None = None
    consent_police: str | None = None
    consent_obi: str | None = None

    @classmethod
    def from_answers(cls, answers: Mapping[str, Any]) -> Facts:
        """Facts from a mapping of question to value (str) or values (list of str); `account` is skipped.

        Empty answers count as not given. Raises UnknownAnswer for anything outside the vocabulary.
        """
        given: dict[str, Any] = {}
        for question, value in answers.items():
            if question == "account" or value is None or value in ("", [], ()):
                continue
            given[question] = _known(question, value)
        return cls(**given)

    def as_answers(self) -> dict[str, str | list[str]]:
        """The given answers as JSON-ready values; `from_answers` reads them back."""
        given: dict[str, str | list[str]] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value:
                given[field.name] = list(value) if isinstance(value, tuple) else value
        return given


def _known(question: str, value: object) -> str | tuple[str, ...]:
    if question in SINGLE:
        if not isinstance(value, str) or value not in SINGLE[question].values:
            raise UnknownAnswer(f"{question}: not one of its answers")
        return value
    if question in MULTIPLE:
        if not isinstance(value, list | tuple) or not set(value) <= set(MULTIPLE[question].values):
            raise UnknownAnswer(f"{question}: not a list of its answers")
        return tuple(dict.fromkeys(value))
    raise UnknownAnswer(f"{question}: not a question")
