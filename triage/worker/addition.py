"""What the worker does with words a reporter added: assess them, hand them to the queues of the report.

The rules are monotone, so the words alone are enough: they may add a queue or
raise the urgency, and never lower it (docs/decisions.md 12). After an addition every work item
of the report is proposed again, a closed one too: a person must look once more
before it can be closed. The worker cannot open the report any more, so a
queue that was added gets the words, and the report when an officer of another
queue confirms (triage/casework/decisions.py).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import transaction

from reports import audit, mailbox, shredding
from reports.choices import Queue, ReportStatus, Urgency
from reports.facts import Facts
from reports.models import Item, ItemKind, Report, Wrap
from reports.vault import bundle, keys
from reports.vault.keyring import Keyring
from triage.models import WorkItem
from triage.policy.assessment import Assessment
from triage.policy.engine import assess
from triage.selectors import index
from triage.selectors.find import FoundSelector
from triage.work.items import lock_present, propose_again, put_in, reopen
from triage.worker.alarms import log_failed_rules, opened

log = logging.getLogger(__name__)


def do(item: Item, ring: Keyring) -> bool:
    """Assesses an addition and hands it to the queues; False when that was done before.

    `ring` is the worker's. Raises keyring.CannotOpen, core.Broken or keys.Untrusted, and changes nothing.
    """
    key = ring.key_of(item)
    content = item.read(key)
    assessment = assess(Facts(), content["words"])
    genuine = mailbox.is_of_holder(item, content)
    if not genuine:
        log.critical("INTEGRITY ALARM: item %s was not written with the code of its report", item.pk)
    # The contact data cannot be opened any more, so what it names cannot be left out here.
    found = index.search(content["words"])
    return _hand_over(item, key, assessment, found, needs_person=assessment.needs_person or not genuine)


def give_up(item: Item, ring: Keyring) -> bool:
    """After assessment failed for good: people read the words unassessed, today (docs/decisions.md 11).

    If the words were altered, the work items and the report's page say so.
    """
    found = opened(item, ring)
    return _hand_over(item, found.key, None, None, needs_person=True, altered=found.altered)


def _hand_over(
    item: Item,
    key: bytes | None,
    assessment: Assessment | None,
    found: tuple[FoundSelector, ...] | None,
    *,
    needs_person: bool,
    altered: bool = False,
) -> bool:
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=item.report_id)
        if not Item.objects.filter(pk=item.pk).untriaged().exists():
            return False
        if report.status == ReportStatus.WITHDRAWN:
            shredding.shred(report)  # it came in at the very moment of the removal
            return False
        queues = lock_present(report)
        if key is None and all(work.needs_person and work.is_open for work in queues):
            return False  # people were told already; it comes back only because its wrap was kept
        urgency = assessment.urgency if assessment else Urgency.HIGH.value
        for work in queues:
            propose_again(work, urgency=urgency, needs_person=needs_person, about=item)
        added = _added(assessment, queues)
        for queue in added:
            put_in(report, queue, urgency=urgency, needs_person=needs_person, about=item)
        if key is not None:
            handed = {item: key}
            if assessment:
                content = {**assessment.as_dict(), "addition": str(item.pk)}
                if found is not None:
                    content["selectors"] = index.index(report, found)
                assessed, assessed_key = Item.compose(report, ItemKind.ASSESSMENT, content)
                assessed.save(force_insert=True)
                handed[assessed] = assessed_key
                log_failed_rules(assessment)
            readers = [*(work.queue for work in queues), *added]
            Wrap.objects.hand(handed, keys.currents(readers, bundle.worker()))
            Item.objects.filter(pk=item.pk).drop_intake_wraps()
        reopen(report)
        if altered:
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


def _added(assessment: Assessment | None, queues: Iterable[WorkItem]) -> list[str]:
    """The queues that a rule names and that the report is not in.

    If no rule matches and the report is in a queue, nothing is added.
    """
    there = {work.queue for work in queues}
    if assessment is None:
        return [] if there else [Queue.FOLLOW_UP.value]
    named = {queue for reason in assessment.reasons for queue in reason.queues}
    wanted = named if there else set(assessment.queues)
    return [queue for queue in Queue.values if queue in wanted - there]
