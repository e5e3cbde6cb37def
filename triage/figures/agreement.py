"""How often people agree with each rule: from the sealed sums of closed weeks, for people who edit the rules.

Source: docs/decisions.md 28; docs/policy.md, Privacy law (AVG 22). A rule is shown from FLOOR decisions
on. It shows up for review when people agreed with it in less than THRESHOLD of them. Only the queue and the
urgency that a rule gave are judged: that a person *added* a queue is no fault of the rules that fired, so it
is shown beside them and not counted in.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from triage.figures.sealed_counts import Effect, List
from triage.figures.week_sums import Sums
from triage.policy import wilson

FLOOR = 5
THRESHOLD = 0.8


@dataclass(frozen=True)
class Record:
    """What people did with the proposals of one rule."""

    rule: str
    agreed: int
    queue_removed: int
    urgency_raised: int
    urgency_lowered: int
    queue_added: int

    @property
    def decisions(self) -> int:
        return self.agreed + self.queue_removed + self.urgency_raised + self.urgency_lowered

    @property
    def share(self) -> float:
        """The part of the decisions in which people agreed, 0 to 1."""
        return self.agreed / self.decisions

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of `share`: wide where there were few decisions."""
        return wilson.interval(self.agreed, self.decisions)

    @property
    def is_low(self) -> bool:
        """People should look at this rule."""
        return self.share < THRESHOLD


def records(weeks: list[tuple[str, Sums]]) -> list[Record]:
    """A record of every rule with FLOOR decisions or more in these weeks, least agreed first."""
    sums = total(weeks)
    rules = {line for name, line in sums if name in set(Effect)}
    found = [Record(rule, **{effect.value: sums[effect, rule] for effect in Effect}) for rule in rules]
    return sorted(
        (each for each in found if each.decisions >= FLOOR), key=lambda each: (each.share, each.rule)
    )


def reported(weeks: list[tuple[str, Sums]]) -> dict[str, list[tuple[str, int]]]:
    """Per list, what was reported in these weeks: counts rounded down to fives, none below FLOOR.

    Rounded, so that an officer of another queue cannot find the type of one report by comparing two moments.
    """
    sums = total(weeks)
    return {
        name.value: sorted(
            (
                (line, count - count % FLOOR)
                for (of, line), count in sums.items()
                if of == name and count >= FLOOR
            ),
            key=lambda each: (-each[1], each[0]),
        )
        for name in List
    }


def total(weeks: list[tuple[str, Sums]]) -> Sums:
    """All weeks together."""
    sums: Sums = Counter()
    for _, each in weeks:
        sums.update(each)
    return sums
