"""What is done to keys and accounts is in the audit chain: who, what, to which key, and never a secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from reports.audit import verify
from reports.choices import Queue
from reports.models import Key
from reports.models.audit import Audit
from tests.cast import link_phone, log_in
from tests.factories import PASSWORD, make_officer

pytestmark = pytest.mark.django_db

QUEUE = Queue.FOLLOW_UP


def entries(verb: str) -> list[dict[str, Any]]:
    every = [json.loads(text) for text in Audit.objects.order_by("seq").values_list("entry", flat=True)]
    return [entry for entry in every if entry["verb"] == verb]


def test_admitting_expelling_and_new_keys_name_who_did_it_to_which_key(staff_site: Any) -> None:
    anna, boris = make_officer("anna", [QUEUE]), make_officer("boris", [])
    holder = Key.objects.get(user=boris).kid
    log_in(staff_site)

    staff_site.post(f"/vault/{QUEUE}/admit/{holder}/", {"compared": "on"})
    staff_site.post(f"/vault/{QUEUE}/expel/{holder}/")
    staff_site.post(f"/vault/{QUEUE}/new-key/")

    for verb in ("admit", "expel"):
        [entry] = entries(verb)
        assert (entry["actor"], entry["queue"], entry["holder"]) == (anna.username, QUEUE, holder)
    assert [(entry["actor"], entry["epoch"]) for entry in entries("make_key")] == [("anna", 1), ("anna", 2)]
    verify.verify()  # raises when the chain does not hold


def test_the_console_and_the_worker_stand_there_too(staff_site: Any) -> None:
    make_officer("anna", [])

    call_command("vault_admit", QUEUE, "anna", verbosity=0)

    [entry] = entries("admit")
    assert entry["actor"] == "process:console"


def test_what_was_refused_leaves_no_entry(staff_site: Any) -> None:
    boris = make_officer("boris", [])
    make_officer("anna", [QUEUE])
    log_in(staff_site)

    staff_site.post(f"/vault/{QUEUE}/admit/{Key.objects.get(user=boris).kid}/", {})
    log_in(Client(), password="not it")

    assert entries("admit") == []
    assert len(entries("log_in")) == 1


def test_an_officer_s_way_in_is_on_record_without_a_secret(staff_site: Any) -> None:
    root = make_officer("root", [], is_superuser=True)
    log_in(staff_site, "root")
    page = staff_site.post("/auth/user/add/", {"username": "vera", "is_active": "on"})
    link = page.context["link"].removeprefix("http://127.0.0.1:8001")
    browser = Client()
    browser.post(link, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    vera = page.context["officer"]
    codes = link_phone(browser, vera)
    staff_site.post(f"/auth/user/{vera.pk}/phone/")

    kid = Key.objects.get(user=vera).kid
    assert entries("invite")[0]["subject"] == f"user:{vera.pk}"
    assert [(entry["actor"], entry["key"]) for entry in entries("accept_invitation")] == [("vera", kid)]
    assert [entry["actor"] for entry in entries("link_phone")] == ["vera"]
    assert [entry["actor"] for entry in entries("take_phone")] == [root.username]
    chain = "".join(Audit.objects.values_list("entry", flat=True))
    for secret in (link.split("/")[2], PASSWORD, *codes):
        assert secret not in chain
