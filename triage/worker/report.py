"""What the worker does with a new report: assess it in memory, hand it to its queues, keep no key to it.

Everything is one transaction: after it the report is in its queues and the
worker's own wrap is gone; without it nothing has changed. A second
call changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from reports import audit
from reports.choices import Queue, Urgency
from reports.facts import Facts
from reports.models import Item, ItemKind, Report, Wrap
from reports.sealing import core
from reports.vault import bundle, keys
from reports.vault.keyring import CannotOpen, Keyring
from triage.figures import sealed_counts
from triage.figures.weeks import week_of
from triage.mail.alerts import alert_desks
from triage.models import Tally, WorkItem
from triage.policy.assessment import Assessment
from triage.policy.engine import assess
from triage.selectors import index
from triage.selectors.find import FoundSelector
from triage.work.due import due_at
from triage.worker.alarms import log_failed_rules

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Proposal:
    """The queues and the urgency for a report; `assessment` is None when none could be made."""

    queues: tuple[str, ...]
    urgency: dict[str, str]  # per queue
    assessment: Assessment | None
    needs_person: bool
    selectors: tuple[FoundSelector, ...] | None = None  # None: not searched
    lines: tuple[sealed_counts.Line, ...] = ()  # what it adds to the figures
    looks_automated: bool = False


def do(item: Item, ring: Keyring) -> bool:
    """Assesses a report and hands it to its queues; False when that was done before.

    `ring` is the worker's. Raises keyring.CannotOpen or core.Broken when a wrap or body does not
    open, keys.Untrusted when a queue's key is not to be trusted; nothing has changed then.
    """
    opened = _open_untriaged(item.report_id, ring)
    if opened is None:
        return False
    content = opened.content
    facts = Facts.from_answers(content["answers"])
    assessment = assess(facts, content["account"])
    proposal = Proposal(
        queues=assessment.queues,
        urgency=dict.fromkeys(assessment.queues, assessment.urgency),
        assessment=assessment,
        needs_person=assessment.needs_person,
        # The reporter's own contact data never links anything.
        selectors=index.search(content["account"], without=opened.contact),
        lines=tuple(sealed_counts.lines_of(facts, content["language"], assessment)),
        looks_automated=content.get("looks_automated", False),
    )
    return _hand_over(item.report_id, opened.keys, proposal)


def give_up(item: Item, ring: Keyring) -> bool:
    """After assessment failed for good: a person reads it unassessed (docs/decisions.md 11)."""
    report = item.report
    queues: tuple[str, ...] = (Queue.FOLLOW_UP,)
    urgency: dict[str, str] = {Queue.FOLLOW_UP: Urgency.HIGH}
    if report.danger_ticked:
        queues = (Queue.POLICE_REFERRAL, Queue.FOLLOW_UP)
        urgency = dict.fromkeys(queues, Urgency.IMMEDIATE)
    unknown = tuple(sealed_counts.lines_of(Facts(), "", None))
    proposal = Proposal(queues, urgency, assessment=None, needs_person=True, lines=unknown)
    item_keys: dict[Item, bytes] = {}
    altered: list[Item] = []
    for each in _untriaged(report.pk):
        try:
            item_keys[each] = key = ring.key_of(each)
            each.read(key)
        except (CannotOpen, core.Broken, ValueError):
            altered.append(each)
    if WorkItem.objects.filter(report=report).exists():
        return False  # another worker was quicker: a wrap that is gone is no alarm then
    for each in altered:
        # Somebody or something altered it. An intake wrap that does not open stays, as evidence and in
        # case a backup helps; a person finds a work item with a report that does not open.
        log.critical("INTEGRITY ALARM: item %s of report %s does not open", each.pk, report.pk)
    return _hand_over(report.pk, item_keys, proposal, altered)


@dataclass(frozen=True)
class _Opened:
    content: dict  # type: ignore[type-arg]
    keys: dict[Item, bytes]
    contact: list[str]


def _untriaged(report_id: UUID) -> list[Item]:
    # Files, additions and withdrawals are tasks of their own.
    filed = Item.objects.filter(report_id=report_id, kind__in=[ItemKind.REPORT, ItemKind.CONTACT])
    return list(filed.untriaged().prefetch_related("wraps"))


def _open_untriaged(report_id: UUID, ring: Keyring) -> _Opened | None:
    items = _untriaged(report_id)
    if not items:
        return None
    item_keys = {item: ring.key_of(item) for item in items}
    filed = next(item for item in items if item.kind == ItemKind.REPORT)
    contact = [
        str(value)
        for item in items
        if item.kind == ItemKind.CONTACT
        for value in item.read(item_keys[item]).values()
    ]
    return _Opened(filed.read(item_keys[filed]), item_keys, contact)


def _hand_over(
    report_id: UUID, item_keys: dict[Item, bytes], proposal: Proposal, altered: Iterable[Item] = ()
) -> bool:
    queue_keys = keys.currents(proposal.queues, bundle.worker())
    now = timezone.now()
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report_id)
        if WorkItem.objects.filter(report=report).exists():
            return False
        handed = dict(item_keys)
        if proposal.assessment:
            content = proposal.assessment.as_dict()
            if proposal.selectors is not None:
                content["selectors"] = index.index(report, proposal.selectors)
            assessed, key = Item.compose(report, ItemKind.ASSESSMENT, content)
            assessed.save(force_insert=True)
            handed[assessed] = key
            log_failed_rules(proposal.assessment)
        Wrap.objects.hand(handed, queue_keys)
        work = WorkItem.objects.bulk_create(
            WorkItem(
                report=report,
                queue=queue,
                urgency=proposal.urgency[queue],
                due=due_at(proposal.urgency[queue], now),
                needs_person=proposal.needs_person,
                looks_automated=proposal.looks_automated,
            )
            for queue in proposal.queues
        )
        alert_desks(work)
        top = max(proposal.urgency.values(), key=lambda each: Urgency(each).rank)
        Tally.objects.add(
            week_of(now),
            [
                (Tally.List.RECEIVED, ""),
                *((Tally.List.QUEUE, queue) for queue in proposal.queues),
                (Tally.List.URGENCY, top),
            ],
        )
        sealed_counts.write_report_count(proposal.lines)
        Item.objects.filter(pk__in=[item.pk for item in item_keys]).drop_intake_wraps()
        Report.objects.filter(pk=report.pk).update(danger_ticked=None)
        for item in altered:
            audit.record(actor="worker", verb="integrity_alarm", subject=item, report=str(report.pk))
        audit.record(
            actor="worker",
            verb="route" if proposal.assessment else "route_unassessed",
            subject=report,
            queues=[str(queue) for queue in proposal.queues],
            urgency=top,
            needs_person=proposal.needs_person,
        )
    return True
