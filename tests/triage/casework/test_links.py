"""Reports that name the same number: counted for their members, hinted at for others, named on record."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from reports import retention
from reports.choices import Queue
from reports.models import Audit, ItemKind, ItemQuerySet, Report, Selector
from reports.sealing import core
from reports.vault import bundle
from tests.cast import Case, page_of, sign_in
from tests.factories import (
    FOR_FOLLOW_UP,
    FOR_OBI,
    FOR_POLICE,
    make_officer,
    make_receipt,
    make_report,
    ring_of,
    route,
)
from triage.casework import links
from triage.models import WorkItem
from triage.selectors import index

pytestmark = pytest.mark.django_db

POLICE, OBI, FOLLOW_UP = Queue.POLICE_REFERRAL, Queue.OBI_APPROACH, Queue.FOLLOW_UP
IN_ENGLISH = {"accept-language": "en"}
NUMBER = "They called from 06-12345678."
SAME_NUMBER = "Мне тэлефанавалі з +31 6 12345678 таксама."


def police(account: str, **more: Any) -> Report:
    return make_report(triaged=True, answers=FOR_POLICE, account=account, **more)


def obi(account: str) -> Report:
    return make_report(triaged=True, answers=FOR_OBI, account=account)


def shown(site: Client, report: Report, queue: Queue = POLICE) -> str:
    return site.get(page_of(report, queue), headers=IN_ENGLISH).content.decode()


def reveal(site: Any, report: Report, reason: str = "one caller in two queues", queue: Queue = POLICE) -> Any:
    address = page_of(report, queue).replace("change/", "do/reveal_links/")
    return site.post(address, {"reason": reason}, follow=True, headers=IN_ENGLISH)


def test_a_number_of_two_reports_in_one_queue_links_them_for_its_members(staff_site: Any) -> None:
    first, second = police(NUMBER), police(SAME_NUMBER)
    make_officer("anna", [POLICE])
    sign_in(staff_site, "anna")

    page = shown(staff_site, first)

    assert "+31612345678" in page
    assert "seen in 1 other report" in page
    assert f'<a href="{page_of(second, POLICE)}">{second.reference}</a>' in page


def test_different_numbers_link_nothing(staff_site: Any) -> None:
    first, second = police(NUMBER), police("They called from 06-87654321.")
    make_officer("anna", [POLICE])
    sign_in(staff_site, "anna")

    page = shown(staff_site, first)

    assert "in no other report" in page
    assert second.reference not in page


def test_of_a_report_in_another_queue_only_its_existence_is_said(staff_site: Any) -> None:
    first, other = police(NUMBER), obi(SAME_NUMBER)
    make_officer("anna", [POLICE])
    sign_in(staff_site, "anna")

    page = shown(staff_site, first)

    assert "there is a report in another queue" in page
    assert other.reference not in page
    assert str(other.pk) not in page
    assert "seen in" not in page
    assert "reveal_links" not in page  # anna is no coordinator


def test_two_reports_in_other_queues_look_like_one(staff_site: Any) -> None:
    first = police(NUMBER)
    obi(SAME_NUMBER)
    make_officer("anna", [POLICE])
    sign_in(staff_site, "anna")
    one = links_part(shown(staff_site, first))
    obi(NUMBER)

    assert links_part(shown(staff_site, first)) == one


def links_part(page: str) -> str:
    return page[page.index('id="links"') : page.index('id="decide"')]


def test_who_holds_both_queues_sees_both(staff_site: Any) -> None:
    first, other = police(NUMBER), obi(SAME_NUMBER)
    make_officer("bob", [POLICE, OBI])
    sign_in(staff_site, "bob")

    page = shown(staff_site, first)

    assert page_of(other, OBI) in page
    assert "there is a report in another queue" not in page


def test_a_report_that_left_the_queue_is_not_counted(staff_site: Any) -> None:
    from triage.casework import decisions

    first, second = police(NUMBER), police(SAME_NUMBER)
    anna = make_officer("anna", [POLICE])
    decisions.remove_queue(
        work_item=second.work_items.get(queue=POLICE), officer=anna, ring=ring_of(anna), reason="elsewhere"
    )
    sign_in(staff_site, "anna")

    page = shown(staff_site, first)

    assert "there is a report in another queue" in page  # it went to follow-up
    assert second.reference not in page


def test_a_coordinator_names_them_with_a_reason_that_is_kept_sealed(staff_site: Any) -> None:
    first, other = police(NUMBER), obi(SAME_NUMBER)
    make_officer("anna", [POLICE], is_superuser=True)
    clara = make_officer("clara", [POLICE])
    sign_in(staff_site, "anna")
    assert "do/reveal_links/" in shown(staff_site, first)

    page = reveal(staff_site, first).content.decode()

    assert other.reference in page
    ring = ring_of(clara)
    [decision] = [ring.open(item) for item in first.items.filter(kind=ItemKind.DECISION)]
    assert decision["verb"] == "reveal_links"
    assert (decision["by"], decision["reason"]) == ("anna", "one caller in two queues")
    assert decision["revealed"] == [{"reference": other.reference, "queue": OBI}]
    assert b"one caller" not in first.items.get(kind=ItemKind.DECISION).body


def test_naming_them_stands_in_the_audit_chain_without_the_reason(staff_site: Any) -> None:
    first, _ = police(NUMBER), obi(SAME_NUMBER)
    make_officer("anna", [POLICE], is_superuser=True)
    sign_in(staff_site, "anna")

    reveal(staff_site, first)

    [entry] = Audit.objects.filter(entry__contains="reveal_links").values_list("entry", flat=True)
    assert str(first.pk) in entry
    assert '"actor":"anna"' in entry
    assert "one caller" not in entry


def test_what_was_named_stays_closed_and_in_its_queue(staff_site: Any) -> None:
    first, other = police(NUMBER), obi(SAME_NUMBER)
    anna = make_officer("anna", [POLICE], is_superuser=True)
    sign_in(staff_site, "anna")

    reveal(staff_site, first)

    assert staff_site.get(page_of(other, OBI)).status_code == 403
    assert all(item.wraps.filter(to__in=ring_of(anna).kids).count() == 0 for item in other.items.all())
    assert [work.queue for work in other.work_items.all()] == [OBI]


def test_without_a_reason_nothing_is_named(staff_site: Any) -> None:
    first, other = police(NUMBER), obi(SAME_NUMBER)
    make_officer("anna", [POLICE], is_superuser=True)
    sign_in(staff_site, "anna")

    response = reveal(staff_site, first, reason="  ")

    assert response.status_code == 422
    assert other.reference not in response.content.decode()
    assert not first.items.filter(kind=ItemKind.DECISION).exists()


def test_who_is_no_coordinator_is_refused_also_without_the_button(staff_site: Any) -> None:
    first, other = police(NUMBER), obi(SAME_NUMBER)
    make_officer("anna", [POLICE])
    sign_in(staff_site, "anna")

    page = reveal(staff_site, first).content.decode()

    assert "Only a coordinator" in page
    assert other.reference not in page
    assert not first.items.filter(kind=ItemKind.DECISION).exists()


def test_an_administrator_who_is_no_member_of_the_queue_is_no_coordinator(staff_site: Any) -> None:
    first = police(NUMBER)
    obi(SAME_NUMBER)
    make_officer("root", [FOLLOW_UP], is_superuser=True)
    sign_in(staff_site, "root")

    assert reveal(staff_site, first).status_code == 403
    assert not first.items.filter(kind=ItemKind.DECISION).exists()


def test_what_stands_in_more_than_twenty_reports_links_nothing(
    staff_site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "CAP", 2)
    first = police(NUMBER)
    others = [police(NUMBER) for _ in range(2)]
    make_officer("anna", [POLICE])
    sign_in(staff_site, "anna")
    assert "seen in 2 other reports" in shown(staff_site, first)

    others.append(police(NUMBER))

    page = shown(staff_site, first)
    assert "in more than 20 other reports" in page
    assert not [each for each in others if each.reference in page]


def test_the_number_of_the_police_links_nothing(staff_site: Any) -> None:
    first = police("I called 112 and 0900-8844.")
    police("They said: call 0900 8844.")
    make_officer("anna", [POLICE])
    sign_in(staff_site, "anna")

    assert not Selector.objects.exists()
    assert "No phone number, address, plate or account was found" in shown(staff_site, first)


def test_the_reporters_own_contact_data_is_never_indexed() -> None:
    contact = {"way": "phone", "address": "+31 6 12345678", "safe_time": "bel 06-87654321 niet"}
    report = police("Bel mij: 06-12345678, mijn zus heeft 06-87654321.", contact=contact)
    other = police("I called my neighbour on 06 12345678.")

    assert not report.selectors.exists()
    assert other.selectors.count() == 1


def test_a_database_alone_shows_neither_number_nor_how_it_was_found() -> None:
    report = police(NUMBER)

    [selector] = report.selectors.all()
    assert len(selector.token) == 16
    assert selector.kind == "phone"
    assert selector.token != core.blind(b"\0" * 32, "phone", "+31612345678")
    for item in report.items.all():
        assert b"612345678" not in item.body


def test_one_text_has_one_token_for_each_kind() -> None:
    key = bundle.worker().index_key
    blind = core.blind

    assert blind(key, "phone", "1") == blind(key, "phone", "1")
    assert len({blind(key, "phone", "1"), blind(key, "plate", "1"), blind(key, "phone", "2")}) == 3


def test_tokens_are_written_with_the_report_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = make_receipt(answers=FOR_POLICE, account=NUMBER)

    def broken(_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(ItemQuerySet, "drop_intake_wraps", broken)
    with pytest.raises(RuntimeError):
        route(receipt.report_id)

    assert not Selector.objects.exists()
    assert not WorkItem.objects.exists()


def test_a_report_whose_words_can_not_be_searched_is_routed_all_the_same(
    staff_site: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(text: str, **_: Any) -> None:
        raise ValueError(text)

    monkeypatch.setattr(index, "find", broken)

    report = police(NUMBER)

    assert [work.queue for work in report.work_items.all()] == [POLICE]
    assert "ValueError" in caplog.text
    assert "06-12345678" not in caplog.text
    make_officer("anna", [POLICE])
    sign_in(staff_site, "anna")
    assert "This report was not searched" in shown(staff_site, report)


def test_the_words_of_an_addition_link_too(staff_site: Any) -> None:
    case = Case(answers=FOR_POLICE, account="Nothing to find here.")
    case.add(NUMBER)
    other = police(SAME_NUMBER)
    make_officer("anna", [POLICE])
    sign_in(staff_site, "anna")

    assert other.reference in shown(staff_site, case.report)


def test_a_withdrawn_report_links_nothing_any_more(staff_site: Any) -> None:
    first, second = police(NUMBER), police(SAME_NUMBER)
    retention.shred(second)
    make_officer("anna", [POLICE])
    sign_in(staff_site, "anna")

    assert not second.selectors.exists()
    assert "in no other report" in shown(staff_site, first)


def test_a_deleted_report_takes_its_tokens_along() -> None:
    report = police(NUMBER)

    report.delete()

    assert not Selector.objects.exists()


def test_a_link_changes_no_queue_and_no_urgency() -> None:
    before = make_report(triaged=True, answers=FOR_FOLLOW_UP, account="Somebody rang, nothing more.")
    police(NUMBER)
    obi(SAME_NUMBER)

    linked = make_report(
        triaged=True, answers=FOR_FOLLOW_UP, account="Somebody rang from 0612345678, nothing more."
    )

    rows = [
        [(work.queue, work.urgency, work.state) for work in report.work_items.all()]
        for report in (before, linked)
    ]
    assert rows[0] == rows[1]


def test_a_planted_token_links_nothing_that_the_sealed_words_do_not_name(staff_site: Any) -> None:
    first, second = police("Nothing to find here."), police(NUMBER)
    theirs = second.selectors.get()
    Selector.objects.create(report=first, kind=theirs.kind, token=theirs.token)
    make_officer("anna", [POLICE])
    sign_in(staff_site, "anna")

    assert second.reference not in shown(staff_site, first)
