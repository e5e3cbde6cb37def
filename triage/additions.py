"""What the machine does with words a reporter added: assess them, hand them to the queues of the report.

The rules are monotone, so the words alone are enough: they may add a queue or
raise urgency, and lower nothing (docs/decisions.md 12). After an addition every work item
of the report is proposed again, a closed one too: a person must look once more
before it can be closed. The worker cannot open the report any more, so a
queue that was added gets the words, and the report when an officer of another
queue confirms (triage/casework.py).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from reports import audit, mailbox, retention
from reports.choices import Queue, ReportStatus, Urgency
from reports.facts import Facts
from reports.models import Item, ItemKind, Report, Wrap
from reports.vault import bundle, core, keys
from reports.vault.keyring import Closed, Keyring
from triage import indexing
from triage.assessment import Assessment
from triage.choices import OPEN_STATES, WorkState
from triage.due import due_at
from triage.engine import assess
from triage.models import WorkItem
from triage.routing import let_go, queue_alerts
from triage.selectors import Selector

log = logging.getLogger(__name__)


def route_addition(*, item: Item, ring: Keyring) -> bool:
    """Assesses an addition and hands it to the queues; False when that was done before.

    `ring` is the worker's. Raises keyring.Closed, core.Broken or keys.Untrusted; nothing has changed then.
    """
    key = ring.key_of(item)
    content = item.read(key)
    assessment = assess(Facts(), content["words"])
    genuine = mailbox.is_of_holder(item, content)
    if not genuine:
        log.critical("INTEGRITY ALARM: item %s was not written with the code of its report", item.pk)
    # The contact data cannot be opened any more, so it cannot be left out here.
    found = indexing.search(content["words"])
    return _hand_over(item, key, assessment, found, needs_person=assessment.needs_person or not genuine)


def route_addition_unassessed(*, item: Item, ring: Keyring) -> bool:
    """After assessment failed for good: people read the words unassessed, today (docs/decisions.md 11)."""
    key: bytes | None = None
    try:
        key = ring.key_of(item)
        item.read(key)
    except (Closed, core.Broken, ValueError):
        # An intake wrap that does not open stays, as evidence; the work items tell a person.
        log.critical("INTEGRITY ALARM: item %s of report %s does not open", item.pk, item.report_id)
    return _hand_over(item, key, None, None, needs_person=True)


def present(report: Report) -> list[WorkItem]:
    """The work items of the queues a report is in, also closed ones; locked until the transaction ends."""
    rows = WorkItem.objects.select_for_update(of=("self",)).filter(report=report)
    return list(rows.exclude(state=WorkState.REMOVED).order_by("queue"))


def propose_again(
    work: WorkItem, *, urgency: str = Urgency.LOW, needs_person: bool = False, about: Item | None = None
) -> None:
    """Brings a work item before a person once more, at this urgency or the higher one it has.

    What is open keeps its due time unless the new urgency asks for an earlier one.
    """
    now = timezone.now()
    higher = max(Urgency(work.urgency), Urgency(urgency), key=lambda each: each.rank)
    due = due_at(higher, now)
    if work.state in OPEN_STATES and work.due is not None:
        due = min(due, work.due) if higher != work.urgency else work.due
    raised = higher != work.urgency
    work.state, work.urgency, work.due = WorkState.PROPOSED, higher, due
    work.needs_person = work.needs_person or needs_person
    work.save(update_fields=["state", "urgency", "due", "needs_person"])
    if raised or urgency == Urgency.IMMEDIATE:
        queue_alerts([work], about=about)


def _hand_over(
    item: Item,
    key: bytes | None,
    assessment: Assessment | None,
    found: tuple[Selector, ...] | None,
    *,
    needs_person: bool,
) -> bool:
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=item.report_id)
        if not Item.objects.filter(pk=item.pk).untriaged().exists():
            return False
        if report.status == ReportStatus.WITHDRAWN:
            retention.shred(report)  # it came in at the very moment of the removal
            return False
        queues = present(report)
        if key is None and all(work.needs_person and work.is_open for work in queues):
            return False  # they know already; it is tried again only because its wrap stays
        urgency = assessment.urgency if assessment else Urgency.HIGH.value
        for work in queues:
            propose_again(work, urgency=urgency, needs_person=needs_person, about=item)
        added = _added(assessment, queues)
        for queue in added:
            _put_in(report, queue, urgency, needs_person, item)
        if key is not None:
            handed = {item: key}
            if assessment:
                content = {**assessment.as_dict(), "addition": str(item.pk)}
                if found is not None:
                    content["selectors"] = indexing.index(report, found)
                assessed, assessed_key = Item.compose(report, ItemKind.ASSESSMENT, content)
                assessed.save(force_insert=True)
                handed[assessed] = assessed_key
            readers = [*(work.queue for work in queues), *added]
            Wrap.objects.hand(handed, keys.currents(readers, bundle.worker()))
            let_go([item])
        reopened(report)
        if key is None:
            audit.record(actor="worker", verb="integrity_alarm", subject=item, report=str(report.pk))
        audit.record(
            actor="worker",
            verb="route_addition" if assessment else "route_addition_unassessed",
            subject=report,
            item=str(item.pk),
            queues=[*(work.queue for work in queues), *added],
            urgency=urgency,
            needs_person=needs_person,
        )
    return True


def reopened(report: Report) -> None:
    """What the reporter may see, and how long it is kept, once a person has to look again."""
    # Decided, not "being read": that a queue has decided before must stay visible (triage/withdrawal.py).
    Report.objects.filter(pk=report.pk, status=ReportStatus.CLOSED).update(status=ReportStatus.DECIDED)
    retention.keep_longer(report)


def _added(assessment: Assessment | None, queues: Iterable[WorkItem]) -> list[str]:
    """The queues that a rule names and the report is not in; no rule fires: none, when it is in a queue."""
    there = {work.queue for work in queues}
    if assessment is None:
        return [] if there else [Queue.FOLLOW_UP.value]
    named = {queue for reason in assessment.reasons for queue in reason.queues}
    wanted = named if there else set(assessment.queues)
    return [queue for queue in Queue.values if queue in wanted - there]


def _put_in(report: Report, queue: str, urgency: str, needs_person: bool, about: Item) -> None:
    work, _made = WorkItem.objects.update_or_create(
        report=report,
        queue=queue,
        defaults={
            "state": WorkState.PROPOSED,
            "urgency": urgency,
            "due": due_at(urgency, timezone.now()),
            "needs_person": needs_person,
        },
    )
    queue_alerts([work], about=about)
