"""Whatever is written on the staff site leaves an audit entry in the same transaction, with no secret in it.

The rows of the admin and the pages are looked up in the running site, so that a new one without an entry
here, and so without a proof, fails.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from reports import audit
from reports.choices import Queue
from reports.models import Audit, ItemKind, Key
from reports.vault.keyring import Keyring
from tests.cast import LISTS, link_phone, log_in
from tests.evidence_files import report_with
from tests.factories import PASSWORD, make_officer, make_report
from triage.models import Subscription
from triage.officers import invitations
from triage.staff.audited_admin import AuditedAdmin
from triage.worker import file as file_work

pytestmark = pytest.mark.django_db

ADDRESS, OTHER = "desk@example.nl", "new-desk@example.nl"
QUEUE = Queue.FOLLOW_UP


@dataclass(frozen=True)
class Form:
    """What an administrator fills in to make a row and to change it, and what the entry says of that."""

    made: dict[str, str]
    changed: dict[str, str]
    fields: list[str]
    facts: dict[str, Any]
    secret: str


ROWS: dict[Any, Form] = {
    Subscription: Form(
        made={"email": ADDRESS, "kind": "summary", "language": "nl"},
        changed={"email": OTHER, "kind": "follow_up", "language": "nl"},
        fields=["email", "kind"],
        facts={"kind": "follow_up"},
        secret="example.nl",
    ),
    User: Form(
        made={"username": "vera", "is_active": "on"},
        changed={"username": "vera", "first_name": "Vera", "is_superuser": "on"},
        fields=["first_name", "is_active", "is_superuser"],
        facts={"state": "closed", "kind": "administrator"},
        secret="Vera",
    ),
}
"""Every row that somebody can write in the admin."""


def new_entries(since: int) -> list[dict[str, Any]]:
    return [json.loads(row.entry) for row in Audit.objects.filter(seq__gt=since).order_by("seq")]


def verbs_of(act: Callable[[], Any]) -> list[tuple[str, str]]:
    """(actor, verb) of what `act` puts on record."""
    before = audit.head().seq
    act()
    return [(entry["actor"], entry["verb"]) for entry in new_entries(before)]


def address(model: Any, end: str = "") -> str:
    return f"/{model._meta.app_label}/{model._meta.model_name}/{end}"


def chosen(*rows: Any) -> dict[str, Any]:
    """The bulk action of a list, confirmed."""
    return {"action": "delete_selected", "_selected_action": [row.pk for row in rows], "post": "yes"}


@pytest.fixture
def root(staff_site: Any) -> Any:
    officer = make_officer("root", [], is_superuser=True)
    log_in(staff_site, "root")
    return officer


# --- Rows of the admin ----------------------------------------------------------------------------


def may_write(model_admin: Any) -> bool:
    request = RequestFactory().get("/")
    request.user = User(username="root", is_superuser=True, is_active=True, is_staff=True)
    request._queues = frozenset(Queue.values)  # type: ignore[attr-defined]
    return any(
        allows(request)
        for allows in (
            model_admin.has_add_permission,
            model_admin.has_change_permission,
            model_admin.has_delete_permission,
        )
    )


def test_every_row_that_can_be_written_is_tried_here() -> None:
    assert {model for model, model_admin in admin.site._registry.items() if may_write(model_admin)} == set(
        ROWS
    )


@pytest.mark.parametrize("model_admin", admin.site._registry.values(), ids=str)
def test_no_admin_has_a_way_of_writing_past_the_record(model_admin: Any) -> None:
    assert isinstance(model_admin, AuditedAdmin)
    assert not model_admin.inlines, "the rows of an inline are saved without save_model"
    assert set(model_admin.actions or ()) | {"delete_selected"} == {"delete_selected"}
    assert not (set(vars(type(model_admin))) & {"save_related", "save_formset", "delete_queryset"})


@pytest.mark.parametrize("model", ROWS)
def test_making_and_changing_a_row_names_row_and_fields_and_no_value(
    staff_site: Any, root: Any, model: Any
) -> None:
    form, before = ROWS[model], audit.head().seq

    staff_site.post(address(model, "add/"), form.made)
    row = model.objects.latest("pk")
    staff_site.post(address(model, f"{row.pk}/change/"), form.changed)

    entries = [entry for entry in new_entries(before) if entry["verb"] in {"add_row", "change_row"}]
    assert [(entry["verb"], entry["actor"]) for entry in entries] == [
        ("add_row", "root"),
        ("change_row", "root"),
    ]
    assert {entry["subject"] for entry in entries} == {f"{model._meta.model_name}:{row.pk}"}
    assert entries[1]["fields"] == form.fields
    assert entries[1].items() >= form.facts.items()
    assert form.secret not in json.dumps(entries)


def test_saving_a_row_as_it_was_is_on_record_without_fields(staff_site: Any, root: Any) -> None:
    row = Subscription.objects.create(email=ADDRESS, kind="summary")
    before = audit.head().seq

    staff_site.post(address(Subscription, f"{row.pk}/change/"), ROWS[Subscription].made)

    [entry] = new_entries(before)
    assert (entry["verb"], "fields" in entry) == ("change_row", False)


def test_a_deleted_subscription_is_on_record(staff_site: Any, root: Any) -> None:
    row = Subscription.objects.create(email=ADDRESS, kind="follow_up")
    before, pk = audit.head().seq, row.pk

    staff_site.post(address(Subscription, f"{pk}/delete/"), {"post": "yes"})

    assert not Subscription.objects.exists()
    [entry] = new_entries(before)
    assert (entry["verb"], entry["subject"]) == ("delete_row", f"subscription:{pk}")
    assert (entry["actor"], entry["kind"]) == ("root", "follow_up")
    assert "example.nl" not in json.dumps(entry)


def test_each_row_of_a_bulk_deletion_is_on_record(staff_site: Any, root: Any) -> None:
    rows = [Subscription.objects.create(email=ADDRESS, kind=kind) for kind in ("summary", QUEUE)]
    before, subjects = audit.head().seq, {f"subscription:{row.pk}" for row in rows}

    staff_site.post(address(Subscription), chosen(*rows))

    assert not Subscription.objects.exists()
    entries = new_entries(before)
    assert {entry["subject"] for entry in entries} == subjects
    assert [entry["verb"] for entry in entries] == ["delete_row", "delete_row"]


def test_a_row_changed_in_the_list_is_on_record(
    staff_site: Any, root: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No list can be edited today; the base class records it all the same."""
    monkeypatch.setattr(admin.site._registry[Subscription], "list_editable", ("language",))
    row = Subscription.objects.create(email=ADDRESS, kind="summary", language="nl")
    before = audit.head().seq

    counts = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1"}
    staff_site.post(
        address(Subscription), {**counts, "form-0-id": row.pk, "form-0-language": "en", "_save": "x"}
    )

    row.refresh_from_db()
    assert row.language == "en"
    [entry] = new_entries(before)
    assert (entry["verb"], entry["fields"]) == ("change_row", ["language"])


@pytest.mark.parametrize("way", ["add", "change", "delete", "bulk"])
def test_what_cannot_be_put_on_record_is_not_written(staff_site: Any, way: str) -> None:
    """The audit chain refuses this user name, at the last step: all of it is undone."""
    nameless = User.objects.create_user("ro ot", is_staff=True, is_superuser=True)
    staff_site.force_login(nameless)
    row = Subscription.objects.create(email=ADDRESS, kind="summary")
    ends: dict[str, tuple[str, dict[str, Any]]] = {
        "add": ("add/", {**ROWS[Subscription].made, "email": OTHER}),
        "change": (f"{row.pk}/change/", ROWS[Subscription].changed),
        "delete": (f"{row.pk}/delete/", {"post": "yes"}),
        "bulk": ("", chosen(row)),
    }
    end, data = ends[way]

    with pytest.raises(audit.NotAllowed):
        staff_site.post(address(Subscription, end), data)

    assert list(Subscription.objects.values_list("email", "kind")) == [(ADDRESS, "summary")]


def test_nobody_but_an_administrator_s_right_reaches_the_recipients(staff_site: Any) -> None:
    make_officer("anna", [QUEUE])
    log_in(staff_site)

    assert staff_site.post(address(Subscription, "add/"), ROWS[Subscription].made).status_code == 403
    assert not Subscription.objects.exists()


# --- Pages ----------------------------------------------------------------------------------------

READ_ONLY = {
    "index",
    "app_list",
    "autocomplete",
    "jsi18n",
    "view_on_site",
    "password_change_done",
    "logout",  # ends the session and stores nothing
    "set_language",  # a cookie
    "vault",
    "rules_try",
    "rules_preview",
    "rules_agreement",
    "healthz",
    "<path:object_id>/",  # leads to the page of the row
}
OF_A_ROW = {"changelist", "add", "change", "delete", "history"}  # see above
ONE_OF_THREE = "policereferral", "obiapproach", "followupitem"


class Desk:
    """A member of a queue, who is an administrator as well, and a colleague."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self.anna = make_officer("anna", [QUEUE], is_superuser=True)
        self.vera = make_officer("vera", [])
        log_in(site)

    @property
    def kid(self) -> str:
        return Key.objects.get(user=self.vera, retired=None).kid


def password_change(desk: Desk) -> None:
    new = "quite another passphrase"
    desk.site.post(
        "/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )


def invitation(desk: Desk) -> None:
    token = invitations.invite(user=desk.vera, by=desk.anna)
    Client().post(f"/invitation/{token}/", {"new_password1": PASSWORD, "new_password2": PASSWORD})


def second_factor(desk: Desk) -> None:
    link_phone(desk.site, desk.anna)
    desk.site.post("/second-factor/", {"new_codes": ""})


def act(desk: Desk) -> None:
    work_item = make_report(triaged=True).work_items.get()
    desk.site.post(f"{LISTS[QUEUE]}{work_item.pk}/do/confirm/", {})


def evidence(desk: Desk) -> None:
    report = report_with(("a.txt", "text/plain", b"words"))
    item = report.items.get(kind=ItemKind.FILE)
    assert file_work.give_up(item, Keyring.of_worker())
    place = f"{LISTS[QUEUE]}{report.work_items.get().pk}/evidence/{item.pk}/"
    assert desk.site.post(place, {"reason": "x"}).status_code == 200


def move(desk: Desk) -> None:
    make_report(triaged=True)
    desk.site.post(f"/vault/{QUEUE}/new-key/")
    desk.site.post(f"/vault/{QUEUE}/move/")


WRITES: dict[str, tuple[Callable[[Desk], Any], list[str]]] = {
    "login": (lambda desk: log_in(Client()), ["log_in"]),
    "password_change": (password_change, ["change_password"]),
    "invitation": (invitation, ["invite", "accept_invitation"]),
    "second_factor": (second_factor, ["link_phone", "make_recovery_codes", "make_recovery_codes"]),
    "officer_invite": (lambda desk: desk.site.post(f"/auth/user/{desk.vera.pk}/invite/"), ["invite"]),
    "officer_phone": (lambda desk: desk.site.post(f"/auth/user/{desk.vera.pk}/phone/"), ["take_phone"]),
    "vault_admit": (
        lambda desk: desk.site.post(f"/vault/{QUEUE}/admit/{desk.kid}/", {"compared": "on"}),
        ["admit"],
    ),
    "vault_expel": (
        lambda desk: [
            desk.site.post(f"/vault/{QUEUE}/admit/{desk.kid}/", {"compared": "on"}),
            desk.site.post(f"/vault/{QUEUE}/expel/{desk.kid}/"),
        ],
        ["admit", "make_key", "expel"],
    ),
    "vault_new-key": (lambda desk: desk.site.post(f"/vault/{QUEUE}/new-key/"), ["make_key"]),
    "vault_move": (move, ["route", "make_key", "move_to_new_key"]),
    "act": (act, ["route", "confirm"]),
    "evidence": (evidence, ["route", "hand_on_file", "open_original", "download"]),
}
"""Every page of its own that writes, and the verbs that it leaves, in order."""


def names_of(patterns: Any) -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names_of(each.url_patterns)
        elif isinstance(each, URLPattern):
            yield each.name or str(each.pattern)


def test_every_page_of_the_site_is_sorted_here(staff_site: Any) -> None:
    rows = {
        f"{model._meta.app_label}_{model._meta.model_name}_{end}"
        for model in admin.site._registry
        for end in OF_A_ROW
    }
    queues = {f"triage_{name}_{end}" for name in ONE_OF_THREE for end in ("act", "evidence")}
    own = WRITES.keys() - {"act", "evidence"}

    assert set(names_of(get_resolver().url_patterns)) == READ_ONLY | own | rows | queues


@pytest.mark.parametrize("page", WRITES)
def test_a_page_that_writes_leaves_its_entries(staff_site: Any, page: str) -> None:
    desk = Desk(staff_site)
    write, verbs = WRITES[page]

    found = [verb for _actor, verb in verbs_of(lambda: write(desk))]

    assert found == verbs


@pytest.mark.parametrize(
    "page", sorted(READ_ONLY & {"vault", "rules_try", "rules_preview", "rules_agreement"})
)
def test_a_page_that_only_reads_leaves_none(staff_site: Any, page: str) -> None:
    Desk(staff_site)
    place = f"/{page.replace('_', '/')}/"

    assert verbs_of(lambda: staff_site.post(place, {"account": "x", "rules": "x"})) == []


def test_a_password_change_that_makes_a_new_key_names_it(staff_site: Any) -> None:
    """The slot no longer opens: somebody removed it while the officer was signed in."""
    desk = Desk(staff_site)
    Key.objects.get(user=desk.anna, retired=None).slots.all().delete()
    before = audit.head().seq

    password_change(desk)

    entries = {entry["verb"]: entry for entry in new_entries(before)}
    assert entries["make_member_key"]["key"] == Key.objects.get(user=desk.anna, retired=None).kid
    assert "change_password" in entries


def test_the_read_of_a_report_is_on_record(staff_site: Any) -> None:
    Desk(staff_site)
    work_item = make_report(triaged=True).work_items.get()

    opened = verbs_of(lambda: staff_site.get(f"{LISTS[QUEUE]}{work_item.pk}/change/"))

    assert opened == [("anna", "read")]


@pytest.mark.parametrize("fields", [[ADDRESS], ["Vera"], [], "email", [["email"]]])
def test_only_names_of_fields_may_stand_in_an_entry(fields: Any) -> None:
    with pytest.raises(audit.NotAllowed):
        audit.record(actor=audit.CONSOLE, verb="change_row", fields=fields)
