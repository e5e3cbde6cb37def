"""Sealed counts: what a report and what a person's correction add to the figures, sealed to the mail worker.

Source: docs/decisions.md 28. Written in the transaction of the report or decision. A fault here never stops a
report: without a summary key to trust there is no sealed count, and the log says so.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from django.utils import timezone

from reports.choices import Urgency
from reports.facts import Facts
from reports.models import ItemKind, KeyRole, Report
from reports.sealing import core
from reports.vault import bundle, keys
from reports.vault.keyring import CannotOpen, Keyring
from triage.figures.weeks import week_of
from triage.models import SealedCount
from triage.policy.assessment import Assessment, Reason

log = logging.getLogger(__name__)

Line = tuple[str, str]
"""(list, line): one thing that is counted, such as ("scale", "incident")."""

NOT_GIVEN = "not_given"
NO_RULE = "no-rule"
"""Stands for the engine's empty case: no rule fired, a person reads it in follow-up."""


class Effect(StrEnum):
    """How a person judged a proposal."""

    AGREED = "agreed"
    QUEUE_ADDED = "queue_added"
    QUEUE_REMOVED = "queue_removed"
    URGENCY_RAISED = "urgency_raised"
    URGENCY_LOWERED = "urgency_lowered"


class List(StrEnum):
    """What is counted of reports. An `Effect` is a list as well: its lines are rules."""

    SCALE = "scale"
    TYPE = "type"
    LANGUAGE = "language"
    DEMONSTRATION = "demonstration"
    SELF_CENSORSHIP = "self_censorship"
    FIRED = "fired"


LISTS = frozenset([*List, *Effect])


def lines_of(facts: Facts, language: str, assessment: Assessment | None) -> list[Line]:
    """What one report adds; a report that was not assessed adds its place on the scale only, as not given."""
    lines: list[Line] = [(List.SCALE, facts.severity or NOT_GIVEN)]
    lines += [(List.TYPE, each) for each in facts.incident_types]
    lines += [(List.DEMONSTRATION, facts.demonstration)] if facts.demonstration else []
    lines += [(List.SELF_CENSORSHIP, each) for each in facts.self_censorship]
    lines += [(List.LANGUAGE, language)] if language else []
    lines += [(List.FIRED, reason.rule) for reason in assessment.reasons] if assessment else []
    return lines


def write_report_count(lines: Iterable[Line]) -> None:
    """The worker's sealed count for one report; call it inside the transaction that routes it."""
    _write(SealedCount.Kind.REPORT, lines, bundle.worker())


def write_decision_count(report: Report, ring: Keyring | None, effect: Effect, *, queue: str) -> None:
    """The officer's sealed count for one decision: its effect on every rule that it judges, all in one row.

    One, because the number of rows would show how many rules fired. Nothing is counted when the officer's
    ring does not open the assessment.
    """
    reasons = _reasons(report, ring) if ring else None
    if reasons is not None:
        _write(
            SealedCount.Kind.DECISION,
            [(effect, rule) for rule in _judged(reasons, effect, queue)],
            bundle.staff(),
        )


def write_urgency_count(report: Report, ring: Keyring | None, *, queue: str, before: str, after: str) -> None:
    """The sealed count for a changed urgency."""
    raised = Urgency(after).rank > Urgency(before).rank
    effect = Effect.URGENCY_RAISED if raised else Effect.URGENCY_LOWERED
    write_decision_count(report, ring, effect, queue=queue)


def _judged(reasons: list[Reason], effect: Effect, queue: str) -> set[str]:
    """Agreed or removed: the rules that gave the queue. Urgency: those that set it. Added: all that fired."""
    if effect in {Effect.AGREED, Effect.QUEUE_REMOVED}:
        rules = {reason.rule for reason in reasons if queue in reason.queues}
    elif effect == Effect.QUEUE_ADDED:
        rules = {reason.rule for reason in reasons}
    else:
        top = max((Urgency(each.urgency).rank for each in reasons if each.urgency), default=None)
        rules = {
            each.rule for each in reasons if each.step or (each.urgency and Urgency(each.urgency).rank == top)
        }
    return rules or {NO_RULE}


def _reasons(report: Report, ring: Keyring) -> list[Reason] | None:
    found: list[Reason] = []
    opened = False
    for item in report.items.filter(kind=ItemKind.ASSESSMENT).prefetch_related("wraps"):
        try:
            content: Mapping[str, Any] = ring.open(item)
        except (CannotOpen, core.Broken):
            continue
        opened = True
        found += Assessment.from_dict(content).reasons
    return found if opened else None


def _write(kind: SealedCount.Kind, lines: Iterable[Line], process: bundle.Bundle) -> None:
    try:
        public = keys.current(KeyRole.SUMMARY, process)
    except keys.Untrusted as error:
        log.error("a sealed count was not written: %s", error)
        return
    count = SealedCount(week=week_of(timezone.now()), kind=kind)
    count.seal(sorted({(str(name), str(line)) for name, line in lines}), public)
    count.save(force_insert=True)
