"""When something fails, the ticked answers still route the report and a person is asked for."""

from __future__ import annotations

import dataclasses
import logging

import pytest

from reports.facts import Facts
from triage.policy.engine import assess
from triage.policy.loader import Policy, the_policy
from triage.policy.rule import Rule
from triage.reading.signals import Signal, Signals

SECRET = "Zosia from Homel wrote that they know where I live"


class BrokenRule(Rule):
    def matches(self, given: dict[str, frozenset[str]]) -> bool:
        raise ValueError(f"cannot evaluate {given}")


class BrokenSignals(Signals):
    def __init__(self, policy: Policy) -> None:
        self.suggests = policy.signals.suggests

    def find(self, account: str) -> tuple[Signal, ...]:
        raise RuntimeError(account)


def with_broken_rule(policy: Policy, rule_id: str) -> Policy:
    rules = tuple(
        BrokenRule(**{f.name: getattr(rule, f.name) for f in dataclasses.fields(rule)})
        if rule.id == rule_id
        else rule
        for rule in policy.rules
    )
    return dataclasses.replace(policy, rules=rules)


def test_a_rule_that_fails_is_no_match_and_is_named() -> None:
    facts = Facts(incident_types=("threat",), suspected_actor="belarus")

    result = assess(facts, "", with_broken_rule(the_policy(), "threat"))

    assert result.failed_rules == ("threat",)
    assert result.needs_person
    assert result.queues == ("obi_approach",)


def test_signals_that_fail_leave_what_the_answers_gave() -> None:
    broken = dataclasses.replace(the_policy(), signals=BrokenSignals(the_policy()))

    result = assess(Facts(incident_types=("threat",)), SECRET, broken)

    assert result.failed_rules == ("signals",)
    assert result.needs_person
    assert (result.queues, result.urgency) == (("police_referral",), "high")


def test_a_report_without_answers_whose_signals_fail_is_kept_for_follow_up() -> None:
    broken = dataclasses.replace(the_policy(), signals=BrokenSignals(the_policy()))

    result = assess(Facts(), SECRET, broken)

    assert result.queues == ("follow_up",)
    assert result.needs_person


def test_no_word_of_an_account_reaches_a_log_or_the_list_of_failures(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = dataclasses.replace(the_policy(), signals=BrokenSignals(the_policy()))

    with caplog.at_level(logging.DEBUG):
        assess(Facts(), SECRET)
        result = assess(Facts(), SECRET, with_broken_rule(broken, "threat"))

    assert result.failed_rules == ("signals", "threat")
    assert "Zosia" not in caplog.text
    assert "Zosia" not in str(result.as_dict())


def test_all_rules_that_match_count_not_only_the_last() -> None:
    facts = Facts(incident_types=("assault", "smear", "property_damage"), risk_profile=("activist",))

    result = assess(facts, "")

    assert {"assault", "smear", "property-damage", "risk-group"} <= {reason.rule for reason in result.reasons}
    assert (result.queues, result.urgency) == (("police_referral", "obi_approach"), "immediate")
