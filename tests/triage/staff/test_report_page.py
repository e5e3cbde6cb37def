"""The page of one report: the original words, then the proposal with its reasons; only for its members."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from reports.choices import IncidentType, Queue, ReportStatus
from reports.models import Item, Report, Wrap
from reports.vault.keyring import CannotOpen
from tests.cast import LISTS, page_of, sign_in
from tests.factories import FOR_OBI, FOR_POLICE, make_officer, make_report, ring_of

pytestmark = pytest.mark.django_db

WORDS = "Лісток з календара ляжыць на стале."  # no signal in it: the answers alone decide the queue


def test_the_original_words_stand_before_the_proposal_and_its_policy_sentence(staff_site: Any) -> None:
    report = make_report(triaged=True, answers=FOR_POLICE, account=WORDS, language="be")
    make_officer("anna", [Queue.POLICE_REFERRAL])
    sign_in(staff_site, "anna")

    page = staff_site.get(page_of(report, Queue.POLICE_REFERRAL)).content.decode()

    ground = "Personen in Nederland die zich bedreigd voelen worden opgeroepen hiervan aangifte te doen"
    assert 0 < page.index(WORDS) < page.index('id="proposal"') < page.index(ground)


def test_a_member_of_one_queue_can_not_open_an_item_of_another_in_the_admin(staff_site: Any) -> None:
    report = make_report(triaged=True, answers=FOR_OBI, account=WORDS)
    work_item = report.work_items.get(queue=Queue.OBI_APPROACH)
    make_officer("piet", [Queue.POLICE_REFERRAL])
    sign_in(staff_site, "piet")

    assert staff_site.get(page_of(report, Queue.OBI_APPROACH)).status_code == 403
    under_own_list = staff_site.get(f"{LISTS[Queue.POLICE_REFERRAL]}{work_item.pk}/change/")
    assert under_own_list.status_code == 403


def test_a_member_of_one_queue_can_not_open_an_item_of_another_with_the_database_in_hand() -> None:
    report = make_report(triaged=True, answers=FOR_OBI, account=WORDS)
    piet = make_officer("piet", [Queue.POLICE_REFERRAL])
    ring = ring_of(piet)

    for item in Item.objects.filter(report=report):
        with pytest.raises(CannotOpen):
            ring.open(item)


def test_a_wrap_moved_to_another_report_opens_nothing() -> None:
    own = make_report(triaged=True, answers=FOR_POLICE)
    foreign = make_report(triaged=True, answers=FOR_OBI, account=WORDS)
    anna = make_officer("anna", [Queue.POLICE_REFERRAL])
    stolen = Wrap.objects.filter(item__report=own, item__kind="report").first()
    assert stolen is not None
    target = foreign.items.get(kind="report")
    Wrap.objects.filter(pk=stolen.pk).update(item=target)

    from reports.sealing.core import Broken

    with pytest.raises(Broken):
        ring_of(anna).open(target)


def test_an_altered_item_raises_an_alarm_on_the_page_instead_of_an_error(staff_site: Any) -> None:
    report = make_report(triaged=True, answers=FOR_POLICE, account=WORDS)
    item = report.items.get(kind="report")
    Item.objects.filter(pk=item.pk).update(body=item.body[:-1] + bytes([item.body[-1] ^ 1]))
    make_officer("anna", [Queue.POLICE_REFERRAL])
    sign_in(staff_site, "anna")

    response = staff_site.get(page_of(report, Queue.POLICE_REFERRAL))

    assert response.status_code == 200
    assert response.context["page"].broken == 1
    assert 'role="alert"' in response.content.decode()


def test_reading_tells_the_reporter_that_it_is_being_read(staff_site: Any) -> None:
    report = make_report(triaged=True, answers=FOR_POLICE)
    make_officer("anna", [Queue.POLICE_REFERRAL])
    sign_in(staff_site, "anna")

    staff_site.get(page_of(report, Queue.POLICE_REFERRAL))

    report.refresh_from_db()
    assert report.status == ReportStatus.IN_REVIEW


def test_without_the_cookies_half_of_the_key_the_page_stays_closed(staff_site: Any, settings: Any) -> None:
    report = make_report(triaged=True, answers=FOR_POLICE, account=WORDS)
    make_officer("anna", [Queue.POLICE_REFERRAL])
    sign_in(staff_site, "anna")
    del staff_site.cookies[settings.KEYRING_COOKIE_NAME]

    page = staff_site.get(page_of(report, Queue.POLICE_REFERRAL))

    assert page.status_code == 200
    assert page.context["locked"]
    assert WORDS not in page.content.decode()


def test_markup_in_the_words_stays_text(staff_site: Any) -> None:
    report = make_report(triaged=True, answers=FOR_POLICE, account="<script>alert(1)</script>")
    make_officer("anna", [Queue.POLICE_REFERRAL])
    sign_in(staff_site, "anna")

    page = staff_site.get(page_of(report, Queue.POLICE_REFERRAL)).content.decode()

    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_page_costs_few_statements(staff_site: Any, django_assert_max_num_queries: Any) -> None:
    report = make_report(triaged=True, answers=FOR_POLICE, contact={"way": "code"})
    make_officer("anna", [Queue.POLICE_REFERRAL])
    sign_in(staff_site, "anna")
    address = page_of(report, Queue.POLICE_REFERRAL)

    with django_assert_max_num_queries(15):
        staff_site.get(address)


def test_the_page_says_how_near_a_state_is_and_which_types_the_words_suggest(staff_site: Client) -> None:
    """Both are concluded from the report and shown nowhere else."""
    asked = "The KGB asked me to inform on the choir and offered money."
    linked = make_report(triaged=True, answers=FOR_OBI, account=asked)
    plain = make_report(triaged=True, answers=FOR_POLICE, account=WORDS)
    make_officer("anna", [Queue.POLICE_REFERRAL, Queue.OBI_APPROACH])
    sign_in(staff_site, "anna")

    def shown(report: Report, queue: Queue) -> str:
        return staff_site.get(page_of(report, queue), headers={"accept-language": "en"}).content.decode()

    page = shown(linked, Queue.OBI_APPROACH)
    assert "Whether a state is behind it, going by the report: possible." in page
    assert f"Types that the words suggest: {IncidentType.RECRUITMENT.label}" in page
    page = shown(plain, Queue.POLICE_REFERRAL)
    assert "Whether a state is behind it" not in page
    assert "Types that the words suggest" not in page
