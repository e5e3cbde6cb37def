"""Which counts of a week may be mailed: no small ones, and none from which a small one follows.

Pure arithmetic. Source: docs/policy.md, Disclosure of figures; docs/decisions.md 28 and 29.

We assume an attacker who has read this file, has every mail, and knows the two equations below.
Each report has one urgency: that list adds up to the total exactly. Each report
is in police referral, OBI approach or both, else in follow-up, so from the three
queues and the total follows how many are in both and in only one of them. (A report
that could not be assessed is in police referral and follow-up at once; that only
makes the attacker less certain.) The tests do what the attacker would do, for every possible week.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import product

FLOOR = 5
"""The smallest count that is shown."""

ROOM = 3
"""A hidden small count must have at least this many possible values."""

STEPS = (500, 200, 100, 50, 20, 10, 5, 1)


class Hidden(Enum):
    """What is shown in place of a count."""

    FEW = "few"  # reads "fewer than 5"
    HELD = "held"  # reads "not shown": large itself, but a small one would follow from it


Cell = int | Hidden
Atoms = Callable[[Sequence[int], int], tuple[int, ...] | None]
"""All that follows from the counts of a list (in its order) and their total; None if they do not agree."""


def once_each(counts: Sequence[int], total: int) -> tuple[int, ...] | None:
    """Each report is on one line of the list: urgencies."""
    return tuple(counts) if sum(counts) == total else None


def one_or_two_queues(counts: Sequence[int], total: int) -> tuple[int, ...] | None:
    """Police referral, OBI approach or both; else follow-up. So also how many are in both, or in only one."""
    police, obi, follow_up = counts
    both = police + obi + follow_up - total
    if not 0 <= both <= min(police, obi):
        return None
    return police, obi, follow_up, both, police - both, obi - both


def scale_beside(queues: Mapping[str, int], urgencies: Mapping[str, int]) -> Atoms:
    """The steps of the scale beside the two other lists, when these are shown whole.

    The rules put every report of a physical threat into police referral, at high or immediate urgency: so how
    many of those are *not* physical threats follows by subtraction, and counts as well.
    """
    police, acute = queues["police_referral"], urgencies["immediate"] + urgencies["high"]

    def atoms(counts: Sequence[int], total: int) -> tuple[int, ...] | None:
        physical = counts[2]
        if sum(counts) != total or physical > min(police, acute):
            return None
        return *counts, police - physical, acute - physical

    return atoms


def shown(count: int) -> Cell:
    """One count by itself: the total of a week."""
    return count if count >= FLOOR else Hidden.FEW


def shown_list(counts: Mapping[str, int], total: int, atoms: Atoms) -> dict[str, Cell]:
    """The lines of one list as they may be mailed beside the total; `total` is at least FLOOR.

    Counts below FLOOR are hidden. Beside them the last large count is held back, whatever its
    size. If we chose by size, the choice would give information away. If a small count could still be
    worked out from the rest, the whole list is held back.
    """
    cells = {name: shown(count) for name, count in counts.items()}
    large = [name for name, cell in cells.items() if cell is not Hidden.FEW]
    held = {**cells, **dict.fromkeys(large[-1:], Hidden.HELD)}
    for choice in (held,) if Hidden.FEW in cells.values() else (cells, held):
        if _keeps_its_secrets(list(choice.values()), total, atoms):
            return choice
    return dict.fromkeys(counts, Hidden.HELD)


def _keeps_its_secrets(cells: Sequence[Cell], total: int, atoms: Atoms) -> bool:
    """Whether each count that can be worked out is certainly FLOOR or more, or has at least ROOM possible
    values."""
    rows = [row for counts in _behind(cells, total) if (row := atoms(counts, total)) is not None]
    return bool(rows) and all(
        min(values) >= FLOOR or len(set(values)) >= ROOM for values in zip(*rows, strict=True)
    )


def _behind(cells: Sequence[Cell], total: int) -> Iterator[tuple[int, ...]]:
    """Every row of counts that reads as these cells; at most one of them is HELD."""
    values = {Hidden.FEW: range(FLOOR), Hidden.HELD: range(FLOOR, total + 1)}
    return product(*(values[cell] if isinstance(cell, Hidden) else (cell,) for cell in cells))


def at_least(count: int, total: Cell) -> int:
    """Open or overdue work as a lower bound: 0, 1, 5, 10, 20 … and never above the week's own shown total.

    Work changes with every report that comes in, so an exact figure, subtracted from last
    week's, would count the reports of a week whose total is hidden. This bound is never above
    this week's shown total; beside a hidden total it says only "none" or "at least 1".
    """
    ceiling = 1 if isinstance(total, Hidden) else total
    return next((step for step in STEPS if step <= min(count, ceiling)), 0)
