"""Somebody who can write the database moves sealed things between rows: nothing opens in the wrong place."""

from __future__ import annotations

import pytest

from reports.models import Item, ItemKind, Report, Wrap
from reports.sealing.core import Broken
from reports.vault.keyring import Keyring
from tests.factories import FOR_POLICE, make_officer, make_report, ring_of

pytestmark = pytest.mark.django_db


def filed(report: Report) -> Item:
    return report.items.get(kind=ItemKind.REPORT)


def move(source: Item, target: Item, *, body: bool, wrap: bool) -> None:
    if body:
        Item.objects.filter(pk=target.pk).update(body=source.body)
    if wrap:
        Wrap.objects.filter(item=target).update(blob=source.wraps.get().blob)


@pytest.mark.parametrize(("body", "wrap"), [(True, False), (False, True), (True, True)])
@pytest.mark.parametrize("triaged", [False, True])
def test_what_belongs_to_one_report_does_not_open_in_another(triaged: bool, body: bool, wrap: bool) -> None:
    """Body and wrap moved together fit each other; only the row shows that they were moved."""
    one, two = (make_report(answers=FOR_POLICE, account=words, triaged=triaged) for words in ("one", "two"))
    ring = ring_of(make_officer()) if triaged else Keyring.of_worker()
    assert ring.open(filed(one))["account"] == "one"

    move(filed(one), filed(two), body=body, wrap=wrap)

    with pytest.raises(Broken):
        ring.open(filed(two))
    assert ring.open(filed(one))["account"] == "one"


def test_contact_does_not_open_in_the_place_of_the_report() -> None:
    report = make_report(contact={"email": "somebody@example.org"})

    move(report.items.get(kind=ItemKind.CONTACT), filed(report), body=True, wrap=True)

    with pytest.raises(Broken):
        Keyring.of_worker().open(filed(report))
