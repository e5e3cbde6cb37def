"""Every look at a report and every decision about it is in the audit chain, without a word of either."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reports.audit import verify
from reports.choices import Queue
from reports.models.audit import Audit
from tests.cast import LISTS, act, sign_in
from tests.factories import FOR_POLICE, make_officer, make_report

pytestmark = pytest.mark.django_db

WORDS = "слова-паведамлення"
REASON = "reason-in-words"


def entries() -> list[dict[str, Any]]:
    return [json.loads(row.entry) for row in Audit.objects.order_by("seq")]


def test_looks_and_decisions_are_in_the_chain_and_no_word_is(staff_site: Any) -> None:
    work_item = make_report(triaged=True, answers=FOR_POLICE, account=WORDS).work_items.get(
        queue=Queue.POLICE_REFERRAL
    )
    make_officer("anna", [Queue.POLICE_REFERRAL])
    sign_in(staff_site, "anna")

    staff_site.get(f"{LISTS[Queue.POLICE_REFERRAL]}{work_item.pk}/change/")
    act(staff_site, work_item, "confirm", reason=REASON)
    act(staff_site, work_item, "change_urgency", urgency="normal", reason=REASON)
    act(staff_site, work_item, "close", decision="advice", reason=REASON)

    subject = f"workitem:{work_item.pk}"
    about = [entry for entry in entries() if entry["actor"] == "anna" and entry["subject"] == subject]
    assert [entry["verb"] for entry in about if entry["verb"] != "read"] == [
        "confirm",
        "change_urgency",
        "close",
    ]
    assert "read" in {entry["verb"] for entry in about}
    assert about[-1]["outcome"] == "advice"
    whole = json.dumps(entries(), ensure_ascii=False)
    assert WORDS not in whole
    assert REASON not in whole
    verify.verify()


def test_a_refused_look_is_no_look(staff_site: Any) -> None:
    work_item = make_report(triaged=True, answers=FOR_POLICE).work_items.get(queue=Queue.POLICE_REFERRAL)
    make_officer("olga", [Queue.FOLLOW_UP])
    sign_in(staff_site, "olga")

    staff_site.get(f"{LISTS[Queue.POLICE_REFERRAL]}{work_item.pk}/change/")

    assert not [entry for entry in entries() if entry["verb"] == "read"]
