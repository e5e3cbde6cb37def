"""One row of rules.toml, and one row of its table of articles."""

from __future__ import annotations

from dataclasses import dataclass

from triage.policy.assessment import Ground


@dataclass(frozen=True)
class Rule:
    """One row of rules.toml.

    `when` maps a question of the form, or "signals" / "and_signals", to the values of which one must
    be there; every key must match. `urgency` is empty when the rule only adds a queue or a step.
    """

    id: str
    when: tuple[tuple[str, frozenset[str]], ...]
    queues: tuple[str, ...]
    urgency: str
    step: bool
    state_link: str
    note: str
    why: dict[str, str]
    ground: Ground

    def matches(self, given: dict[str, frozenset[str]]) -> bool:
        """Whether every key of `when` has a value among the answers and signals given."""
        return all(not values.isdisjoint(given.get(key, frozenset())) for key, values in self.when)

    def signals(self) -> frozenset[str]:
        """The signal classes this rule looks for."""
        return frozenset().union(*(v for k, v in self.when if k in ("signals", "and_signals")))


@dataclass(frozen=True)
class Offence:
    """An article that may apply to an incident type, and the day it came into force (empty: long ago)."""

    article: str
    types: frozenset[str]
    since: str
    name: dict[str, str]
