"""What a new policy would change for the open reports that this officer's own key opens. Nothing is stored.

The worker cannot do this: after triage it has no wrap of a report.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from reports.choices import Queue, Urgency
from reports.facts import Facts
from reports.models import Item, ItemKind
from reports.sealing import core
from reports.vault.keyring import CannotOpen, Keyring
from triage.models import WorkItem
from triage.policy.engine import assess
from triage.policy.loader import BrokenPolicy, Policy, the_policy
from triage.policy.read_rules import FILE, read_offences, read_rules

MOST = 500
"""Reports compared at once: a few seconds."""


@dataclass(frozen=True)
class Difference:
    """One open report that the candidate would propose differently."""

    reference: str
    pages: list[tuple[str, str]]  # (queue, address) of its work items that this officer sees
    old_queues: list[str]
    new_queues: list[str]
    old_urgency: str
    new_urgency: str
    added: list[str]  # rules that fire in the candidate only
    gone: list[str]


@dataclass
class Comparison:
    """What the candidate changes, and how many reports were looked at."""

    changes: list[Difference] = field(default_factory=list)
    compared: int = 0
    closed: int = 0  # open work items whose report this officer's key does not open
    cut: bool = False  # there are more than MOST


def candidate(rules: str) -> Policy:
    """The present policy with this text in place of rules.toml; its phrases stay. Raises BrokenPolicy."""
    now = the_policy()
    try:
        table = tomllib.loads(rules)
        read, offences = read_rules(table, now.documents, now.signals.classes), read_offences(table)
    except BrokenPolicy:
        raise
    except tomllib.TOMLDecodeError as error:
        raise BrokenPolicy(FILE, "", str(error)) from error
    except (TypeError, AttributeError, ValueError, KeyError) as error:
        raise BrokenPolicy(FILE, "", f"is not laid out as rules are ({type(error).__name__})") from error
    version, basis = str(table["version"]), str(table["basis"])
    return dataclasses.replace(now, version=version, basis=basis, rules=read, offences=offences)


def compare(new: Policy, *, queues: Iterable[str], ring: Keyring) -> Comparison:
    """The reports with open work in these queues under both policies; only what differs is listed."""
    work: dict[UUID, list[WorkItem]] = defaultdict(list)
    mine = WorkItem.objects.open().filter(queue__in=queues).select_related("report")
    for item in mine.most_urgent_first():
        work[item.report_id].append(item)
    chosen = list(work)[:MOST]
    found = Comparison(cut=len(work) > MOST)
    filed = Item.objects.filter(report__in=chosen, kind=ItemKind.REPORT).prefetch_related("wraps")
    by_report = {item.report_id: item for item in filed}
    for pk in chosen:
        try:
            content = ring.open(by_report[pk])
        except (CannotOpen, core.Broken, KeyError):
            found.closed += 1
            continue
        found.compared += 1
        change = _change(work[pk], Facts.from_answers(content["answers"]), content["account"], new)
        if change:
            found.changes.append(change)
    return found


def _change(work: list[WorkItem], facts: Facts, account: str, new: Policy) -> Difference | None:
    before, after = assess(facts, account), assess(facts, account, new)
    if (before.queues, before.urgency) == (after.queues, after.urgency):
        return None
    was, now = ({reason.rule for reason in each.reasons} for each in (before, after))
    return Difference(
        reference=work[0].report.reference,
        pages=[(str(Queue(each.queue).label), each.get_absolute_url()) for each in work],
        old_queues=[str(Queue(queue).label) for queue in before.queues],
        new_queues=[str(Queue(queue).label) for queue in after.queues],
        old_urgency=str(Urgency(before.urgency).label),
        new_urgency=str(Urgency(after.urgency).label),
        added=sorted(now - was),
        gone=sorted(was - now),
    )
