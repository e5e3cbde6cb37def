"""What the sweep costs does not depend on how many reports are stored: it runs every two seconds."""

from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from reports.models import Item, ItemKind, Report, Wrap
from tests.factories import make_report
from tests.roles import acting_as, rows

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]
MANY = 20_000


@pytest.fixture
def many_triaged() -> None:
    """Reports whose only wrap is to a queue; loaded past the intake."""
    number = f"generate_series(1, {MANY}) n"
    rows(
        "INSERT INTO reports_report (id, day, status, delete_after) "
        f"SELECT md5('report' || n)::uuid, now(), 'received', now() FROM {number}"
    )
    rows(
        "INSERT INTO reports_item (id, report_id, kind, day, body, attempts) "
        f"SELECT md5('item' || n)::uuid, md5('report' || n)::uuid, 'report', now(), '', 0 FROM {number}"
    )
    rows(
        'INSERT INTO reports_wrap (id, "to", item_id, blob) '
        f"SELECT gen_random_uuid(), 'queue', md5('item' || n)::uuid, '' FROM {number}"
    )
    for model in (Report, Item, Wrap):
        rows(f"ANALYZE {model._meta.db_table}")


def test_the_sweep_finds_what_waits_without_reading_what_is_done(many_triaged: None) -> None:
    report = make_report()
    due = Item.objects.due(timezone.now())
    with acting_as("worker"):
        plan, found = due.explain(), [item.report_id for item in due]

    assert "wrap_once" in plan, plan
    assert "Seq Scan on reports_wrap" not in plan, plan
    assert found == [report.pk]


def test_the_start_page_of_staff_counts_what_waits_in_the_same_way(many_triaged: None) -> None:
    make_report()
    waiting = Item.objects.filter(kind=ItemKind.REPORT).waiting()
    with acting_as("staff"):
        plan, found = waiting.explain(), waiting.count()

    assert "Seq Scan on reports_wrap" not in plan, plan
    assert found == 1


def test_one_item_chosen_by_its_id_is_judged_in_one_statement(
    many_triaged: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    item = make_report().items.get(kind=ItemKind.REPORT)
    chosen = Item.objects.filter(pk=item.pk).untriaged()
    with acting_as("worker"), django_assert_num_queries(1):
        assert chosen.exists()
    assert "Seq Scan on reports_wrap" not in chosen.explain()
