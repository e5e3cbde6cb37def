"""Reading takes time in proportion to the text, whatever the text is."""

from __future__ import annotations

import pytest

from tests.effort import grows_in_proportion
from triage.policy.loader import the_policy


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
        "Мама сказала, что они знают, где я живу, и скоро приедут. Wij weten niet wie er komt. ",
    ],
)
def test_text_is_read_in_linear_time(piece: str) -> None:
    find = the_policy().signals.find

    assert grows_in_proportion(lambda length: find((piece * length)[:length]), 20_000)
