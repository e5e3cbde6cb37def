"""Officers' keys: the passphrase opens them, members admit to queues, and nobody keeps a copy."""

from __future__ import annotations

from typing import Any

import pytest

from reports.choices import Queue
from reports.models import Grant, Key, Slot
from reports.sealing import core
from reports.vault import bundle, members
from reports.vault.keyring import CannotOpen, Keyring
from tests.factories import FOR_OBI, FOR_POLICE, PASSWORD, make_officer, make_report, queue_key, ring_of

pytestmark = pytest.mark.django_db


def test_the_passphrase_opens_the_key_and_another_does_not() -> None:
    anna = make_officer()

    pair = members.unlock(user=anna, passphrase=PASSWORD)

    assert pair is not None
    assert Key.objects.get(user=anna).kid == pair.kid
    assert members.unlock(user=anna, passphrase=PASSWORD + " ") is None
    assert members.unlock(user=make_officer("boris"), passphrase="not it") is None


def test_somebody_else_with_the_same_passphrase_has_another_key() -> None:
    anna, boris = make_officer("anna"), make_officer("boris")

    assert ring_of(anna).kids == ring_of(boris).kids
    assert Key.objects.get(user=anna).kid != Key.objects.get(user=boris).kid


def test_a_slot_moved_to_another_row_does_not_open() -> None:
    anna, boris = make_officer("anna"), make_officer("boris")
    of_anna, of_boris = Slot.objects.get(key__user=anna), Slot.objects.get(key__user=boris)
    Slot.objects.filter(pk=of_boris.pk).update(sealed=of_anna.sealed, params=of_anna.params)

    assert members.unlock(user=boris, passphrase=PASSWORD) is None


def test_a_new_passphrase_keeps_the_key_and_its_queues() -> None:
    anna = make_officer()
    before = ring_of(anna).kids

    assert members.rekey(user=anna, old=PASSWORD, new="quite another passphrase")

    pair = members.unlock(user=anna, passphrase="quite another passphrase")
    assert pair is not None
    assert Keyring.of_holder(pair).kids == before
    assert members.unlock(user=anna, passphrase=PASSWORD) is None
    assert not members.rekey(user=anna, old=PASSWORD, new="a third one, never set")


def test_a_new_key_opens_no_queue_until_a_colleague_admits_it() -> None:
    anna, boris = make_officer("anna"), make_officer("boris")

    fresh = members.enrol(user=anna, passphrase="after the old one was forgotten")

    assert Keyring.of_holder(fresh).kids == frozenset()
    assert members.queues_of(anna) == frozenset()
    follow_up = queue_key(Queue.FOLLOW_UP)
    members.admit(ring=ring_of(boris), queue_key=follow_up, member=Key.objects.get(pk=fresh.kid), by=boris)
    assert Keyring.of_holder(fresh).kids == {follow_up.kid}
    assert members.queues_of(anna) == {Queue.FOLLOW_UP}


def test_nobody_hands_out_a_queue_they_do_not_hold() -> None:
    anna, boris = make_officer("anna", [Queue.OBI_APPROACH]), make_officer("boris", [])

    with pytest.raises(CannotOpen):
        members.admit(
            ring=ring_of(anna),
            queue_key=queue_key(Queue.POLICE_REFERRAL),
            member=Key.objects.get(user=boris),
            by=anna,
        )


def test_a_key_put_in_the_place_of_a_member_s_is_not_admitted() -> None:
    """People compare the kid; the attacker left the kid and changed the key."""
    boris = make_officer("boris", [])
    Key.objects.filter(user=boris).update(public=core.KeyPair.generate().public)

    with pytest.raises(core.Broken):
        members.admit(
            ring=ring_of(make_officer("anna")),
            queue_key=queue_key(Queue.FOLLOW_UP),
            member=Key.objects.get(user=boris),
            by=None,
        )
    assert not Grant.objects.filter(holder__user=boris).exists()


def test_a_grant_moved_to_another_member_or_queue_does_not_open() -> None:
    anna, boris = make_officer("anna", [Queue.FOLLOW_UP]), make_officer("boris", [])
    stolen = Grant.objects.get(holder__user=anna)
    Grant.objects.filter(pk=stolen.pk).update(holder=Key.objects.get(user=boris))
    with pytest.raises(core.Broken):
        ring_of(boris)

    Grant.objects.filter(pk=stolen.pk).update(
        holder=Key.objects.get(user=anna), queue_key=queue_key(Queue.OBI_APPROACH)
    )
    with pytest.raises(core.Broken):
        ring_of(anna)


@pytest.mark.parametrize(("answers", "queue"), [(FOR_POLICE, "police_referral"), (FOR_OBI, "obi_approach")])
def test_a_member_of_one_queue_can_not_open_what_is_in_another(answers: dict[str, Any], queue: str) -> None:
    report = make_report(answers=answers, contact={"phone": "0612345678"}, triaged=True)
    assert list(report.work_items.values_list("queue", flat=True)) == [queue]
    inside = ring_of(make_officer("anna", [queue]))
    outside = ring_of(make_officer("boris", set(Queue.values) - {queue}))

    assert report.items.count() == 3
    for item in report.items.all():
        assert inside.open(item)
        with pytest.raises(CannotOpen):
            outside.open(item)


def test_the_recovery_key_is_admitted_to_every_queue_and_to_nothing_else() -> None:
    kids = Keyring.of_holder(bundle.recovery().pair).kids

    assert kids == {queue_key(queue).kid for queue in Queue.values}
