"""The measure that other tests rely on tells linear work from quadratic."""

from __future__ import annotations

from tests.effort import grows_in_proportion, least_cpu_seconds


def linear(length: int) -> int:
    return sum(range(length * 300))


def quadratic(length: int) -> int:
    return sum(range(length * length // 4))


def test_linear_work_grows_in_proportion() -> None:
    assert grows_in_proportion(linear, 400)


def test_quadratic_work_does_not() -> None:
    assert not grows_in_proportion(quadratic, 400)


def test_the_cheapest_round_is_told() -> None:
    assert 0 < least_cpu_seconds(lambda: linear(1000)) <= least_cpu_seconds(lambda: linear(5_000))
