"""People make people members of a queue: the first at the console, the others by each other in the admin."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client

from reports.choices import Queue
from reports.models import Grant, Item, Key, Wrap
from reports.sealing import core, recovery_sheet
from reports.vault import bundle, members
from reports.vault.keyring import Keyring
from tests.cast import log_in, page_of, text_of
from tests.factories import FOR_FOLLOW_UP, FOR_OBI, PASSWORD, make_officer, make_report, queue_key

pytestmark = pytest.mark.django_db

WORDS = "They waited at the gate"
QUEUE = Queue.FOLLOW_UP


def key_of(user: Any) -> Key:
    return Key.objects.get(user=user, retired=None)


def report() -> Any:
    return make_report(triaged=True, answers=FOR_FOLLOW_UP, account=WORDS)


def console(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=out)
    return out.getvalue()


def browser_of(user: Any) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    assert log_in(client, user.username).status_code == 302
    return client


def admit(client: Any, user: Any, queue: Queue = QUEUE, **data: str) -> Any:
    return client.post(f"/vault/{queue}/admit/{key_of(user).kid}/", data or {"compared": "on"})


def expel(client: Any, user: Any, queue: Queue = QUEUE) -> Any:
    return client.post(f"/vault/{queue}/expel/{key_of(user).kid}/")


def everything_that_opens(user: Any) -> set[str]:
    """What the user reads with a copy of the whole database and their passphrase, every wrap tried."""
    pair = members.unlock(user=user, passphrase=PASSWORD)
    assert pair is not None
    ring = Keyring.of_holder(pair)
    opened = set()
    for wrap in Wrap.objects.filter(to__in=ring.kids).select_related("item"):
        content = wrap.item.read(ring.pair(wrap.to).unwrap(wrap.blob, wrap.item.context))
        opened.add(str(content.get("account", wrap.item.kind)))
    return opened


# --- the first member, at the console ------------------------------------------------------


def test_the_recovery_key_admits_the_first_member_at_the_console(staff_site: Any) -> None:
    old = report()
    anna = make_officer("anna", [])

    said = console("vault_admit", QUEUE, "anna")

    assert members.digits(key_of(anna).kid) in said
    assert WORDS in text_of(browser_of(anna).get(page_of(old, QUEUE)))
    grant = Grant.objects.get(holder__user=anna)
    assert grant.granted_by is None
    assert grant.is_genuine


def test_without_its_file_the_console_reads_the_sheet(
    monkeypatch: pytest.MonkeyPatch, settings: Any, outside_the_trial: None
) -> None:
    user = make_officer("anna", [])
    sheet = recovery_sheet.write(bundle.recovery().pair)
    (settings.VAULT_DIR / "recovery" / "bundle.json").unlink()
    monkeypatch.setattr("sys.stdin", io.StringIO(sheet))

    assert "is now a member" in console("vault_admit", QUEUE, "anna")
    assert members.queues_of(user) == {QUEUE}


@pytest.mark.parametrize("username", ["nobody", "closed", "keyless"])
def test_the_console_admits_only_an_active_officer_with_a_key(username: str) -> None:
    make_officer("closed", [], is_active=False)
    get_user_model().objects.create_user("keyless", is_staff=True)

    with pytest.raises(CommandError, match=username):
        console("vault_admit", QUEUE, username)
    assert not Grant.objects.filter(holder__user__isnull=False).exists()


def test_a_swapped_member_key_is_not_admitted_at_the_console() -> None:
    anna = make_officer("anna", [])
    Key.objects.filter(user=anna).update(public=core.KeyPair.generate().public)

    with pytest.raises(CommandError, match="INTEGRITY"):
        console("vault_admit", QUEUE, "anna")


# --- members admit each other -----------------------------------------------------------------


def test_a_member_admits_a_colleague_after_comparing_the_digits(staff_site: Any) -> None:
    anna, boris = make_officer("anna", [QUEUE]), make_officer("boris", [])
    old = report()
    of_anna, of_boris = browser_of(anna), browser_of(boris)
    digits = members.digits(key_of(boris).kid)
    assert of_boris.get(page_of(old, QUEUE)).status_code == 403
    assert digits in text_of(of_boris.get("/"))
    assert digits in text_of(of_anna.get(f"/vault/{QUEUE}/admit/{key_of(boris).kid}/"))

    assert admit(of_anna, boris, compared="").status_code == 422, "the digits were not compared"
    assert not members.queues_of(boris)
    assert admit(of_anna, boris).status_code == 302

    assert WORDS in text_of(of_boris.get(page_of(old, QUEUE)))
    page = text_of(of_anna.get("/vault/"))
    assert "boris" in page
    assert Grant.objects.get(holder__user=boris).granted_by == anna


def test_nobody_admits_to_a_queue_they_are_not_a_member_of(staff_site: Any) -> None:
    root = make_officer("root", [], is_superuser=True)
    anna, boris = make_officer("anna", [Queue.OBI_APPROACH]), make_officer("boris", [])

    for officer in (root, anna):
        assert admit(browser_of(officer), boris).status_code == 403
    assert admit(browser_of(root), root).status_code == 403
    assert not Grant.objects.filter(holder__user=boris).exists()


def test_a_member_whose_key_is_locked_admits_nobody(staff_site: Any, settings: Any) -> None:
    anna, boris = make_officer("anna", [QUEUE]), make_officer("boris", [])
    client = browser_of(anna)
    del client.cookies[settings.KEYRING_COOKIE_NAME]

    page = client.post(f"/vault/{QUEUE}/admit/{key_of(boris).kid}/", {"compared": "on"}, follow=True)

    assert "Your keys do not open this queue" in text_of(page)
    assert not Grant.objects.filter(holder__user=boris).exists()


def test_a_key_put_in_the_place_of_the_newcomer_s_is_not_admitted(staff_site: Any) -> None:
    anna, boris = make_officer("anna", [QUEUE]), make_officer("boris", [])
    Key.objects.filter(user=boris).update(public=core.KeyPair.generate().public)

    page = browser_of(anna).post(
        f"/vault/{QUEUE}/admit/{key_of(boris).kid}/", {"compared": "on"}, follow=True
    )

    assert "Integrity alarm" in text_of(page)
    assert not Grant.objects.filter(holder__user=boris).exists()


def test_a_planted_grant_shows_the_list_and_no_word_and_raises_an_alarm(staff_site: Any) -> None:
    anna, thief = make_officer("anna", [QUEUE]), make_officer("thief", [])
    old = report()
    of_anna = Grant.objects.get(holder__user=anna)
    Grant.objects.create(
        queue_key=of_anna.queue_key, holder=key_of(thief), blob=of_anna.blob, signature=of_anna.signature
    )

    assert WORDS not in text_of(browser_of(thief).get(page_of(old, QUEUE)))
    assert "no member admitted this key" in text_of(browser_of(anna).get("/vault/"))
    with pytest.raises(CommandError, match=QUEUE):
        console("vault_status")


# --- and expel -----------------------------------------------------------------------------------


def test_after_expelling_the_colleague_opens_neither_what_was_there_nor_what_comes(staff_site: Any) -> None:
    anna, boris = make_officer("anna", [QUEUE]), make_officer("boris", [QUEUE])
    before = report()
    assert WORDS in everything_that_opens(boris)
    of_boris = browser_of(boris)

    page = browser_of(anna).post(f"/vault/{QUEUE}/expel/{key_of(boris).kid}/", follow=True)
    after = make_report(triaged=True, answers=FOR_FOLLOW_UP, account="something new")

    assert "The membership of boris has ended" in text_of(page)
    for each in (before, after):
        assert of_boris.get(page_of(each, QUEUE)).status_code == 403
    assert everything_that_opens(boris) == set()
    assert everything_that_opens(anna) >= {WORDS, "something new"}
    # Not even with the old queue key, had he kept a copy of it.
    assert not Wrap.objects.filter(to=Key.objects.get(role=QUEUE, epoch=0).kid).exists()


def test_the_others_keep_their_membership_its_day_and_who_admitted_them(staff_site: Any) -> None:
    anna, boris, vera = (make_officer(name, [QUEUE]) for name in ("anna", "boris", "vera"))
    Grant.objects.filter(holder__user=vera).update(granted_by=boris, day="2026-01-02")

    expel(browser_of(anna), boris)

    [fresh] = Grant.objects.filter(holder__user=vera, queue_key=queue_key(QUEUE))
    assert (fresh.granted_by, str(fresh.day)) == (boris, "2026-01-02")
    assert queue_key(QUEUE).epoch == 1
    assert queue_key(Queue.OBI_APPROACH).epoch == 0, "another queue is left alone"
    recovered = Keyring.of_holder(bundle.recovery().pair)
    assert queue_key(QUEUE).kid in recovered.kids


def test_nobody_expels_themselves_and_only_members_expel(staff_site: Any) -> None:
    anna, boris = make_officer("anna", [QUEUE]), make_officer("boris", [])
    client = browser_of(anna)

    page = client.post(f"/vault/{QUEUE}/expel/{key_of(anna).kid}/", follow=True)

    assert "a colleague does it" in text_of(page)
    assert expel(browser_of(boris), anna).status_code == 403
    assert members.queues_of(anna) == {QUEUE}
    assert queue_key(QUEUE).epoch == 0


def test_asking_alone_changes_nothing(staff_site: Any) -> None:
    anna, boris = make_officer("anna", [QUEUE]), make_officer("boris", [QUEUE])
    client = browser_of(anna)

    for verb in (f"expel/{key_of(boris).kid}", "new-key", "move"):
        assert client.get(f"/vault/{QUEUE}/{verb}/").status_code == 200
    assert members.queues_of(boris) == {QUEUE}
    assert queue_key(QUEUE).epoch == 0
    assert client.get("/vault/nonsense/new-key/").status_code == 404
    assert client.get(f"/vault/{QUEUE}/admit/{'0' * 32}/").status_code == 404


def test_who_was_expelled_can_be_admitted_again(staff_site: Any) -> None:
    anna, boris = make_officer("anna", [QUEUE]), make_officer("boris", [QUEUE])
    old, client = report(), browser_of(anna)
    expel(client, boris)

    assert admit(client, boris).status_code == 302

    assert WORDS in text_of(browser_of(boris).get(page_of(old, QUEUE)))


# --- who holds what -------------------------------------------------------------------------------


def test_a_queue_without_members_is_an_alarm_on_the_start_page_and_at_the_console(staff_site: Any) -> None:
    anna = make_officer("anna", [Queue.POLICE_REFERRAL, Queue.OBI_APPROACH])

    assert "Nobody has the key of Follow-up" in text_of(browser_of(anna).get("/"))
    with pytest.raises(CommandError, match="follow_up"):
        console("vault_status")

    console("vault_admit", QUEUE, "anna")
    assert "Nobody has the key of" not in text_of(browser_of(anna).get("/"))
    assert "anna" in console("vault_status")


def test_a_closed_account_does_not_count_as_a_member(staff_site: Any) -> None:
    make_officer("closed", is_active=False)
    anna = make_officer("anna", [])

    assert "Nobody has the key of" in text_of(browser_of(anna).get("/"))
    with pytest.raises(CommandError, match="follow_up"):
        console("vault_status")


def test_a_planted_queue_key_is_an_alarm_and_nothing_goes_to_it(staff_site: Any) -> None:
    anna, boris = make_officer("anna"), make_officer("boris", [])
    thief = core.KeyPair.generate()
    Key.objects.create(kid=thief.kid, role=QUEUE, epoch=1, public=thief.public)
    client = browser_of(anna)

    assert "Integrity alarm" in text_of(client.get("/vault/"))
    admit(client, boris)
    client.post(f"/vault/{QUEUE}/new-key/")
    assert not members.queues_of(boris)
    assert not Key.objects.filter(role=QUEUE, epoch=2).exists()
    with pytest.raises(CommandError, match="follow_up"):
        console("vault_status")


def test_a_member_of_one_queue_opens_nothing_of_another_with_the_database_in_hand(staff_site: Any) -> None:
    make_report(triaged=True, answers=FOR_OBI, account="for the coordinators")
    report()
    anna = make_officer("anna", [QUEUE])

    assert "for the coordinators" not in everything_that_opens(anna)
    assert WORDS in everything_that_opens(anna)
    assert Item.objects.filter(kind="report").count() == 2
