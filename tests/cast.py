"""Who acts in a test: a reporter who holds a code, and an officer at a browser.

As in factories.py nothing here writes a row itself: each acts through the function or page of production.
"""

from __future__ import annotations

import html
import re
import time
from typing import Any
from uuid import UUID

from django.apps import apps
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from reports import mailbox
from reports.choices import Queue
from reports.models import Item, ItemKind, Report
from tests.factories import PASSWORD, form_key, make_receipt, route
from triage import tasks
from triage.casework import decisions
from triage.choices import FollowUp
from triage.models import WorkItem

THANKS = "Thank you, nothing more."
DANGER = "They are at my door now with a knife, help"

LISTS = {
    Queue.POLICE_REFERRAL: "/triage/policereferral/",
    Queue.OBI_APPROACH: "/triage/obiapproach/",
    Queue.FOLLOW_UP: "/triage/followupitem/",
}


class Case:
    """A report whose code we hold."""

    def __init__(self, *, triaged: bool = True, **given: Any) -> None:
        receipt = make_receipt(**given)
        self.holder = mailbox.identify(receipt.code)
        self.id: UUID = receipt.report_id
        self.added = 0
        if triaged:
            assert route(self.id)

    @property
    def report(self) -> Report:
        return Report.objects.get(pk=self.id)

    def work(self, queue: str) -> WorkItem:
        return WorkItem.objects.get(report=self.id, queue=queue)

    @property
    def queues(self) -> dict[str, tuple[str, str]]:
        return {each.queue: (each.state, each.urgency) for each in WorkItem.objects.filter(report=self.id)}

    def add(self, words: str) -> Item:
        """Through the mailbox, then the worker's task, as in production."""
        item = self.add_only(words)
        tasks.triage_item(str(item.pk))
        return item

    def add_only(self, words: str) -> Item:
        self.added += 1
        mailbox.add_words(holder=self.holder, form_key=form_key(self.added), words=words, language="en")
        return Item.objects.untriaged().get(report=self.id, kind=ItemKind.ADDITION)

    def withdraw(self) -> None:
        """Through the mailbox, then the worker's task."""
        mailbox.withdraw(holder=self.holder)
        tasks.triage_item(str(Item.objects.get(report=self.id, kind=ItemKind.WITHDRAWAL).pk))


def close(case: Case, queue: str, officer: Any) -> None:
    decisions.confirm(work_item=case.work(queue), officer=officer)
    decisions.close(
        work_item=case.work(queue), decision=FollowUp.REFERRED_TO_POLICE, officer=officer, reason="done"
    )


def log_in(client: Any, username: str = "anna", password: str = PASSWORD, code: str = "") -> Any:
    """Sends the login form; 302 when it let the officer in, 200 when the form came back."""
    return client.post("/login/?next=/", {"username": username, "password": password, "code": code})


def sign_in(client: Any, username: str = "anna") -> None:
    """Logs in an officer of `make_officer`; fails the test when the site refuses."""
    assert log_in(client, username).status_code == 302


def text_of(response: Any) -> str:
    """What a person reads of the page's content, tags and entities resolved."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def code_on_phone(user: Any, *, confirmed: bool = True) -> str:
    """What the officer's phone shows now."""
    device = TOTPDevice.objects.get(user=user, confirmed=confirmed)
    phone = TOTP(device.bin_key, device.step, device.t0, device.digits)
    phone.time = time.time()
    return f"{phone.token():0{device.digits}d}"


def link_phone(client: Any, user: Any) -> list[str]:
    """Goes through the set-up page; returns the recovery codes it shows."""
    client.get("/second-factor/")
    response = client.post("/second-factor/", {"code": code_on_phone(user, confirmed=False)})
    assert response.status_code == 200
    codes = re.findall(r"<code>([a-z2-7]{8})</code>", response.content.decode())
    assert len(codes) == 10
    return codes


def page_of(report: Any, queue: Queue) -> str:
    """The address of the report's page in that queue."""
    return f"{LISTS[queue]}{report.work_items.get(queue=queue).pk}/change/"


def act(client: Any, work_item: Any, verb: str, **data: str) -> Any:
    """Sends the form of one verb on the report's page in the queue of `work_item`."""
    return client.post(f"{LISTS[work_item.queue]}{work_item.pk}/do/{verb}/", data)


def row_counts() -> dict[str, int]:
    """How many rows each table has, to show that nothing was stored."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}
