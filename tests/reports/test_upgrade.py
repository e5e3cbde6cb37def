"""What was stored before an update is there after it, under today's names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection

from reports.models import Item, Report
from tests.cast import Case
from tests.factories import IN_DANGER, make_officer
from triage.casework import replies
from triage.models import SealedCount, WorkItem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def todays_tables_afterwards() -> Iterator[None]:
    """However the test ends, the next one finds the tables of today."""
    yield
    call_command("migrate", verbosity=0)


def ask(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_replies_danger_ticks_and_counts_stored_under_their_earlier_names_are_kept(
    todays_tables_afterwards: None,
) -> None:
    waiting, case = Case(triaged=False, answers=IN_DANGER), Case(answers=IN_DANGER)
    anna = make_officer("anna", ["police_referral"])
    replies.reply(work_item=case.work("police_referral"), officer=anna, words="We read it.", once="1")
    WorkItem.objects.update(looks_automated=True)
    counts = set(SealedCount.objects.values_list("pk", flat=True))
    assert counts

    call_command("migrate", "triage", "0006", verbosity=0)
    call_command("migrate", "reports", "0006", verbosity=0)
    assert ask("SELECT count(*) FROM reports_item WHERE kind = 'answer'") == [(1,)]
    assert ask("SELECT count(*) FROM reports_report WHERE hurry") == [(1,)]
    call_command("migrate", verbosity=0)

    assert Item.objects.filter(report=case.id, kind="reply").count() == 1
    assert list(Report.objects.filter(danger_ticked=True).values_list("pk", flat=True)) == [waiting.id]
    assert set(WorkItem.objects.values_list("looks_automated", flat=True)) == {True}
    assert set(SealedCount.objects.values_list("pk", flat=True)) == counts
