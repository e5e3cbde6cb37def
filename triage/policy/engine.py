"""From the answers and words of a report to a proposal. Pure: nothing is stored, logged or sent.

Source: docs/policy.md, Routing; docs/decisions.md 13. Urgency is the highest of all rules that match, then
one step up once if any step rule matches, never past high through the step. When nothing matches the report
goes to follow-up. No error loses a report: what could not be evaluated counts
as no match, is named, and a person is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reports.choices import Language, Queue, Urgency, When
from reports.facts import Facts
from triage.policy.assessment import Assessment, Reason
from triage.policy.loader import Policy, the_policy
from triage.policy.read_rules import STATE_LINKS
from triage.policy.rule import Offence, Rule
from triage.reading.signals import Signal

STAFF_LANGUAGES = (Language.NL.value, Language.EN.value)
"""In these the reasons are kept with the assessment, so that officers read what was proposed then."""

SIGNALS = "signals"
"""The name in `failed_rules` when the account could not be searched."""


def assess(facts: Facts, account: str, policy: Policy | None = None) -> Assessment:
    """The proposal for a report. `policy` is for comparing policies; the default is the installation's own.

    Never raises because of an account or a rule: see `failed_rules` and `needs_person` of the result.
    """
    policy = policy or the_policy()
    failed: list[str] = []
    found: tuple[Signal, ...] = ()
    try:
        found = policy.signals.find(account)
    except Exception:  # noqa: BLE001 - whatever it was, the ticked answers must still route the report
        failed.append(SIGNALS)
    given = _given(facts, found)
    reasons: list[Reason] = []
    notes: list[str] = []
    for rule in policy.rules:
        try:
            if not rule.matches(given):
                continue
            reasons.append(_reason(rule, found))
        except Exception:  # noqa: BLE001 - a broken rule is no match, and named
            failed.append(rule.id)
            continue
        if rule.note:
            notes.append(rule.note)
    return Assessment(
        queues=_queues(reasons),
        urgency=_urgency(reasons),
        state_link=max((reason.state_link for reason in reasons), key=STATE_LINKS.index, default="none"),
        reasons=tuple(reasons),
        failed_rules=tuple(failed),
        needs_person=bool(failed),
        hints=_hints(policy.offences, facts),
        hint_names={each.article: _for_staff(each.name) for each in _may_apply(policy.offences, facts)},
        suggested_types=_suggested(policy, facts, found),
        notes=tuple(dict.fromkeys(notes)),
        policy_version=policy.version,
    )


def _given(facts: Facts, found: tuple[Signal, ...]) -> dict[str, frozenset[str]]:
    given = {
        question: frozenset([answer] if isinstance(answer, str) else answer)
        for question, answer in facts.as_answers().items()
    }
    given["signals"] = given["and_signals"] = frozenset(signal.name for signal in found)
    return given


def _reason(rule: Rule, found: tuple[Signal, ...]) -> Reason:
    looked_for = rule.signals()
    quotes = tuple((signal.name, signal.quote) for signal in found if signal.name in looked_for)
    return Reason(
        rule.id,
        rule.queues,
        rule.urgency,
        rule.step,
        rule.state_link,
        rule.ground,
        quotes,
        _for_staff(rule.why),
    )


def _for_staff(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: texts[language] for language in STAFF_LANGUAGES}


def _queues(reasons: Iterable[Reason]) -> tuple[str, ...]:
    added = {queue for reason in reasons for queue in reason.queues}
    return tuple(queue for queue in Queue.values if queue in added) or (Queue.FOLLOW_UP.value,)


def _urgency(reasons: list[Reason]) -> str:
    highest = max(
        (Urgency(r.urgency) for r in reasons if r.urgency), key=lambda u: u.rank, default=Urgency.LOW
    )
    if any(reason.step for reason in reasons) and highest.rank < Urgency.HIGH.rank:
        highest = next(urgency for urgency in Urgency if urgency.rank == highest.rank + 1)
    return highest.value


def _hints(offences: tuple[Offence, ...], facts: Facts) -> tuple[str, ...]:
    """Articles for the ticked types; one that may be younger than the incident has its first day."""
    hints = []
    for offence in _may_apply(offences, facts):
        old = offence.since and facts.when == When.EARLIER
        hints.append(f"{offence.article}>={offence.since}" if old else offence.article)
    return tuple(hints)


def _may_apply(offences: tuple[Offence, ...], facts: Facts) -> list[Offence]:
    return [offence for offence in offences if not offence.types.isdisjoint(facts.incident_types)]


def _suggested(policy: Policy, facts: Facts, found: tuple[Signal, ...]) -> tuple[str, ...]:
    types = [name for signal in found for name in policy.signals.suggests.get(signal.name, ())]
    return tuple(name for name in dict.fromkeys(types) if name not in facts.incident_types)
