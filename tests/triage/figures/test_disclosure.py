"""A reader who knows the rules and sees every mail cannot work out a small count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.figures.disclosure import (
    FLOOR,
    ROOM,
    Cell,
    Hidden,
    at_least,
    once_each,
    one_or_two_queues,
    shown,
    shown_list,
)

Row = tuple[int, ...]
URGENCIES = ("immediate", "high", "normal", "low")
QUEUES = ("police", "obi", "follow_up")


def mailed_urgencies(row: Row, total: int) -> tuple[Cell, ...]:
    return tuple(shown_list(dict(zip(URGENCIES, row, strict=True)), total, once_each).values())


def mailed_queues(row: Row, total: int) -> tuple[Cell, ...]:
    return tuple(shown_list(dict(zip(QUEUES, row, strict=True)), total, one_or_two_queues).values())


def all_urgencies(total: int) -> Iterator[Row]:
    for row in product(range(total + 1), repeat=3):
        if sum(row) <= total:
            yield (*row, total - sum(row))


def all_queues(total: int) -> Iterator[Row]:
    """Built from the reports: only police, only OBI, both, only follow-up."""
    for police, obi, both in product(range(total + 1), repeat=3):
        if police + obi + both <= total:
            yield (police + both, obi + both, total - police - obi - both)


def all_queues_with_unassessed(total: int) -> Iterator[Row]:
    """And any other pair of queues, as when a report could not be assessed."""
    for row in product(range(total + 1), repeat=3):
        if total <= sum(row) <= 2 * total:
            yield row


def secrets_of_queues(row: Row, total: int) -> Row:
    """The three counts, and how many reports are in both, only in police, only in OBI."""
    police, obi, follow_up = row
    both = police + obi + follow_up - total
    return police, obi, follow_up, both, police - both, obi - both


@pytest.mark.parametrize("total", range(FLOOR, 19))
@pytest.mark.parametrize(
    ("weeks", "mailed", "secrets"),
    [
        (all_urgencies, mailed_urgencies, lambda row, _total: row),
        (all_queues, mailed_queues, secrets_of_queues),
        (all_queues_with_unassessed, mailed_queues, lambda row, _total: row),
    ],
    ids=["urgencies", "queues", "queues-with-unassessed"],
)
def test_every_small_count_stays_open(
    total: int,
    weeks: Callable[[int], Iterator[Row]],
    mailed: Callable[[Row, int], tuple[Cell, ...]],
    secrets: Callable[[Row, int], Row],
) -> None:
    """The reader lists every week that would have given the very same mail."""
    same_mail: dict[tuple[Cell, ...], list[Row]] = defaultdict(list)
    for row in weeks(total):
        same_mail[mailed(row, total)].append(secrets(row, total))
    assert len(same_mail) > 1

    for cells, rows in same_mail.items():
        # When a whole list is held back, the weeks that do this are few for a very small total.
        room = 2 if set(cells) == {Hidden.HELD} else ROOM
        for values in map(set, zip(*rows, strict=True)):
            assert min(values) >= FLOOR or len(values) >= room, (total, cells, sorted(values))


@given(
    st.lists(st.integers(0, 400) | st.integers(0, 6), min_size=4, max_size=4).filter(
        lambda row: sum(row) >= FLOOR
    )
)
def test_the_total_never_gives_away_an_urgency(row: list[int]) -> None:
    total = sum(row)
    cells = mailed_urgencies(tuple(row), total)
    low = [cell if isinstance(cell, int) else 0 if cell is Hidden.FEW else FLOOR for cell in cells]
    high = [cell if isinstance(cell, int) else FLOOR - 1 if cell is Hidden.FEW else total for cell in cells]

    for place, cell in enumerate(cells):
        if cell is Hidden.FEW:
            least = max(0, total - (sum(high) - high[place]))
            most = min(FLOOR - 1, total - (sum(low) - low[place]))
            assert most - least + 1 >= ROOM


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4).filter(lambda row: sum(row) >= FLOOR))
def test_what_is_shown_is_true(row: list[int]) -> None:
    police_only, obi_only, both, follow_up = row
    counts = (police_only + both, obi_only + both, follow_up)

    for count, cell in zip(counts, mailed_queues(counts, sum(row)), strict=True):
        assert cell in {count, Hidden.FEW, Hidden.HELD}
        assert cell is not Hidden.FEW or count < FLOOR
        assert not isinstance(cell, int) or cell >= FLOOR


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ((9, 8, 7, 6), (9, 8, 7, 6)),
        ((2, 9, 13, 7), (Hidden.FEW, 9, 13, Hidden.HELD)),  # 31 - 9 - 13 - 7 would be 2
        ((9, 8, 7, 2), (9, 8, Hidden.HELD, Hidden.FEW)),
        ((1, 2, 3, 4), (Hidden.FEW,) * 4),
        ((0, 0, 0, 8), (Hidden.FEW, Hidden.FEW, Hidden.FEW, Hidden.HELD)),
        ((0, 0, 0, 5), (Hidden.HELD,) * 4),  # 5 and "fewer than 5" three times: only (0, 0, 0, 5) would fit
        ((4, 4, 4, 4), (Hidden.HELD,) * 4),  # 16 would fit only once
    ],
)
def test_urgencies_beside_their_total(row: Row, cells: tuple[Cell, ...]) -> None:
    assert mailed_urgencies(row, sum(row)) == cells


@pytest.mark.parametrize(
    ("row", "total", "cells"),
    [
        ((17, 14, 6), 31, (17, 14, 6)),
        ((8, 6, 2), 12, (8, Hidden.HELD, Hidden.FEW)),
        ((10, 6, 0), 10, (Hidden.HELD,) * 3),  # all ten in police leaves none for follow-up
        ((12, 12, 12), 24, (12, 12, Hidden.HELD)),  # else: none in police only
    ],
)
def test_queues_beside_their_total(row: Row, total: int, cells: tuple[Cell, ...]) -> None:
    assert mailed_queues(row, total) == cells


def test_a_total_of_five_is_shown_and_four_is_not() -> None:
    assert [shown(count) for count in (0, 1, 4, 5, 6)] == [Hidden.FEW, Hidden.FEW, Hidden.FEW, 5, 6]


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_work_tells_nothing_that_the_shown_total_does_not(count: int, total: int) -> None:
    bound = at_least(count, shown(total))

    assert bound <= count
    assert (bound > 0) == (count > 0)
    assert bound <= (total if total >= FLOOR else 1)


def test_work_is_told_in_steps() -> None:
    assert [at_least(count, 60) for count in (0, 1, 4, 5, 9, 10, 49, 50, 99)] == [
        0,
        1,
        1,
        5,
        5,
        10,
        20,
        50,
        50,
    ]
