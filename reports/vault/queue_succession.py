"""A queue's next key: made by a member, granted to those who stay, reports moved over to it.

Only members hold a queue's private key, so only a member can sign its
successor. After somebody left, their key does not open reports that come in
later, and after moving it does not open older items either (docs/sealing.md, Holders of a queue).
"""

from __future__ import annotations

import logging

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from reports import audit
from reports.models import Grant, Item, Key, KeyRole, Wrap, today
from reports.sealing import core
from reports.vault import bundle, keys
from reports.vault.keyring import Keyring

log = logging.getLogger(__name__)

AT_ONCE = 500  # items moved within the request that made the key; the rest when they are opened


class OwnMembership(Exception):
    """This would leave a queue without the person who acts for it."""


def new_epoch(*, queue: str, ring: Keyring, by: User) -> Key:
    """The queue's next key, signed by the last one and granted to its members and to the recovery key.

    `ring` is that of `by`, a member. Raises keyring.CannotOpen when it does not hold the newest key, and
    keys.Untrusted when that one does not descend from the pin.
    """
    with transaction.atomic():
        # The row is the lock: of two members at once the second makes the epoch after the first one's.
        Key.objects.select_for_update().filter(role=queue, retired=None).order_by("epoch").last()
        last = keys.newest(queue, bundle.staff())
        pair, successor = ring.pair(last.kid), core.KeyPair.generate()
        key = keys.succeed(KeyRole(queue), last, pair, successor)
        key.save(force_insert=True)
        Key.objects.filter(role=queue, retired=None).exclude(pk=key.pk).update(retired=today())
        for grant in _carried_over(last):
            Grant.made_with(successor, grant.holder, granted_by_id=grant.granted_by_id, day=grant.day).save(
                force_insert=True
            )
        audit.record(actor=by, verb="make_key", queue=queue, key=key.kid, epoch=key.epoch)
    return key


def expel(*, queue: str, member: Key, ring: Keyring, by: User) -> Key:
    """Ends a membership: no grant of any epoch is left, and the queue gets a new key.

    `ring` is that of `by`, who stays. Raises OwnMembership for one's own, and what new_epoch raises.
    """
    if member.user_id == by.pk:
        raise OwnMembership("a colleague has to do this")
    with transaction.atomic():
        Grant.objects.filter(queue_key__role=queue, holder=member).delete()
        key = new_epoch(queue=queue, ring=ring, by=by)
        audit.record(actor=by, verb="expel", queue=queue, holder=member.kid)
    return key


def behind(queue: str) -> QuerySet[Item]:
    """Items that an earlier key of the queue still opens."""
    old = Key.objects.filter(role=queue).exclude(retired=None).values("kid")
    return Item.objects.filter(Exists(Wrap.objects.filter(item=OuterRef("pk"), to__in=old)))


def move(*, queue: str, ring: Keyring, items: QuerySet[Item], at_most: int = AT_ONCE) -> int:
    """Wraps items to the queue's newest key and deletes their wraps to earlier ones; returns how many.

    An item that does not open is left as it is; the page that shows it says so.
    Raises keys.Untrusted.
    """
    old = Key.objects.filter(role=queue, kid__in=ring.kids).exclude(retired=None)
    old_kids = list(old.values_list("kid", flat=True))
    if not old_kids:
        return 0
    newest = keys.newest(queue, bundle.staff())
    moved = 0
    wrapped = Exists(Wrap.objects.filter(item=OuterRef("pk"), to__in=old_kids))
    with transaction.atomic():
        for item in items.filter(wrapped).prefetch_related("wraps")[:at_most]:
            try:
                opened = {item: ring.key_of(item)}
            except core.Broken:
                continue
            Wrap.objects.hand(opened, [newest.public])
            Wrap.objects.filter(item=item, to__in=old_kids).delete()
            moved += 1
    return moved


def _carried_over(last: Key) -> list[Grant]:
    """The grants of the last epoch whose holders stay: genuine ones, to present keys of active accounts."""
    staying = []
    for grant in Grant.objects.filter(queue_key=last).select_related("queue_key", "holder__user"):
        holder = grant.holder
        if not grant.is_genuine or core.kid(holder.public) != holder.kid:
            log.critical("INTEGRITY ALARM: a grant of the %s key was not made by a member", last.role)
        elif holder.retired is None and (holder.user is None or holder.user.is_active):
            staying.append(grant)
    return staying
