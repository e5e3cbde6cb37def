"""The page of one work item: shown with the officer's keys, every verb done from here, files handed out."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from reports.choices import Queue
from reports.vault import queue_succession
from reports.vault.keyring import CannotOpen, Keyring
from reports.vault.keys import Untrusted
from triage.casework import links
from triage.casework.decisions import record_look
from triage.casework.verbs import VERBS, form_of, offers
from triage.models import OF_QUEUE, WorkItem
from triage.officers.access import officer_of, queues_of
from triage.officers.unlock import keyring_of, member_of
from triage.staff import evidence_page, report_content
from triage.work.items import NotNow


@sensitive_variables()
def show(
    request: HttpRequest,
    work_item: WorkItem,
    site: AdminSite,
    *,
    refused: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page. `refused`: the form that was sent and has errors, by the name of its verb."""
    ring, queues = keyring_of(request), queues_of(request)
    queue = Queue(work_item.queue)
    listed = OF_QUEUE[queue]._meta
    page = report_content.opened(work_item, ring)
    if page.account is not None:
        record_look(work_item=work_item, officer=officer_of(request))
        _move_to_new_key(work_item, ring, queues)
    linked = links.of(work_item.report, page.selectors or [], queues)
    context = {
        **site.each_context(request),
        "title": work_item.report.reference,
        "opts": listed,
        "work_item": work_item,
        "others": work_item.report.work_items.exclude(pk=work_item.pk),
        "page": page,
        "locked": member_of(request) is None,
        "offers": offers(work_item, refused or {}),
        "opened_form": next(iter(refused or {}), ""),
        "links": linked,
        "may_reveal": any(link.hidden for link in linked) and links.may_reveal(officer_of(request), queue),
        "evidence": evidence_page.opened(work_item, ring, page.files),
        "evidence_url": f"admin:triage_{listed.model_name}_evidence",
        "act_url": f"admin:triage_{listed.model_name}_act",
    }
    return TemplateResponse(request, "triage/work_item.html", context, status=status)


@sensitive_variables()
def act(request: HttpRequest, work_item: WorkItem, name: str, site: AdminSite) -> HttpResponse:
    """Does one verb of casework, named in the address; answers with the page or the list."""
    verb = VERBS[name]
    form = form_of(name, request.POST)
    if not form.is_valid():
        return show(request, work_item, site, refused={name: form}, status=422)
    given: dict[str, Any] = {**form.cleaned_data, "officer": officer_of(request)}
    if verb.needs_ring:
        given["ring"] = keyring_of(request)
    try:
        verb.do(work_item=work_item, **given)
    except NotNow as error:
        messages.error(request, str(error.reason))
    except CannotOpen:
        messages.error(request, _("Your key does not open this report, so you can not hand it on."))
    else:
        messages.success(request, _("Done and recorded."))
    if verb.leaves_queue:
        listed = OF_QUEUE[Queue(work_item.queue)]._meta
        return HttpResponseRedirect(reverse(f"admin:triage_{listed.model_name}_changelist"))
    return HttpResponseRedirect(work_item.get_absolute_url())


def _move_to_new_key(work_item: WorkItem, ring: Keyring, queues: frozenset[str]) -> None:
    """A report that is opened moves to its queue's newest key (docs/keys.md)."""
    if len(ring.kids) > len(queues):  # a queue of theirs had an earlier key
        with suppress(Untrusted):  # "Keys and members" shows the alarm; the report opens all the same
            queue_succession.move(queue=work_item.queue, ring=ring, items=work_item.report.items.all())
