"""Row rules cost a look-up in an index, also with twenty thousand mailboxes (docs/decisions.md 24)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reports.models import ItemKind, Mailbox, Report, Wrap
from tests.roles import acting_as, rows

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]
MANY = 20_000
KID = "md5('kid' || n)"


@pytest.fixture
def many_mailboxes() -> None:
    """Reports with a mailbox each, a reply in every fourth; loaded past intake."""
    rows(
        "INSERT INTO reports_report (id, day, status, delete_after) "
        f"SELECT md5('report' || n)::uuid, now(), 'received', now() FROM generate_series(1, {MANY}) n"
    )
    rows(
        "INSERT INTO reports_mailbox (lookup, report_id, kid, public) "
        f"SELECT md5('look' || n), md5('report' || n)::uuid, {KID}, '' FROM generate_series(1, {MANY}) n"
    )
    for kind, step in ((ItemKind.REPORT, 1), (ItemKind.REPLY, 4)):
        rows(
            "INSERT INTO reports_item (id, report_id, kind, day, body, attempts) "
            f"SELECT md5('{kind}' || n)::uuid, md5('report' || n)::uuid, '{kind}', now(), '', 0 "
            f"FROM generate_series(1, {MANY}, {step}) n"
        )
        to = KID if kind == ItemKind.REPLY else "'queue'"
        rows(
            'INSERT INTO reports_wrap (id, "to", item_id, blob) '
            f"SELECT gen_random_uuid(), {to}, md5('{kind}' || n)::uuid, '' "
            f"FROM generate_series(1, {MANY}, {step}) n"
        )
    for model in (Report, Mailbox, Wrap):
        rows(f"ANALYZE {model._meta.db_table}")
    rows("ANALYZE reports_item")


def plan_of(statement: str, *given: Any) -> tuple[set[str], float, str]:
    """Tables read from start to end, milliseconds, and the plan itself; run as the public site."""
    with acting_as("public"):
        ((plan,),) = rows(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *given)
    plan = plan[0] if isinstance(plan, list) else json.loads(plan)[0]
    scanned: set[str] = set()

    def walk(node: dict[str, Any]) -> None:
        if node["Node Type"] == "Seq Scan" and node["Actual Loops"]:
            scanned.add(node["Relation Name"])
        for child in node.get("Plans", ()):
            walk(child)

    walk(plan["Plan"])
    return scanned, plan["Execution Time"], json.dumps(plan, indent=1)


def kid_of(number: int) -> str:
    return str(rows("SELECT md5('kid' || %s)", number)[0][0])


def test_a_mailbox_is_found_without_reading_the_others(many_mailboxes: None) -> None:
    (look_up,) = rows("SELECT md5('look' || 77)")[0]
    query = Mailbox.objects.filter(pk=look_up).values_list("report_id", "kid", "report__status").query
    statement, given = query.sql_with_params()
    scanned, milliseconds, plan = plan_of(statement, *given)

    assert not scanned, plan
    assert milliseconds < 5, plan


def test_the_answers_of_a_mailbox_are_found_without_reading_the_others(many_mailboxes: None) -> None:
    waiting = Wrap.objects.filter(to=kid_of(77), item__kind=ItemKind.REPLY)
    statement, given = waiting.values_list(
        "item_id", "item__day", "item__body", "blob"
    ).query.sql_with_params()
    scanned, milliseconds, plan = plan_of(statement, *given)

    assert not scanned, plan
    assert '"Actual Rows": 1' in plan
    assert milliseconds < 5, plan


def test_dropping_one_answer_reads_no_other(many_mailboxes: None) -> None:
    (item_id,) = rows("SELECT md5('answer' || 81)::uuid")[0]
    scanned, milliseconds, plan = plan_of(
        "DELETE FROM reports_wrap WHERE id IN "
        "(SELECT w.id FROM reports_wrap w JOIN reports_item i ON i.id = w.item_id "
        "WHERE w.\"to\" = %s AND w.item_id = %s AND i.kind = 'answer')",
        kid_of(81),
        item_id,
    )

    assert not scanned, plan
    assert milliseconds < 5, plan
