"""What people do with a report: confirm, correct, close. Each verb is one transaction and one sealed record.

The machine proposes, a person decides (article 22 AVG): who, when and why is
kept in a sealed decision, readable by the queues it concerns. The three queues
are independent: closing the work item of one never closes that of another. A report is always in at
least one queue, and every closing names a follow-up decision, because reports
"zullen worden opgevolgd" (answer 6 of 16 July 2021).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports import audit, retention
from reports.choices import Queue, ReportStatus, Urgency
from reports.models import Item, ItemKind, Key, Report, Wrap
from reports.vault import bundle, keys
from reports.vault.keyring import CannotOpen, Keyring
from triage.choices import FollowUp, WorkState
from triage.figures.sealed_counts import Effect, write_decision_count, write_urgency_count
from triage.mail.alerts import alert_desks
from triage.models import WorkItem
from triage.work.due import due_at
from triage.work.items import NotNow, locked, locked_open, mark_read, put_in, without_report


def confirm(*, work_item: WorkItem, officer: User, reason: str = "", ring: Keyring | None = None) -> None:
    """Records that a person agrees: the report belongs in this queue. Raises NotNow.

    With the officer's `ring`, queues that so far have only words added later get the report too.
    """
    with transaction.atomic():
        current = locked(work_item)
        if current.state != WorkState.PROPOSED:
            raise NotNow(_("Somebody has confirmed, removed or closed this already."))
        current.state = WorkState.CONFIRMED
        current.assignee_id = current.assignee_id or officer.pk
        current.save(update_fields=["state", "assignee"])
        seal_decision("confirm", current, officer, reason)
        write_decision_count(current.report, ring, Effect.AGREED, queue=current.queue)
        if ring is not None:
            with suppress(CannotOpen):  # this officer's own queue may be the one that waits for it
                _complete(current.report, ring)
        mark_read(current.report)


def change_urgency(
    *,
    work_item: WorkItem,
    urgency: str,
    officer: User,
    reason: str,
    ring: Keyring | None = None,
) -> None:
    """Sets the urgency that a person chose, and a new due time. Raises NotNow."""
    with transaction.atomic():
        current = locked_open(work_item)
        if current.urgency == urgency:
            raise NotNow(_("It has this urgency already."))
        before, current.urgency = current.urgency, Urgency(urgency)
        current.due = due_at(urgency, timezone.now())
        current.save(update_fields=["urgency", "due"])
        alert_desks([current])
        seal_decision("change_urgency", current, officer, reason, before=before, after=urgency)
        write_urgency_count(current.report, ring, queue=current.queue, before=before, after=urgency)


def add_queue(*, work_item: WorkItem, queue: str, officer: User, ring: Keyring, reason: str) -> WorkItem:
    """Hands the report to another queue as well, everything of it that this officer can open.

    Raises NotNow, and keyring.CannotOpen when the officer's ring does not open the report.
    """
    with transaction.atomic():
        current = locked_open(work_item)
        there = WorkItem.objects.open().filter(report=current.report, queue=queue).first()
        if there is not None and queue not in without_report(current.report):
            raise NotNow(_("The report is in that queue already."))
        added = there or _hand_to(current, queue, ring)
        if there is not None:
            Wrap.objects.hand(_openable(current.report, ring), [keys.current(queue, bundle.staff())])
        seal_decision("add_queue", current, officer, reason, also_to=[queue], after=queue)
        write_decision_count(current.report, ring, Effect.QUEUE_ADDED, queue=queue)
        return added


def remove_queue(*, work_item: WorkItem, officer: User, ring: Keyring, reason: str) -> None:
    """Takes the report out of this queue: the queue's members can no longer open it.

    A report that would be in no queue goes to follow-up, where a person reads it. Raises NotNow.
    """
    with transaction.atomic():
        current = locked_open(work_item)
        others = WorkItem.objects.filter(report=current.report).exclude(pk=current.pk)
        left = list(others.exclude(state=WorkState.REMOVED).values_list("queue", flat=True))
        if not left:
            if current.queue == Queue.FOLLOW_UP:
                raise NotNow(_("A report is always in at least one queue. Add another queue first."))
            _hand_to(current, Queue.FOLLOW_UP, ring)
            left = [Queue.FOLLOW_UP]
        elif current.queue not in without_report(current.report):
            _complete(current.report, ring)  # or nobody could open it any more
        write_decision_count(current.report, ring, Effect.QUEUE_REMOVED, queue=current.queue)
        current.state, current.due = WorkState.REMOVED, None
        current.save(update_fields=["state", "due"])
        gone = set(Key.objects.filter(role=current.queue).values_list("kid", flat=True))
        _hand_on_own_words(current.report, ring, gone, left)
        Wrap.objects.filter(item__report=current.report, to__in=gone).delete()
        seal_decision("remove_queue", current, officer, reason, to=left)
        _settle(current.report)


def close(*, work_item: WorkItem, decision: str, officer: User, reason: str) -> None:
    """Ends the work of this queue with a follow-up decision and its reason. Raises NotNow."""
    with transaction.atomic():
        current = locked_open(work_item)
        if current.state != WorkState.CONFIRMED:
            raise NotNow(_("Confirm or correct the queue first; then it can be closed."))
        current.state, current.due = WorkState.CLOSED, None
        current.save(update_fields=["state", "due"])
        seal_decision("close", current, officer, reason, decision=FollowUp(decision).value)
        _settle(current.report)


def open_original(*, work_item: WorkItem, officer: User, file: str, reason: str) -> None:
    """Seals who opens the original of a file, and why. An original may identify the reporter."""
    with transaction.atomic():
        seal_decision("open_original", locked(work_item), officer, reason, file=file)


def record_look(*, work_item: WorkItem, officer: User) -> None:
    """Records in the audit chain that an officer opened the report, and sets the status "being read"."""
    with transaction.atomic():
        mark_read(work_item.report)
        subject = f"workitem:{work_item.pk}"  # the admin has a proxy of it for each queue
        audit.record(actor=officer, verb="read", subject=subject, report=str(work_item.report_id))


def _hand_to(source: WorkItem, queue: str, ring: Keyring) -> WorkItem:
    """Puts the report in one more queue: its wraps and its work item."""
    Wrap.objects.hand(_openable(source.report, ring), [keys.current(queue, bundle.staff())])
    return put_in(source.report, queue, urgency=source.urgency, needs_person=source.needs_person)


def _complete(report: Report, ring: Keyring) -> None:
    queues = without_report(report)
    if queues:
        Wrap.objects.hand(_openable(report, ring), keys.currents(queues, bundle.staff()))


def _hand_on_own_words(report: Report, ring: Keyring, gone: set[str], left: list[str]) -> None:
    """What no queue that stays can open, such as this queue's decisions and notes, goes to those that stay.

    Otherwise no officer could open it any more, and who decided what and why would be lost. Raises
    CannotOpen when this officer cannot open it either: then the queue keeps the report.
    """
    staying = set(Key.objects.filter(role__in=left).values_list("kid", flat=True))
    own: dict[Item, bytes] = {}
    for item in report.items.prefetch_related("wraps"):
        readers = {wrap.to for wrap in item.wraps.all()}
        if readers & gone and not readers & staying:
            own[item] = ring.key_of(item)
    if own:
        Wrap.objects.hand(own, keys.currents(left, bundle.staff()))


def _openable(report: Report, ring: Keyring) -> dict[Item, bytes]:
    found: dict[Item, bytes] = {}
    for item in report.items.prefetch_related("wraps"):
        try:
            found[item] = ring.key_of(item)
        except CannotOpen:
            continue  # another queue's own decision
    if not any(item.kind == ItemKind.REPORT for item in found):
        raise CannotOpen("the report itself does not open for this officer")
    return found


def seal_decision(
    verb: str,
    work_item: WorkItem,
    officer: User,
    reason: str,
    *,
    to: Iterable[str] = (),
    also_to: Iterable[str] = (),
    **more: Any,
) -> None:
    """Seals who decided what, when and why, for this queue (or for `to`, when this queue lost the report).

    The audit chain gets the same without the reason: verb, queue, states, outcome.
    """
    content = {
        "verb": verb,
        "queue": work_item.queue,
        "by": officer.get_username(),
        "at": timezone.now().isoformat(timespec="milliseconds"),
        "reason": reason,
        **more,
    }
    item, key = Item.compose(work_item.report, ItemKind.DECISION, content)
    item.save(force_insert=True)
    readers = [*(to or [work_item.queue]), *also_to]
    Wrap.objects.hand({item: key}, keys.currents(readers, bundle.staff()))
    retention.keep_longer(work_item.report)
    facts: dict[str, Any] = {name: more[name] for name in ("before", "after") if name in more}
    if "decision" in more:
        facts["outcome"] = more["decision"]
    audit.record(
        actor=officer,
        verb=verb,
        subject=work_item,
        report=str(work_item.report_id),
        queue=work_item.queue,
        **facts,
    )


def _settle(report: Report) -> None:
    """Sets the report's status after a closing: decided when one queue is done, closed when all are."""
    states = dict(
        WorkItem.objects.filter(report=report).exclude(state=WorkState.REMOVED).values_list("queue", "state")
    )
    done = [queue for queue, state in states.items() if state == WorkState.CLOSED]
    if not done:
        return
    status, keep = ReportStatus.DECIDED, retention.REPORT_KEPT
    if len(done) == len(states):
        status = ReportStatus.CLOSED
        if {Queue.POLICE_REFERRAL, Queue.OBI_APPROACH} & set(done):
            keep = retention.POLICE_OR_OBI_KEPT
    Report.objects.filter(pk=report.pk).update(status=status)
    retention.keep_longer(report, keep)
