"""A rule that fails is an error in the worker's log: by its id, with no word of the report beside it."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable

import pytest

from reports.choices import Queue
from tests.cast import Case
from tests.factories import FOR_POLICE, route
from tests.triage.policy.test_engine_failures import SECRET, BrokenSignals, with_broken_rule
from triage.policy import engine
from triage.policy.loader import Policy, the_policy

pytestmark = pytest.mark.django_db

Spoil = Callable[[Policy], Policy]


def broken_rules(policy: Policy) -> Policy:
    return with_broken_rule(with_broken_rule(policy, "threat"), "minor")


def broken_signals(policy: Policy) -> Policy:
    return dataclasses.replace(policy, signals=BrokenSignals(policy))


BROKEN = pytest.mark.parametrize(
    ("spoil", "named"), [(broken_rules, "threat, minor"), (broken_signals, "signals")]
)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Spoil], None]:
    """Makes a policy with a fault the installation's own."""
    sound = the_policy()
    return lambda spoil: monkeypatch.setattr(engine, "the_policy", lambda: spoil(sound))


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


@BROKEN
def test_of_a_report(
    spoil: Spoil, named: str, use: Callable[[Spoil], None], caplog: pytest.LogCaptureFixture
) -> None:
    use(spoil)

    case = Case(answers=FOR_POLICE, account=SECRET)

    assert case.work(Queue.POLICE_REFERRAL).needs_person
    assert told(caplog) == [f"these rules failed and count as no match: {named}"]
    assert "Zosia" not in caplog.text
    assert "Traceback" not in caplog.text


@BROKEN
def test_of_words_added_later(
    spoil: Spoil, named: str, use: Callable[[Spoil], None], caplog: pytest.LogCaptureFixture
) -> None:
    case = Case(answers=FOR_POLICE)
    assert told(caplog) == []
    use(spoil)

    case.add(SECRET)

    assert told(caplog) == [f"these rules failed and count as no match: {named}"]
    assert "Zosia" not in caplog.text


def test_a_report_that_was_handed_over_before_is_not_told_of_again(
    use: Callable[[Spoil], None], caplog: pytest.LogCaptureFixture
) -> None:
    use(broken_rules)
    case = Case(answers=FOR_POLICE)

    assert not route(case.id)

    assert len(told(caplog)) == 1
