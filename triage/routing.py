"""What the machine does with a report: assess it in memory, hand it to its queues, delete its own wrap.

Everything is one transaction: after it the report is in its queues and the
worker's own wrap is gone; without it nothing has changed. Done twice it is
done once.
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
from reports.models import Item, ItemKind, Key, KeyRole, Report, Wrap
from reports.vault import bundle, core, keys
from reports.vault.keyring import Closed, Keyring
from triage import indexing, slips
from triage.assessment import Assessment
from triage.due import due_at
from triage.engine import assess
from triage.models import Delivery, Subscription, Tally, WorkItem
from triage.selectors import Selector
from triage.weeks import week_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Proposal:
    """Where a report goes and how soon; `assessment` is None when none could be made."""

    queues: tuple[str, ...]
    urgency: dict[str, str]  # per queue
    assessment: Assessment | None
    needs_person: bool
    selectors: tuple[Selector, ...] | None = None  # None: not searched
    lines: tuple[slips.Line, ...] = ()  # what it adds to the figures
    hasty: bool = False


def route(*, report_id: UUID, ring: Keyring) -> bool:
    """Assesses a report and hands it to its queues; False when that was done before.

    `ring` is the worker's. Raises keyring.Closed or core.Broken when a wrap or body does not
    open, keys.Untrusted when a queue's key is not to be trusted; nothing has changed then.
    """
    opened = _open_untriaged(report_id, ring)
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
        selectors=indexing.search(content["account"], without=opened.contact),
        lines=tuple(slips.lines_of(facts, content["language"], assessment)),
        hasty=content.get("hasty", False),
    )
    return _hand_over(report_id, opened.keys, proposal)


def route_unassessed(*, report_id: UUID, ring: Keyring) -> bool:
    """After assessment failed for good: a person reads it unassessed (docs/decisions.md 11)."""
    report = Report.objects.get(pk=report_id)
    queues: tuple[str, ...] = (Queue.FOLLOW_UP,)
    urgency: dict[str, str] = {Queue.FOLLOW_UP: Urgency.HIGH}
    if report.hurry:
        queues = (Queue.POLICE_REFERRAL, Queue.FOLLOW_UP)
        urgency = dict.fromkeys(queues, Urgency.IMMEDIATE)
    unknown = tuple(slips.lines_of(Facts(), "", None))
    proposal = Proposal(queues, urgency, assessment=None, needs_person=True, lines=unknown)
    item_keys: dict[Item, bytes] = {}
    altered: list[Item] = []
    for item in _untriaged(report_id):
        try:
            item_keys[item] = key = ring.key_of(item)
            item.read(key)
        except (Closed, core.Broken, ValueError):
            altered.append(item)
    if WorkItem.objects.filter(report=report).exists():
        return False  # another worker was quicker: a wrap that is gone is no alarm then
    for item in altered:
        # Somebody or something altered it. An intake wrap that does not open stays, as evidence and in
        # case a backup helps; a person is told by the work item that has nothing to open.
        log.critical("INTEGRITY ALARM: item %s of report %s does not open", item.pk, report_id)
    return _hand_over(report_id, item_keys, proposal, altered)


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
                content["selectors"] = indexing.index(report, proposal.selectors)
            assessed, key = Item.compose(report, ItemKind.ASSESSMENT, content)
            assessed.save(force_insert=True)
            handed[assessed] = key
        Wrap.objects.hand(handed, queue_keys)
        work = WorkItem.objects.bulk_create(
            WorkItem(
                report=report,
                queue=queue,
                urgency=proposal.urgency[queue],
                due=due_at(proposal.urgency[queue], now),
                needs_person=proposal.needs_person,
                hasty=proposal.hasty,
            )
            for queue in proposal.queues
        )
        queue_alerts(work)
        top = max(proposal.urgency.values(), key=lambda each: Urgency(each).rank)
        Tally.objects.add(
            week_of(now),
            [
                (Tally.List.RECEIVED, ""),
                *((Tally.List.QUEUE, queue) for queue in proposal.queues),
                (Tally.List.URGENCY, top),
            ],
        )
        slips.of_report(proposal.lines)
        let_go(item_keys)
        Report.objects.filter(pk=report.pk).update(hurry=None)
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


def queue_alerts(work_items: Iterable[WorkItem], *, about: Item | None = None) -> None:
    """Puts a mail to the desk in the outbox for every immediate work item; call it inside the transaction.

    One mail for a work item, and one more for each thing that came later (`about`) and makes it immediate.
    """
    for item in work_items:
        if item.urgency == Urgency.IMMEDIATE:
            desk = Subscription.objects.filter(kind=item.queue)
            subject = str(about.pk if about else item.pk)
            alerts = [Delivery(subscription=each, subject=subject) for each in desk]
            if not alerts:
                log.warning("an immediate item waits in %s and nobody is mailed its alerts", item.queue)
            Delivery.objects.bulk_create(alerts, ignore_conflicts=True)


def let_go(items: Iterable[Item]) -> None:
    """After this not even the worker's key opens them."""
    item_ids = [item.pk for item in items]
    intake = Key.objects.filter(role=KeyRole.INTAKE).values("kid")
    Wrap.objects.filter(item__in=item_ids, to__in=intake).delete()
    Item.objects.filter(pk__in=item_ids).update(attempts=0, next_try=None)
