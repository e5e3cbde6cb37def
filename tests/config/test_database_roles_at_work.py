"""Each process does its whole work with the rights of its own PostgreSQL role, logged in as that role.

The rest of the suite does the same on PostgreSQL: requests of the test clients, filed and routed reports and
every process that a test starts have their role's rights (tests/conftest.py, tests/factories.py).
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import Settings

from portal.mailbox_session import TOKEN
from reports import mailbox, retention
from reports.audit import verify
from reports.choices import Queue
from reports.models import Audit, Item, ItemKind, Key, KeyRole, Report, Wrap
from reports.sealing import receipt_code
from reports.vault import intake_rotation
from tests.cast import link_phone, log_in, page_of
from tests.conftest import SiteClient
from tests.evidence_files import uploads
from tests.factories import FOR_POLICE, IN_DANGER, PASSWORD, make_officer, make_receipt, make_report
from tests.mail_server import MailServer
from tests.portal.conftest import code_in
from tests.roles import logged_in_as
from tests.triage.figures.mail_figures import W46_IS_DUE, count_november, subscribe
from triage import tasks
from triage.casework import replies
from triage.choices import FollowUp
from triage.models import Delivery, WeekSums, WorkItem
from triage.tasks import send_due_alerts, send_due_summaries
from triage.worker import sweep

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
POLICE = Queue.POLICE_REFERRAL


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page.content.decode())
    assert found, name
    return found[1]


def enter(public: SiteClient, code: str) -> None:
    assert public.post("/en/mailbox/", {"code": receipt_code.show(code)}).status_code == 302


def files() -> list[Any]:
    return [SimpleUploadedFile("foto.jpg", os.urandom(5000), "image/jpeg")]


def test_a_reporter_files_sends_files_adds_reads_deletes_and_withdraws(
    public: SiteClient, settings: Settings, tmp_path: Any
) -> None:
    settings.EVIDENCE_DIR = tmp_path
    with logged_in_as("public"):
        form = public.get("/en/report/")
        given = {
            "in_danger_now": "yes",
            "feels_threatened": "yes",
            "account": "They came back.",
            "files": files(),
        }
        given |= {"form_key": hidden(form, "form_key"), "contact_way": "code"}
        first, again = public.post("/en/report/", given), public.post("/en/report/", given)
        code = code_in(first).replace(" ", "")
        assert (first.status_code, again.status_code) == (200, 200)
    work = _routed_and_answered()
    with logged_in_as("public"):
        enter(public, code)
        assert "Come by tomorrow." in public.get("/en/mailbox/").content.decode()
        page = public.get("/en/mailbox/add/")
        words = {name: hidden(page, name) for name in (TOKEN, "form_key")} | {
            "words": "More.",
            "files": files(),
        }
        assert public.post("/en/mailbox/add/", words).status_code == 200
        holder = mailbox.identify(code)
        mailbox.drop(holder=holder, reply_id=mailbox.visit(holder).replies[0].id)
        assert mailbox.visit(holder).replies == ()
        assert mailbox.withdraw(holder=holder)
        assert mailbox.visit(holder).asked_to_withdraw

    kinds = sorted(Item.objects.filter(report=work.report).values_list("kind", flat=True))
    assert {"addition", "file", "withdrawal"} <= set(kinds)
    assert Report.objects.count() == 1


def _routed_and_answered() -> WorkItem:
    with logged_in_as("worker"):
        for item_id in sweep.claim():
            tasks.triage_item(str(item_id))
    officer = make_officer()
    work = WorkItem.objects.get(queue=POLICE)
    with logged_in_as("staff"):
        assert replies.reply(work_item=work, officer=officer, words="Come by tomorrow.", once="1")
    return work


def test_the_worker_routes_cleans_hands_on_shreds_rotates_and_purges(
    settings: Settings, tmp_path: Any
) -> None:
    settings.EVIDENCE_DIR = tmp_path
    subscribe("desk@police.example", kind=POLICE)
    filed = make_receipt(
        answers=IN_DANGER, contact={"phone": "+31 6 12345678"}, account="Call +31 20 1234567."
    )
    holder = mailbox.identify(filed.code)
    with logged_in_as("worker"):
        _work()
        assert WorkItem.objects.filter(report=filed.report_id).exists()
        assert Delivery.objects.count() == 1
    with logged_in_as("public"):
        stored = uploads(("brief.txt", "text/plain", b"words"))
        mailbox.add_words(holder=holder, form_key=b"k" * 32, words="A threat.", language="en", files=stored)
    with logged_in_as("worker"):
        _work()
        assert not Item.objects.untriaged().exists()
    with logged_in_as("public"):
        mailbox.withdraw(holder=holder)
    with logged_in_as("worker"):
        _work()
        assert mailbox.visit(holder).is_removed
        assert not Wrap.objects.exists()
        tasks.sweep_orphan_blobs()
        with time_machine.travel(timezone.now() + retention.REMOVED_SHOWN + timedelta(days=2)):
            tasks.purge()
        assert not Report.objects.exists()
    whole = verify.verify()
    assert whole.head.seq == Audit.objects.count() > 3
    assert not Audit.objects.exclude(entry__contains='"process:worker"').exists()


def _work() -> None:
    """What one tick of beat and its worker do."""
    for item_id in sweep.claim():
        tasks.triage_item(str(item_id))
    waiting = Item.objects.untriaged().values_list("pk", "attempts")
    assert not [attempts for _pk, attempts in waiting if attempts], "a task failed; its log says how"


def test_the_worker_makes_its_own_next_key(own_vault: Path) -> None:
    with logged_in_as("worker"):
        made = intake_rotation.rotate_intake()

    assert made is not None
    assert Key.objects.filter(role=KeyRole.INTAKE, retired=None).get() == made


def test_an_officer_logs_in_reads_answers_decides_and_closes(staff_site: SiteClient) -> None:
    report = make_report(triaged=True, answers=FOR_POLICE, account="At the gate.", contact={"phone": "1"})
    anna = make_officer("anna", Queue.values, is_superuser=True)
    page = page_of(report, POLICE)
    with logged_in_as("staff"):
        assert log_in(staff_site).status_code == 302
        link_phone(staff_site, anna)
        for address in (
            "/",
            "/vault/",
            "/auth/user/",
            "/triage/subscription/",
            page.split("change/")[0],
        ):
            assert staff_site.get(address, follow=True).status_code == 200, address
        assert "At the gate." in staff_site.get(page).content.decode()

        def do(verb: str, **given: str) -> None:
            done = staff_site.post(page.replace("change/", f"do/{verb}/"), given, follow=True)
            assert done.status_code == 200
            assert "messagelist" in done.content.decode()
            assert '<li class="error"' not in done.content.decode(), verb

        do("reply", words="Come by.", once="1")
        do("note", words="Careful.", once="2")
        do("confirm", reason="Yes.")
        do("change_urgency", urgency="immediate", reason="Now.")
        do("add_queue", queue=Queue.OBI_APPROACH, reason="Both.")
        do("close", decision=FollowUp.values[0], reason="Done.")
        invited = staff_site.post("/auth/user/add/", {"username": "vera", "is_active": "on"})
        assert invited.status_code == 200
        subscribed = {"email": "desk@police.example", "kind": POLICE, "language": "nl"}
        assert staff_site.post("/triage/subscription/add/", subscribed).status_code == 302
        assert staff_site.post(f"/vault/{POLICE}/new-key/").status_code == 302
        assert staff_site.post("/password_change/", _new_password()).status_code == 302
        staff_site.post("/logout/")

    report.refresh_from_db()
    assert report.status == "decided"
    assert verify.verify().head.seq == Audit.objects.count() > 8
    assert Key.objects.get(role=POLICE, retired=None).epoch == 1


def _new_password() -> dict[str, str]:
    new = "quite another passphrase"
    return {"old_password": PASSWORD, "new_password1": new, "new_password2": new}


def test_an_officer_removes_a_report_for_good(staff_site: SiteClient) -> None:
    filed = make_receipt(answers=FOR_POLICE)
    with logged_in_as("worker"):
        _work()
    report, officer = Report.objects.get(), make_officer()
    mailbox.withdraw(holder=mailbox.identify(filed.code))
    with logged_in_as("staff"):
        log_in(staff_site, officer.username)
        address = page_of(report, POLICE).replace("change/", "do/remove_after_all/")
        staff_site.post(address, {"reason": "Nothing was handed on."})

    assert not Item.objects.filter(report=report).exclude(kind=ItemKind.DECISION).exists()


def test_the_mail_worker_sums_the_week_and_mails_it(mail_server: MailServer) -> None:
    count_november()
    subscribe("manager@ministry.example")
    subscribe("desk@police.example", kind=POLICE)
    with time_machine.travel("2026-11-12T12:00:00+00:00"):
        make_report(triaged=True, answers=IN_DANGER)
    with logged_in_as("mail"), time_machine.travel(W46_IS_DUE):
        send_due_summaries()
        send_due_alerts()
        send_due_summaries()

    assert sorted(mail_server.recipients()) == ["desk@police.example", "manager@ministry.example"]
    assert WeekSums.objects.filter(week="2026-W46").count() == 4
