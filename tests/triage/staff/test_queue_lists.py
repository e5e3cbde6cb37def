"""An officer sees their own queues, the most urgent first, and nothing of the others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reports.choices import Queue
from tests.cast import LISTS, sign_in
from tests.factories import FOR_FOLLOW_UP, FOR_OBI, FOR_POLICE, IN_DANGER, make_officer, make_report
from triage.models import WorkItem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("own", list(LISTS))
def test_a_member_sees_their_own_queue_and_is_refused_the_others(staff_site: Any, own: Queue) -> None:
    make_officer("anna", [own])
    sign_in(staff_site, "anna")

    assert staff_site.get(LISTS[own]).status_code == 200
    for other in set(LISTS) - {own}:
        assert staff_site.get(LISTS[other]).status_code == 403


def test_a_superuser_without_a_grant_sees_no_queue(staff_site: Any) -> None:
    make_officer("root", [], is_superuser=True)
    report = make_report(triaged=True, answers=FOR_POLICE)
    work_item = report.work_items.get(queue=Queue.POLICE_REFERRAL)
    sign_in(staff_site, "root")

    assert staff_site.get(LISTS[Queue.POLICE_REFERRAL]).status_code == 403
    assert staff_site.get(f"{LISTS[Queue.POLICE_REFERRAL]}{work_item.pk}/change/").status_code == 403


def test_nobody_sees_a_queue_without_signing_in(staff_site: Any) -> None:
    response = staff_site.get(LISTS[Queue.POLICE_REFERRAL])

    assert response.status_code == 302
    assert "/login/" in response.headers["Location"]


@pytest.mark.any_hour
def test_the_most_urgent_stands_on_top_and_closed_work_at_the_bottom(staff_site: Any) -> None:
    calm = make_report(triaged=True, answers={**FOR_FOLLOW_UP, "feels_threatened": "yes"})
    danger = make_report(triaged=True, answers=IN_DANGER)
    threat = make_report(triaged=True, answers=FOR_POLICE)
    done = make_report(triaged=True, answers=IN_DANGER)
    WorkItem.objects.filter(report=done).update(state="closed", due=None)
    make_officer("anna", [Queue.POLICE_REFERRAL])
    sign_in(staff_site, "anna")

    page = staff_site.get(LISTS[Queue.POLICE_REFERRAL]).content.decode()

    places = [page.index(each.reference) for each in (danger, threat, calm, done)]
    assert places == sorted(places)


@pytest.mark.any_hour
def test_an_overdue_item_is_marked(staff_site: Any) -> None:
    make_report(triaged=True, answers=IN_DANGER)
    make_officer("anna", [Queue.POLICE_REFERRAL])
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        sign_in(staff_site, "anna")

        page = staff_site.get(LISTS[Queue.POLICE_REFERRAL]).content.decode()

    assert 'class="overdue"' in page


def test_the_list_shows_no_word_of_a_report(staff_site: Any) -> None:
    make_report(triaged=True, answers=FOR_OBI, account="маркер-у-спісе")
    make_officer("anna", [Queue.OBI_APPROACH])
    sign_in(staff_site, "anna")

    assert "маркер-у-спісе" not in staff_site.get(LISTS[Queue.OBI_APPROACH]).content.decode()


def test_the_start_page_counts_what_waits_in_the_officers_own_queues(staff_site: Any) -> None:
    make_report(triaged=True, answers=IN_DANGER)
    make_report(triaged=False, answers=IN_DANGER)
    make_officer("anna", [Queue.POLICE_REFERRAL])
    sign_in(staff_site, "anna")

    page = staff_site.get("/")

    queues = page.context["queues"]
    assert [(queue.open, queue.immediate) for queue in queues] == [(1, 1)]
    assert page.context["waiting"] == 1


def test_the_cost_of_the_list_does_not_grow_with_its_rows(
    staff_site: Any, django_assert_max_num_queries: Any
) -> None:
    make_officer("anna", [Queue.POLICE_REFERRAL])
    for _ in range(12):
        make_report(triaged=True, answers=FOR_POLICE)
    sign_in(staff_site, "anna")

    with django_assert_max_num_queries(12):
        staff_site.get(LISTS[Queue.POLICE_REFERRAL])


def test_a_list_of_twenty_rows_costs_as_many_queries_as_a_list_of_one(staff_site: Any) -> None:
    """Each row has an officer of its own, whose name is in the list."""
    make_officer("anna", [Queue.POLICE_REFERRAL])
    sign_in(staff_site, "anna")

    def one_more() -> None:
        work_item = make_report(triaged=True, answers=FOR_POLICE).work_items.get(queue=Queue.POLICE_REFERRAL)
        officer = User.objects.create(username=f"officer{work_item.pk.hex}")
        WorkItem.objects.filter(pk=work_item.pk).update(assignee=officer, state="confirmed")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page = staff_site.get(LISTS[Queue.POLICE_REFERRAL]).content.decode()
        assert page.count("officer") >= WorkItem.objects.filter(queue=Queue.POLICE_REFERRAL).count()
        return len(asked)

    one_more()
    queries()  # what only the first request of a process asks
    one = queries()
    for _ in range(19):
        one_more()

    assert queries() == one


def test_the_list_of_officers_costs_the_same_however_many_they_are(staff_site: Any) -> None:
    make_officer("anna", [Queue.POLICE_REFERRAL, Queue.FOLLOW_UP], is_superuser=True)
    sign_in(staff_site, "anna")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page = staff_site.get("/auth/user/", headers={"accept-language": "en"}).content.decode()
        assert page.count("Follow-up") == User.objects.filter(is_active=True).count()
        return len(asked)

    queries()  # what only the first request of a process asks
    one = queries()
    for number in range(5):
        make_officer(f"officer{number}", [Queue.FOLLOW_UP])

    assert queries() == one
