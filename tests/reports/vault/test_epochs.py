"""A queue's key has a successor: signed, handed to those who stay, and what was sealed moves over to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from reports.choices import Queue
from reports.models import Grant, Item, Key, KeyRole, Wrap, today
from reports.sealing import core
from reports.vault import bundle, keys, members, queue_succession
from reports.vault.keyring import CannotOpen, Keyring
from reports.vault.keys import Untrusted
from tests.factories import FOR_FOLLOW_UP, make_officer, make_report, queue_key, ring_of

pytestmark = pytest.mark.django_db

QUEUE = Queue.FOLLOW_UP


def wraps_to(key: Key) -> int:
    return Wrap.objects.filter(to=key.kid).count()


def test_the_new_key_descends_from_the_pin_and_is_used_from_then_on() -> None:
    anna = make_officer("anna", [QUEUE])

    for epoch in (1, 2, 3):
        key = queue_succession.new_epoch(queue=QUEUE, ring=ring_of(anna), by=anna)
        assert key.epoch == epoch
        assert keys.current(QUEUE, bundle.staff()) == key.public
        assert keys.current(QUEUE, bundle.worker()) == key.public

    report = make_report(triaged=True, answers=FOR_FOLLOW_UP)
    assert {wrap.to for item in report.items.all() for wrap in item.wraps.all()} == {key.kid}
    assert list(Key.objects.filter(role=QUEUE, retired=None)) == [key]


def test_who_holds_the_queue_holds_its_new_key_and_the_recovery_key_too() -> None:
    anna, boris, vera = (
        make_officer("anna", [QUEUE]),
        make_officer("boris", [QUEUE]),
        make_officer("vera", [Queue.OBI_APPROACH]),
    )

    key = queue_succession.new_epoch(queue=QUEUE, ring=ring_of(anna), by=anna)

    for ring in (ring_of(anna), ring_of(boris), Keyring.of_holder(bundle.recovery().pair)):
        assert key.kid in ring.kids
    assert key.kid not in ring_of(vera).kids
    assert all(grant.is_genuine for grant in Grant.objects.filter(queue_key=key))


def test_who_does_not_hold_the_newest_key_makes_no_next_one() -> None:
    anna, boris = make_officer("anna", [QUEUE]), make_officer("boris", [Queue.OBI_APPROACH])
    with pytest.raises(CannotOpen):
        queue_succession.new_epoch(queue=QUEUE, ring=ring_of(boris), by=boris)

    old_ring = ring_of(anna)
    queue_succession.new_epoch(queue=QUEUE, ring=old_ring, by=anna)
    with pytest.raises(CannotOpen):
        queue_succession.new_epoch(queue=QUEUE, ring=old_ring, by=anna)


def test_a_planted_key_has_no_successor() -> None:
    anna, thief = make_officer("anna", [QUEUE]), core.KeyPair.generate()
    Key.objects.create(kid=thief.kid, role=QUEUE, epoch=1, public=thief.public)

    with pytest.raises(Untrusted):
        queue_succession.new_epoch(queue=QUEUE, ring=ring_of(anna), by=anna)


@pytest.mark.parametrize("signed_by", ["nobody", "another queue's key", "the thief"])
def test_a_planted_grant_is_not_carried_over(signed_by: str) -> None:
    """Who writes to the database adds a row; the next genuine key must not be given to it."""
    anna, thief = make_officer("anna", [QUEUE]), make_officer("thief", [Queue.OBI_APPROACH])
    mallory = Key.objects.get(user=thief)
    stolen = Grant.objects.get(holder__user=anna)
    signature = b""
    if signed_by == "another queue's key":
        signature = Grant.objects.get(holder=mallory).signature
    elif signed_by == "the thief":
        pair = core.KeyPair.generate()
        signature = pair.sign(Grant.context_of(stolen.queue_key_id), bytes.fromhex(mallory.kid))
    Grant.objects.create(
        queue_key_id=stolen.queue_key_id, holder=mallory, blob=stolen.blob, signature=signature
    )

    key = queue_succession.new_epoch(queue=QUEUE, ring=ring_of(anna), by=anna)

    assert not Grant.objects.filter(queue_key=key, holder=mallory).exists()


def test_a_grant_from_an_earlier_epoch_put_back_is_not_carried_over() -> None:
    anna, boris = make_officer("anna", [QUEUE]), make_officer("boris", [QUEUE])
    kept = Grant.objects.get(holder__user=boris)
    member = Key.objects.get(user=boris)
    second = queue_succession.expel(queue=QUEUE, member=member, ring=ring_of(anna), by=anna)
    Grant.objects.create(queue_key=second, holder=member, blob=kept.blob, signature=kept.signature)

    third = queue_succession.new_epoch(queue=QUEUE, ring=ring_of(anna), by=anna)

    assert not Grant.objects.filter(queue_key=third, holder=member).exists()


def test_a_member_s_public_key_that_was_swapped_gets_nothing() -> None:
    anna, boris = make_officer("anna", [QUEUE]), make_officer("boris", [QUEUE])
    Key.objects.filter(user=boris).update(public=core.KeyPair.generate().public)

    key = queue_succession.new_epoch(queue=QUEUE, ring=ring_of(anna), by=anna)

    assert not Grant.objects.filter(queue_key=key, holder__user=boris).exists()


def test_closed_accounts_and_lost_keys_do_not_come_along() -> None:
    anna, boris, vera = (make_officer(name, [QUEUE]) for name in ("anna", "boris", "vera"))
    get_user_model().objects.filter(pk=boris.pk).update(is_active=False)
    Key.objects.filter(user=vera).update(retired=today())

    key = queue_succession.new_epoch(queue=QUEUE, ring=ring_of(anna), by=anna)

    assert {grant.holder.user for grant in key.grants.all()} == {anna, None}


def test_old_and_new_wraps_open_side_by_side_until_an_item_is_moved() -> None:
    anna = make_officer("anna", [QUEUE])
    report = make_report(triaged=True, answers=FOR_FOLLOW_UP, account="the words")
    old = queue_key(QUEUE)
    before = wraps_to(old)
    new = queue_succession.new_epoch(queue=QUEUE, ring=ring_of(anna), by=anna)
    item = report.items.get(kind="report")
    assert ring_of(anna).open(item)["account"] == "the words"

    assert queue_succession.move(queue=QUEUE, ring=ring_of(anna), items=Item.objects.filter(pk=item.pk)) == 1

    assert (wraps_to(new), wraps_to(old)) == (1, before - 1)
    assert ring_of(anna).open(item)["account"] == "the words"
    assert queue_succession.move(queue=QUEUE, ring=ring_of(anna), items=Item.objects.filter(pk=item.pk)) == 0


def test_no_more_is_moved_at_once_than_asked_for() -> None:
    anna = make_officer("anna", [QUEUE])
    for _ in range(3):
        make_report(triaged=True, answers=FOR_FOLLOW_UP)
    queue_succession.new_epoch(queue=QUEUE, ring=ring_of(anna), by=anna)
    waiting = queue_succession.behind(QUEUE).count()

    assert (
        queue_succession.move(
            queue=QUEUE, ring=ring_of(anna), items=queue_succession.behind(QUEUE), at_most=2
        )
        == 2
    )
    assert queue_succession.behind(QUEUE).count() == waiting - 2


def test_moving_leaves_the_wraps_of_other_queues_alone() -> None:
    anna = make_officer("anna")
    report = make_report(triaged=True, answers={"in_danger_now": "yes", "feels_threatened": "yes"})
    queues = sorted(report.work_items.values_list("queue", flat=True))
    assert len(queues) >= 1
    outside = {key.kid for key in Key.objects.filter(role__in=Queue.values).exclude(role=queues[0])}
    before = Wrap.objects.filter(to__in=outside).count()

    queue_succession.new_epoch(queue=queues[0], ring=ring_of(anna), by=anna)
    queue_succession.move(queue=queues[0], ring=ring_of(anna), items=Item.objects.all())

    assert Wrap.objects.filter(to__in=outside).count() == before
    assert queue_succession.behind(queues[0]).count() == 0


def test_an_altered_wrap_is_left_for_the_page_that_tells_of_it() -> None:
    anna = make_officer("anna", [QUEUE])
    report = make_report(triaged=True, answers=FOR_FOLLOW_UP)
    wrap = Wrap.objects.get(item=report.items.get(kind="report"))
    Wrap.objects.filter(pk=wrap.pk).update(blob=wrap.blob[:-1] + bytes([wrap.blob[-1] ^ 1]))
    queue_succession.new_epoch(queue=QUEUE, ring=ring_of(anna), by=anna)

    queue_succession.move(queue=QUEUE, ring=ring_of(anna), items=report.items.all())

    assert Wrap.objects.filter(pk=wrap.pk).exists()
    assert queue_succession.behind(QUEUE).count() == 1


def test_a_newcomer_opens_what_an_earlier_key_still_holds() -> None:
    anna, vera = make_officer("anna", [QUEUE]), make_officer("vera", [])
    report = make_report(triaged=True, answers=FOR_FOLLOW_UP, account="the words")
    queue_succession.new_epoch(queue=QUEUE, ring=ring_of(anna), by=anna)

    members.admit_to(ring=ring_of(anna), queue=QUEUE, member=Key.objects.get(user=vera), by=anna)

    assert ring_of(vera).open(report.items.get(kind="report"))["account"] == "the words"


def test_an_expelled_member_s_ring_is_empty_for_every_epoch() -> None:
    anna, boris = make_officer("anna", [QUEUE]), make_officer("boris", [QUEUE, Queue.OBI_APPROACH])
    queue_succession.new_epoch(queue=QUEUE, ring=ring_of(anna), by=anna)

    queue_succession.expel(queue=QUEUE, member=Key.objects.get(user=boris), ring=ring_of(anna), by=anna)

    assert ring_of(boris).kids == {queue_key(Queue.OBI_APPROACH).kid}


def test_of_two_successors_of_one_key_only_one_can_be() -> None:
    from django.db import IntegrityError

    anna = make_officer("anna", [QUEUE])
    first = queue_key(QUEUE)
    queue_succession.new_epoch(queue=QUEUE, ring=ring_of(anna), by=anna)
    twin = keys.succeed(KeyRole(QUEUE), first, ring_of(anna).pair(first.kid), core.KeyPair.generate())

    with pytest.raises(IntegrityError):
        twin.save(force_insert=True)


def test_the_queue_s_present_members_are_those_of_the_newest_key() -> None:
    from reports.vault.queue_state import state_of, unheld

    anna: Any = make_officer("anna", [QUEUE])
    assert QUEUE not in unheld()

    queue_succession.new_epoch(queue=QUEUE, ring=ring_of(anna), by=anna)

    state = state_of(QUEUE)
    assert [member.user for member in state.members] == [anna]
    assert (state.alarms, QUEUE in unheld()) == (False, False)
    Grant.objects.filter(queue_key=state.key, holder__user=anna).delete()
    assert QUEUE in unheld()
    assert state_of(QUEUE).alarms
