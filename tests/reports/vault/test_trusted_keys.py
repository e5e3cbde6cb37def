"""Nothing is sealed to a key that does not descend from the one pinned in the process's bundle."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoAssertNumQueries

from reports.models import Key, KeyRole, today
from reports.sealing import core
from reports.vault import bundle, keys
from reports.vault.keys import Untrusted
from tests.factories import make_receipt

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_verified_yet() -> Iterator[None]:
    """What a process has verified it keeps until it ends; each test is a new process."""
    keys._verified.clear()
    yield
    keys._verified.clear()


def first(role: str = KeyRole.INTAKE) -> Key:
    return Key.objects.get(role=role, epoch=0)


def pair_of_first_intake() -> core.KeyPair:
    return bundle.worker().intake[0]


def test_the_pinned_key_is_current() -> None:
    for role in KeyRole:
        if role not in {KeyRole.MEMBER, KeyRole.RECOVERY}:
            assert keys.current(role, bundle.public()) == first(role).public


def test_a_signed_successor_is_current_and_so_is_the_one_after_it() -> None:
    second, third = core.KeyPair.generate(), core.KeyPair.generate()
    key_2 = keys.succeed(KeyRole.INTAKE, first(), pair_of_first_intake(), second)
    key_2.save(force_insert=True)
    assert keys.current(KeyRole.INTAKE, bundle.public()) == second.public

    keys.succeed(KeyRole.INTAKE, key_2, second, third).save(force_insert=True)
    assert keys.current(KeyRole.INTAKE, bundle.public()) == third.public


def test_a_planted_key_is_refused() -> None:
    thief = core.KeyPair.generate()
    Key.objects.create(kid=thief.kid, role=KeyRole.INTAKE, epoch=1, public=thief.public)

    with pytest.raises(Untrusted, match="not signed"):
        keys.current(KeyRole.INTAKE, bundle.public())


def test_a_key_signed_by_itself_is_refused() -> None:
    thief = core.KeyPair.generate()
    keys.succeed(KeyRole.INTAKE, first(), thief, thief).save(force_insert=True)

    with pytest.raises(Untrusted, match="not signed"):
        keys.current(KeyRole.INTAKE, bundle.public())


@pytest.mark.parametrize("signed_as", [(KeyRole.OBI_APPROACH, 1), (KeyRole.INTAKE, 2), (KeyRole.INTAKE, 0)])
def test_a_key_signed_for_another_role_or_epoch_is_refused(signed_as: tuple[str, int]) -> None:
    other = core.KeyPair.generate()
    key = keys.succeed(KeyRole.INTAKE, first(), pair_of_first_intake(), other)
    key.signature = pair_of_first_intake().sign(keys.signing_context(*signed_as), other.public)
    key.save(force_insert=True)

    with pytest.raises(Untrusted, match="not signed"):
        keys.current(KeyRole.INTAKE, bundle.public())


def test_a_chain_with_a_link_missing_is_refused() -> None:
    second, third = core.KeyPair.generate(), core.KeyPair.generate()
    key_2 = keys.succeed(KeyRole.INTAKE, first(), pair_of_first_intake(), second)
    key_2.save(force_insert=True)
    keys.succeed(KeyRole.INTAKE, key_2, second, third).save(force_insert=True)
    Key.objects.filter(epoch=2).update(signer=None)
    Key.objects.filter(pk=key_2.pk).delete()

    with pytest.raises(Untrusted, match="epoch 2 is not signed"):
        keys.current(KeyRole.INTAKE, bundle.public())


def test_a_chain_that_starts_at_another_key_is_refused() -> None:
    """Everything is signed properly, but from a first key that the attacker put in place of ours."""
    root, second = core.KeyPair.generate(), core.KeyPair.generate()
    Key.objects.filter(role=KeyRole.INTAKE).delete()
    planted = Key.objects.create(kid=root.kid, role=KeyRole.INTAKE, public=root.public)
    with pytest.raises(Untrusted, match="pinned"):
        keys.current(KeyRole.INTAKE, bundle.public())

    keys.succeed(KeyRole.INTAKE, planted, root, second).save(force_insert=True)
    with pytest.raises(Untrusted, match="pinned"):
        keys.current(KeyRole.INTAKE, bundle.public())


@pytest.mark.parametrize("verified_before", [False, True])
def test_a_key_put_under_the_name_of_a_trusted_one_is_refused(verified_before: bool) -> None:
    if verified_before:
        keys.current(KeyRole.INTAKE, bundle.public())
    Key.objects.filter(role=KeyRole.INTAKE).update(public=core.KeyPair.generate().public)

    with pytest.raises(Untrusted, match="named after"):
        keys.current(KeyRole.INTAKE, bundle.public())


@pytest.mark.parametrize("verified_before", [False, True])
def test_a_trusted_key_moved_to_another_role_is_refused(verified_before: bool) -> None:
    """Otherwise reports for police referral could be sealed to the OBI queue."""
    if verified_before:
        keys.current(KeyRole.OBI_APPROACH, bundle.public())
    stays = first(KeyRole.POLICE_REFERRAL)
    Key.objects.filter(pk=stays.pk).update(retired=today())
    Key.objects.filter(role=KeyRole.OBI_APPROACH).update(role=KeyRole.POLICE_REFERRAL, epoch=1)

    with pytest.raises(Untrusted):
        keys.current(KeyRole.POLICE_REFERRAL, bundle.public())


def test_without_any_key_nothing_is_sealed() -> None:
    Key.objects.filter(role=KeyRole.INTAKE).update(retired=today())

    with pytest.raises(Untrusted, match="vault_init"):
        keys.current(KeyRole.INTAKE, bundle.public())


def test_a_report_is_not_taken_when_the_intake_key_is_not_to_be_trusted() -> None:
    from reports.models import Item, Mailbox, Report, Wrap

    thief = core.KeyPair.generate()
    Key.objects.create(kid=thief.kid, role=KeyRole.INTAKE, epoch=1, public=thief.public)

    with pytest.raises(Untrusted):
        make_receipt()
    assert [model.objects.count() for model in (Report, Item, Wrap, Mailbox)] == [0, 0, 0, 0]


def test_one_query_finds_the_keys_of_all_queues(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    roles = [KeyRole.POLICE_REFERRAL, KeyRole.OBI_APPROACH, KeyRole.FOLLOW_UP]
    first_keys = [first(role).public for role in roles]
    keys.currents(roles, bundle.worker())  # verified once a process

    with django_assert_num_queries(1):
        assert keys.currents(roles, bundle.worker()) == first_keys
