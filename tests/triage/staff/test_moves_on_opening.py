"""After a queue got its next key, opening a report on its page moves it to that key (docs/keys.md)."""

from __future__ import annotations

from typing import Any

import pytest

from reports.choices import Queue
from reports.models import Key, Report, Wrap
from reports.vault import queue_succession
from tests.cast import page_of, sign_in
from tests.factories import FOR_POLICE, make_officer, make_report, queue_key, ring_of

pytestmark = pytest.mark.django_db
POLICE = Queue.POLICE_REFERRAL
WORDS = "Лісток з календара ляжыць на стале."


def keys_to(report: Report) -> set[str]:
    """The keys of the queue that open something of the report."""
    of_queue = Key.objects.filter(role=POLICE).values("kid")
    return set(Wrap.objects.filter(item__report=report, to__in=of_queue).values_list("to", flat=True))


@pytest.fixture
def report() -> Report:
    return make_report(triaged=True, answers=FOR_POLICE, account=WORDS, contact={"phone": "1"})


def test_an_opened_report_is_moved_whole_and_the_others_stay(staff_site: Any, report: Report) -> None:
    anna = make_officer("anna", [POLICE])
    other = make_report(triaged=True, answers=FOR_POLICE)
    old = queue_key(POLICE).kid
    new = queue_succession.new_epoch(queue=POLICE, ring=ring_of(anna), by=anna).kid
    sign_in(staff_site, "anna")

    assert WORDS in staff_site.get(page_of(report, POLICE)).content.decode()

    assert keys_to(report) == {new}
    assert keys_to(other) == {old}
    assert WORDS in staff_site.get(page_of(report, POLICE)).content.decode()


def test_after_an_expulsion_what_a_colleague_opened_is_closed_to_who_left(
    staff_site: Any, report: Report
) -> None:
    anna, boris = make_officer("anna", [POLICE]), make_officer("boris", [POLICE])
    kept = ring_of(boris)  # a copy of the queue's old key, which nobody can take away
    item = report.items.get(kind="report")
    queue_succession.expel(queue=POLICE, member=Key.objects.get(user=boris), ring=ring_of(anna), by=anna)
    assert kept.open(item)["account"] == WORDS
    sign_in(staff_site, "anna")

    staff_site.get(page_of(report, POLICE))

    assert not kept.kids & set(item.wraps.values_list("to", flat=True))
    assert ring_of(anna).open(item)["account"] == WORDS


def test_a_look_without_the_key_moves_nothing(staff_site: Any, settings: Any, report: Report) -> None:
    anna = make_officer("anna", [POLICE])
    old = queue_key(POLICE).kid
    queue_succession.new_epoch(queue=POLICE, ring=ring_of(anna), by=anna)
    sign_in(staff_site, "anna")
    del staff_site.cookies[settings.KEYRING_COOKIE_NAME]

    assert staff_site.get(page_of(report, POLICE)).status_code == 200

    assert keys_to(report) == {old}
