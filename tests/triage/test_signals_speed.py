"""Reading takes time in proportion to the text, whatever the text is."""

from __future__ import annotations

import time

import pytest

from triage.policy.loader import the_policy

# Far above what it takes (under 1 s), far below what anything worse than linear would take.
SECONDS_FOR_200_KB = 12


def cpu_seconds(account: str) -> float:
    start = time.process_time()
    the_policy().signals.find(account)
    return time.process_time() - start


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "я",
        "a ",
        "не знаю где ",
        "''''",
        "дом у меня ",
        ". ",
        "знают где живёт сын ",
        "KGB. ",
        "we know where ",
    ],
)
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    assert cpu_seconds(piece * (200_000 // len(piece))) < SECONDS_FOR_200_KB


def test_twice_the_text_takes_about_twice_the_time() -> None:
    text = "Мама сказала, что они знают, где я живу, и скоро приедут. Wij weten niet wie er komt. "
    short, long = text * 400, text * 1600
    cpu_seconds(short)

    assert cpu_seconds(long) < 12 * max(cpu_seconds(short), 0.01)
