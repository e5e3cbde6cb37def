"""Who holds which queue, as "Keys and members", the start page and vault_status show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from reports.choices import Queue
from reports.models import Grant, Key
from reports.vault import bundle, keys, queue_succession
from reports.vault.keys import Untrusted


@dataclass(frozen=True)
class QueueMember:
    """One member of a queue. `genuine` is False for a grant that no member made."""

    user: User
    kid: str
    since: date
    by: User | None  # the officer who admitted them; None: admitted at the console with the recovery key
    genuine: bool

    @property
    def counts(self) -> bool:
        """Somebody who can open the queue's reports today."""
        return self.genuine and bool(self.user.is_active)


@dataclass(frozen=True)
class QueueState:
    """A queue's key and its members. `key` is None, with `fault`, when no key is to be trusted."""

    queue: Queue
    key: Key | None
    members: list[QueueMember]
    behind: int  # items that an earlier key still opens
    fault: str = ""

    @property
    def alarms(self) -> bool:
        """True when a person must act: nobody can open new reports, or something was planted or altered."""
        return (
            self.key is None
            or not any(member.counts for member in self.members)
            or not all(member.genuine for member in self.members)
        )


def state_of(queue: Queue) -> QueueState:
    """The present state of the queue; an untrusted key is its `fault`. Raises bundle.BundleRefused."""
    try:
        key = keys.newest(queue, bundle.staff())
    except Untrusted as fault:
        return QueueState(queue, None, [], queue_succession.behind(queue).count(), str(fault))
    grants = Grant.objects.filter(queue_key=key, holder__user__isnull=False, holder__retired=None)
    members = [
        QueueMember(user, grant.holder_id, grant.day, grant.granted_by, grant.is_genuine)
        for grant in grants.select_related("queue_key", "holder__user", "granted_by").order_by("day")
        if (user := grant.holder.user)
    ]
    return QueueState(queue, key, members, queue_succession.behind(queue).count())


def unheld() -> list[Queue]:
    """Queues without a member. Their reports wait until somebody is admitted."""
    held = set(
        Grant.objects.filter(
            queue_key__retired=None,
            holder__retired=None,
            holder__user__is_active=True,
        ).values_list("queue_key__role", flat=True)
    )
    return [queue for queue in Queue if queue not in held]
