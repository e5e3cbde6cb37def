"""The page "Keys and members": who holds which queue, and the verbs with which members change it.

Only an unlocked member's ring can admit, expel or make a new key; being an
administrator gives no such right (docs/decisions.md 18).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reports import audit
from reports.choices import Queue
from reports.models import Grant, Item, Key, KeyRole
from reports.sealing import core
from reports.vault import members, queue_state, queue_succession
from reports.vault.keyring import CannotOpen, Keyring
from reports.vault.keys import Untrusted
from triage.choices import OPEN_STATES
from triage.officers.access import officer_of
from triage.officers.unlock import keyring_of, member_of


class _AdmitForm(forms.Form):
    compared = forms.BooleanField(
        label=gettext_lazy("The officer read these digits to me, and they are the same."),
        error_messages={"required": gettext_lazy("Let the officer read the digits to you first.")},
    )


@dataclass(frozen=True)
class KeyVerb:
    """A verb on a queue's membership, and what its page asks before it is done."""

    title: str | Promise
    button: str | Promise
    do: Callable[[HttpRequest, Queue, Key | None], str]
    form: type[forms.Form] = forms.Form


def urls(site: AdminSite) -> list[URLPattern]:
    """The pages, for the site to take in."""
    pages = [path("vault/", site.admin_view(partial(_state, site=site)), name="vault")]
    for verb in KEY_VERBS:
        key = "<str:kid>/" if verb in {"admit", "expel"} else ""
        view = site.admin_view(partial(_change, site=site, verb=verb))
        pages.append(path(f"vault/<str:queue>/{verb}/{key}", view, name=f"vault_{verb}"))
    return pages


def _state(request: HttpRequest, site: AdminSite) -> HttpResponse:
    own = members.key_of(officer_of(request))
    ring = keyring_of(request)
    waiting = Key.objects.filter(role=KeyRole.MEMBER, retired=None, user__is_active=True)
    waiting = waiting.select_related("user").order_by("user__username")
    queues = []
    for queue in Queue:
        state = queue_state.state_of(queue)
        inside = {member.kid for member in state.members}
        queues.append(
            {
                "state": state,
                "held": state.key is not None and state.key.kid in ring.kids,
                "outside": [key for key in waiting if key.kid not in inside],
            }
        )
    context = {
        **site.each_context(request),
        "title": _("Keys and members"),
        "queues": queues,
        "locked": member_of(request) is None,
        "own": own,
        "digits": members.digits(own.kid) if own else "",
    }
    return TemplateResponse(request, "triage/vault.html", context)


def _change(
    request: HttpRequest, site: AdminSite, verb: str, queue: str, kid: str | None = None
) -> HttpResponse:
    """Asks, then does one verb and goes back to "Keys and members"."""
    if queue not in Queue.values:
        raise Http404
    member = _member(kid) if kid else None
    change, chosen = KEY_VERBS[verb], Queue(queue)
    if request.method not in {"GET", "POST"}:
        return HttpResponseNotAllowed(["GET", "POST"])
    if queue not in members.queues_of(officer_of(request)):
        raise PermissionDenied
    form = change.form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            messages.success(request, change.do(request, chosen, member))
        except CannotOpen:
            messages.error(request, _("Your keys do not open this queue. Log out and in again."))
        except (core.Broken, Untrusted):
            messages.error(request, _("Integrity alarm: a key or a grant was altered. Tell the coordinator."))
        except queue_succession.OwnMembership:
            messages.error(request, _("Nobody ends their own membership: a colleague does it."))
        return HttpResponseRedirect(reverse("admin:vault"))
    context = {
        **site.each_context(request),
        "title": change.title,
        "change": change,
        "verb": verb,
        "queue": chosen,
        "member": member,
        "digits": members.digits(member.kid) if member else "",
        "form": form,
        "behind": queue_succession.behind(queue).count(),
    }
    return TemplateResponse(request, "triage/vault_change.html", context, status=422 if form.errors else 200)


def _member(kid: str) -> Key:
    key = Key.objects.filter(pk=kid, role=KeyRole.MEMBER, retired=None).select_related("user").first()
    if key is None:
        raise Http404
    return key


def _admit(request: HttpRequest, queue: Queue, member: Key | None) -> str:
    assert member is not None and member.user is not None  # noqa: S101 (the address has it)
    members.admit_to(ring=keyring_of(request), queue=queue, member=member, by=officer_of(request))
    return _("From now on %(name)s is a member of %(queue)s.") % {
        "name": member.user.get_username(),
        "queue": queue.label,
    }


def _expel(request: HttpRequest, queue: Queue, member: Key | None) -> str:
    assert member is not None and member.user is not None  # noqa: S101
    if not Grant.objects.filter(holder=member, queue_key__role=queue).exists():
        return _("This officer was not a member.")
    ring = keyring_of(request)
    queue_succession.expel(queue=queue, member=member, ring=ring, by=officer_of(request))
    return " ".join(
        [
            _("The membership of %(name)s has ended; %(queue)s has a new key.")
            % {"name": member.user.get_username(), "queue": queue.label},
            _moved(queue, ring),
        ]
    )


def _new_key(request: HttpRequest, queue: Queue, member: Key | None) -> str:
    ring = keyring_of(request)
    queue_succession.new_epoch(queue=queue, ring=ring, by=officer_of(request))
    return " ".join([_("%(queue)s has a new key.") % {"queue": queue.label}, _moved(queue, ring)])


def _move(request: HttpRequest, queue: Queue, member: Key | None) -> str:
    with transaction.atomic():
        moved = queue_succession.move(
            queue=queue, ring=keyring_of(request), items=queue_succession.behind(queue)
        )
        audit.record(actor=officer_of(request), verb="move_to_new_key", queue=queue, count=moved)
    return _told(moved, queue_succession.behind(queue).count())


def _moved(queue: Queue, ring: Keyring) -> str:
    """Moves what is being worked on at once; the rest follows when it is opened."""
    open_items = Item.objects.filter(
        report__work_items__queue=queue, report__work_items__state__in=OPEN_STATES
    )
    moved = queue_succession.move(queue=queue, ring=ring, items=open_items)
    return _told(moved, queue_succession.behind(queue).count())


def _told(moved: int, left: int) -> str:
    told = ngettext("%(moved)d part moved to the new key.", "%(moved)d parts moved to the new key.", moved)
    rest = ngettext("%(left)d opens with an earlier one.", "%(left)d open with an earlier one.", left)
    return told % {"moved": moved} + (" " + rest % {"left": left} if left else "")


KEY_VERBS: dict[str, KeyVerb] = {
    "admit": KeyVerb(gettext_lazy("Admit a member"), gettext_lazy("Admit"), _admit, _AdmitForm),
    "expel": KeyVerb(gettext_lazy("End a membership"), gettext_lazy("End the membership"), _expel),
    "new-key": KeyVerb(gettext_lazy("Make a new key"), gettext_lazy("Make a new key"), _new_key),
    "move": KeyVerb(gettext_lazy("Move to the new key"), gettext_lazy("Move"), _move),
}
