"""The form and its receipt. Each view is readable from top to bottom."""

from __future__ import annotations

import logging
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from portal import advice, attachments, error_pages, flood, form_key, pages, receipts
from portal.context_processors import connection_is_unsafe
from portal.forms import ReportForm
from reports import intake
from reports.choices import Demonstration, YesNoUnsure
from reports.evidence import files as evidence_files

log = logging.getLogger(__name__)

_KEY_PLACE = "form-key-goes-here"
_blank_forms: dict[tuple[str, bool], str] = {}


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def report(request: HttpRequest) -> HttpResponse:
    """The form; its POST answers with the receipt code, shown this once."""
    if request.method != "POST":
        return HttpResponse(_blank_form(request).replace(_KEY_PLACE, form_key.new()))
    try:
        posted = request.POST
    except RequestDataTooBig:
        attachments.drain(request)
        return error_pages.too_large(request)
    except UnreadablePostError as broken_off:
        return error_pages.bad_request(request, broken_off)
    if "other_language" in posted:
        return _in_another_language(request, posted)
    try:
        key = form_key.verified(posted.get("form_key", ""))
    except form_key.BadSignature:  # also SignatureExpired
        form = ReportForm(_with_new_key(posted))
        form.add_error(
            None,
            _(
                "This page was open for a long time. Nothing is lost:"
                " check your answers and send the form again."
            ),
        )
        return _to_mend(request, form)
    form = ReportForm(posted)
    if not form.is_valid():
        return _to_mend(request, form)
    answers, files = form.facts, attachments.of(request)
    danger = answers.in_danger_now != YesNoUnsure.NO
    looks_automated = not danger and flood.looks_automated(posted, form_key.age(posted["form_key"]))
    if not danger and not files and (wait := flood.to_wait(key, posted.get("wait", ""))):
        return _wait(request, form, wait, looks_automated=looks_automated)
    try:
        filed = intake.receive(
            form_key=key,
            facts=answers,
            account=form.account_text,
            language=_language(),
            contact=form.contact,
            files=files,
            keep_originals=attachments.keep_originals(request),
            looks_automated=looks_automated,
        )
    except Exception:  # whatever it was, the words must not be lost with it
        log.exception("a report could not be stored")
        return _not_stored(request, form)
    shown = receipts.Shown(
        code=filed.code,
        repeated=filed.repeated,
        danger=danger,
        threatened=answers.feels_threatened != YesNoUnsure.NO,
        demonstration=answers.demonstration not in {None, Demonstration.NO},
        minor=answers.minor == "yes",
        kinds=answers.incident_types,
        report=filed.report_id.hex,
    )
    return _receipt(request, shown, attachments.told(files, dropped=filed.repeated))


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def receipt(request: HttpRequest) -> HttpResponse:
    """The receipt page once more, in another language. Opened by hand there is nothing to show."""
    try:
        return _receipt(request, receipts.read(request.POST.get("receipt", "")))
    except (form_key.BadSignature, RequestDataTooBig):
        return redirect("portal:start")


@require_http_methods(["POST"])
@sensitive_post_parameters()
@sensitive_variables()
def receipt_files(request: HttpRequest) -> HttpResponse:
    """Files sent again from the receipt page; the answer is that page once more."""
    try:
        shown = receipts.read(request.POST.get("receipt", ""))
    except (form_key.BadSignature, RequestDataTooBig):
        return redirect("portal:start")
    except UnreadablePostError as broken_off:
        return error_pages.bad_request(request, broken_off)
    uploads = attachments.of(request)
    try:
        evidence_files.attach(
            report_id=UUID(shown.report),
            uploads=uploads,
            keep_originals=attachments.keep_originals(request),
        )
    except evidence_files.Gone:
        return _receipt(request, shown, attachments.Told(gone=True))
    return _receipt(request, shown, attachments.told(uploads))


def _receipt(
    request: HttpRequest, shown: receipts.Shown, told: attachments.Told | None = None
) -> HttpResponse:
    return render(
        request,
        "portal/receipt.html",
        {
            "shown": shown,
            "groups": shown.code_groups,
            "advice": advice.for_answers(shown.kinds, danger=shown.danger, demonstration=shown.demonstration),
            "token": receipts.token(shown),
            "told": told,
            "file_limits": attachments.limits(),
            **pages.reading_times(),
        },
    )


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _blank_form(request: HttpRequest) -> str:
    """The blank form page, rendered once per language and process; only the form key differs."""
    state = (_language(), connection_is_unsafe(request))
    if state not in _blank_forms:
        form = ReportForm(initial={"form_key": _KEY_PLACE})
        context = {"form": form, "file_limits": attachments.limits()}
        _blank_forms[state] = render(request, "portal/report.html", context).content.decode()
    return _blank_forms[state]


def _to_mend(request: HttpRequest, form: ReportForm) -> HttpResponse:
    """The form as it was filled in, with what to correct."""
    return _filled_in(request, form, status=422)


def _filled_in(request: HttpRequest, form: ReportForm, *, status: int) -> HttpResponse:
    context = {
        "form": form,
        "file_limits": attachments.limits(),
        "files_again": attachments.were_chosen(request),
    }
    return render(request, "portal/report.html", context, status=status)


def _not_stored(request: HttpRequest, form: ReportForm) -> HttpResponse:
    """The filled-in form after a fault of ours. It keeps its key, so it can safely be sent again."""
    form.add_error(
        None,
        _(
            "Something went wrong on our side. Your answers are still here: wait a minute and send the form"
            " again. It will be one report, not two."
        ),
    )
    return _filled_in(request, form, status=503)


def _wait(request: HttpRequest, form: ReportForm, wait: flood.Wait, *, looks_automated: bool) -> HttpResponse:
    """Asks to send again in a while; 200, because some proxies replace the page of a 5xx by their own."""
    answers = [*form.as_pairs(), ("wait", wait.token)]
    if looks_automated:
        answers.append((flood.BAIT, "1"))  # the mark would be lost with the time that passes
    return render(request, "portal/wait.html", {"wait": wait, "answers": answers})


def _in_another_language(request: HttpRequest, posted: QueryDict) -> HttpResponse:
    """The same answers, with the questions in the language of the path; nothing is checked yet."""
    key = None
    try:
        key = form_key.verified(posted.get("form_key", ""))
    except form_key.BadSignature:
        posted = _with_new_key(posted)
    form = ReportForm(posted)
    if key and posted["other_language"] == "wait" and form.is_valid():
        wait = flood.to_wait(key, posted.get("wait", ""))
        if wait:
            return _wait(request, form, wait, looks_automated=flood.BAIT in posted)
    if form.is_blank:
        return redirect("portal:report")
    form.errors.clear()
    return _filled_in(request, form, status=200)


def _with_new_key(posted: QueryDict) -> QueryDict:
    renewed = posted.copy()
    renewed["form_key"] = form_key.new(for_a_filled_form=True)
    return renewed
