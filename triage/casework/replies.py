"""What officers write: replies to the reporter, and notes among themselves.

A reply is sealed, wrapped to the reporter's public key and to the queues the
report is in. It does not say who wrote it: a code may be taken from somebody by
force. The sealed decision beside it does.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports import audit, retention
from reports.models import Item, ItemKind, Mailbox, Wrap
from reports.vault import bundle, keys
from triage.casework.decisions import seal_decision
from triage.choices import WorkState
from triage.models import WorkItem
from triage.work.items import NotNow, lock_present, locked, mark_read


def reply(*, work_item: WorkItem, officer: User, words: str, once: str) -> bool:
    """Puts a reply into the reporter's mailbox; False when this form was sent before. Raises NotNow.

    `once` is the form's own random text, so that a double click is one reply.
    """
    item_id = _id_of(work_item, officer, once)
    try:
        with transaction.atomic():
            current = _readable(work_item)
            box = Mailbox.objects.get(report=current.report)
            content = {"words": words, "queue": current.queue, "at": _now()}
            item, key = Item.compose(current.report, ItemKind.REPLY, content, item_id=item_id)
            item.save(force_insert=True)
            queues = [work.queue for work in lock_present(current.report)]
            Wrap.objects.hand({item: key}, [box.public, *keys.currents(queues, bundle.staff())])
            seal_decision("reply", current, officer, "", item=str(item_id))
            mark_read(current.report)
    except IntegrityError:
        if not Item.objects.filter(pk=item_id).exists():
            raise
        return False
    return True


def note(*, work_item: WorkItem, officer: User, words: str, once: str) -> bool:
    """Keeps a note for this queue; the reporter never sees it. False when sent before. Raises NotNow."""
    item_id = _id_of(work_item, officer, once)
    try:
        with transaction.atomic():
            current = _readable(work_item)
            content = {
                "words": words,
                "queue": current.queue,
                "by": officer.get_username(),
                "at": _now(),
            }
            item, key = Item.compose(current.report, ItemKind.NOTE, content, item_id=item_id)
            item.save(force_insert=True)
            Wrap.objects.hand({item: key}, [keys.current(current.queue, bundle.staff())])
            retention.keep_longer(current.report)
            audit.record(
                actor=officer,
                verb="note",
                subject=current,
                report=str(current.report_id),
                queue=current.queue,
                item=str(item_id),
            )
    except IntegrityError:
        if not Item.objects.filter(pk=item_id).exists():
            raise
        return False
    return True


def _readable(work_item: WorkItem) -> WorkItem:
    """The work item, locked. A closed one may still get a reply; raises NotNow when it was removed."""
    current = locked(work_item)
    if current.state == WorkState.REMOVED:
        raise NotNow(_("This work item was removed from the queue, or the report was withdrawn."))
    return current


def _id_of(work_item: WorkItem, officer: User, once: str) -> UUID:
    seen = f"{work_item.pk} {officer.pk} {once}".encode()
    return UUID(bytes=hashlib.sha256(seen).digest()[:16], version=4)


def _now() -> str:
    return timezone.now().isoformat(timespec="milliseconds")
