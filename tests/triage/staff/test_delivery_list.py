"""The list of mails: staff see what went, to whom, and what may have gone twice; nobody changes it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from reports.choices import Queue
from tests.cast import sign_in
from tests.factories import IN_DANGER, make_officer, make_report
from tests.triage.figures.mail_figures import subscribe
from triage.models import Delivery, Subscription

pytestmark = pytest.mark.django_db

LIST = "/triage/delivery/"
POLICE = Queue.POLICE_REFERRAL


def listed(site: Client) -> str:
    response = site.get(LIST, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def mail(email: str, subject: str, *, kind: str = "summary", tries: int = 1) -> Delivery:
    [subscription] = subscribe(email, kind=kind)
    now = timezone.now()
    return Delivery.objects.create(
        subscription=subscription, subject=subject, claimed=now, sent=now, tries=tries
    )


def test_a_mail_that_was_tried_twice_is_marked(staff_site: Any) -> None:
    mail("once@example.org", "2026-W45")
    mail("twice@example.org", "2026-W46", tries=2)
    make_officer("anna", [POLICE])
    sign_in(staff_site, "anna")

    page = listed(staff_site)

    assert "once@example.org" in page
    assert "2026-W46" in page
    assert page.count("may have gone twice") == 1


def test_a_member_sees_the_alerts_of_their_own_queue_only_and_no_work_item(staff_site: Any) -> None:
    subscribe("police@example.org", kind=POLICE)
    report = make_report(triaged=True, answers=IN_DANGER)
    mail("obi@example.org", "0e3d6a52-0000-4000-8000-000000000000", kind=Queue.OBI_APPROACH)
    make_officer("anna", [POLICE])
    sign_in(staff_site, "anna")

    page = listed(staff_site)

    assert "police@example.org" in page
    assert "obi@example.org" not in page
    assert str(report.work_items.get(queue=POLICE).pk) not in page


def test_an_administrator_sees_all(staff_site: Any) -> None:
    mail("obi@example.org", "0e3d6a52-0000-4000-8000-000000000000", kind=Queue.OBI_APPROACH)
    make_officer("root", [], is_superuser=True)
    sign_in(staff_site, "root")

    page = listed(staff_site)

    assert "obi@example.org" in page
    assert "0e3d6a52" not in page


@pytest.mark.parametrize("superuser", [False, True])
def test_nobody_changes_a_delivery(staff_site: Any, superuser: bool) -> None:
    delivery = mail("once@example.org", "2026-W45")
    make_officer("anna", [POLICE], is_superuser=superuser)
    sign_in(staff_site, "anna")

    assert staff_site.get(f"{LIST}add/").status_code == 403
    assert staff_site.post(f"{LIST}{delivery.pk}/delete/", {"post": "yes"}).status_code == 403
    assert staff_site.post(f"{LIST}{delivery.pk}/change/", {"tries": "0"}).status_code == 403
    assert Delivery.objects.get() == delivery


def test_an_officer_without_a_queue_is_refused(staff_site: Any) -> None:
    make_officer("guest", [])
    sign_in(staff_site, "guest")

    assert staff_site.get(LIST).status_code == 403


def test_the_start_page_leads_to_it(staff_site: Any) -> None:
    make_officer("anna", [POLICE])
    sign_in(staff_site, "anna")

    assert f'href="{LIST}"' in staff_site.get("/").content.decode()


@pytest.mark.parametrize("bulk", [False, True])
def test_a_recipient_who_was_mailed_before_can_be_removed(staff_site: Any, bulk: bool) -> None:
    recipient = mail("left@example.org", "2026-W46").subscription
    make_officer("anna", [POLICE], is_superuser=True)
    sign_in(staff_site, "anna")
    one = (f"/triage/subscription/{recipient.pk}/delete/", {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [recipient.pk], "post": "yes"}

    staff_site.post(*(("/triage/subscription/", chosen) if bulk else one))

    assert not Subscription.objects.filter(pk=recipient.pk).exists()
