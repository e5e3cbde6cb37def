"""A file of the evidence on its way to an officer: opened with their key, streamed, never shown inline."""

from __future__ import annotations

import logging
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import (
    HttpRequest,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from reports import audit
from reports.evidence import files as evidence_files
from reports.evidence.files import Manifest
from reports.models import Item, ItemKind
from reports.sealing import core
from reports.vault.keyring import CannotOpen
from triage.casework import decisions
from triage.casework.forms import OpenOriginalForm
from triage.models import WorkItem
from triage.officers.access import officer_of
from triage.officers.unlock import keyring_of
from triage.staff.evidence_page import download_name

log = logging.getLogger(__name__)


@sensitive_variables()
def answer(request: HttpRequest, work_item: WorkItem, item_id: UUID, back: str) -> HttpResponseBase:
    """A clean copy by GET; an original only by POST with a reason, which is recorded first.

    `back` is the page of the work item. Raises PermissionDenied when the file is not of this report or
    does not open with this officer's keys.
    """
    item = work_item.report.items.filter(pk=item_id, kind__in=evidence_files.KINDS).first()
    if item is None:
        raise PermissionDenied
    original = item.kind == ItemKind.FILE
    if request.method != ("POST" if original else "GET"):
        return HttpResponseNotAllowed(["POST" if original else "GET"])
    form = OpenOriginalForm(request.POST) if original else None
    if form is not None and not form.is_valid():
        messages.error(request, _("An original opens only with a reason. Write it in a few words."))
        return HttpResponseRedirect(back)
    try:
        key = keyring_of(request).key_of(item)
        manifest = Manifest.of(item, key)
        evidence_files.verify(item, key, manifest)
    except CannotOpen:
        raise PermissionDenied from None
    except (core.Broken, ValueError, TypeError):
        log.critical("INTEGRITY ALARM: file %s of report %s does not open", item.pk, work_item.report_id)
        _audit(request, "integrity_alarm", work_item, item)
        messages.error(
            request,
            _("Integrity alarm: this file was altered and does not open. Tell the coordinator now."),
        )
        return HttpResponseRedirect(back)
    with transaction.atomic():
        if form is not None:
            decisions.open_original(
                work_item=work_item,
                officer=officer_of(request),
                file=manifest.name,
                reason=form.cleaned_data["reason"],
            )
        _audit(request, "download", work_item, item)
    return _stream(work_item, item, key, manifest)


def _audit(request: HttpRequest, verb: str, work_item: WorkItem, item: Item) -> None:
    with transaction.atomic():
        audit.record(
            actor=officer_of(request),
            verb=verb,
            subject=item,
            kind=item.kind,
            report=str(work_item.report_id),
            queue=work_item.queue,
        )


def _stream(work_item: WorkItem, item: Item, key: bytes, manifest: Manifest) -> StreamingHttpResponse:
    response = StreamingHttpResponse(
        evidence_files.read(item, key, manifest), content_type="application/octet-stream"
    )
    name = download_name(work_item, item, manifest)
    for header, value in {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(manifest.size),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }.items():
        response.headers[header] = value
    return response
