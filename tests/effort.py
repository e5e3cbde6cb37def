"""What a piece of work costs, in processor time: a busy machine does not change it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

_ROUNDS = 6
_FACTOR = 4


def least_cpu_seconds(work: Callable[[], object], *, below: float = 0.0) -> float:
    """The processor seconds of the cheapest of several rounds; stops early once one costs less than `below`.

    The cheapest one is what the work itself takes; other work on the machine only adds to it.
    """
    least = float("inf")
    for _round in range(_ROUNDS):
        least = min(least, _cpu_seconds(work))
        if least < below:
            break
    return least


def grows_in_proportion(work: Callable[[int], object], length: int) -> bool:
    """True when `work(4 * length)` costs about four times as much as `work(length)`.

    Twice that is allowed for chance; what grows with the square of the length costs sixteen times as much.
    """
    short = long = float("inf")
    for _round in range(_ROUNDS):
        short = min(short, _cpu_seconds(lambda: work(length)))
        long = min(long, _cpu_seconds(lambda: work(_FACTOR * length)))
        if long < 2 * _FACTOR * short:
            return True
    return False


def _cpu_seconds(work: Callable[[], object]) -> float:
    gc.disable()  # its rounds look at all that the process holds, not at this work
    try:
        start = time.process_time()
        work()
        return time.process_time() - start
    finally:
        gc.enable()
