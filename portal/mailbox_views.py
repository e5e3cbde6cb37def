"""The pages of the mailbox. What a code opens is in reports/mailbox.py; here is how it looks."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from portal import attachments, error_pages, form_key, mailbox_session
from portal.mailbox_forms import ReceiptCodeForm, WordsForm
from portal.mailbox_session import Session
from reports import mailbox

log = logging.getLogger(__name__)
Page = Callable[..., HttpResponse]


def _with_session(page: Page) -> Page:
    """Hands the open session to a page; without one the visitor is asked for the code."""

    @wraps(page)
    @sensitive_post_parameters()
    @sensitive_variables()
    def guarded(request: HttpRequest) -> HttpResponse:
        try:
            session = mailbox_session.current(request)
        except mailbox_session.NotOpen as why:
            return _ask_code(request, _carrying(request), expired=isinstance(why, mailbox_session.Expired))
        if request.method == "POST" and not session.sent(request):
            return error_pages.forbidden(request)
        try:
            return page(request, session)
        except mailbox.Unknown:
            response = _ask_code(request, ReceiptCodeForm(), gone=True)
            mailbox_session.end(response)
            return response
        except mailbox.Withdrawn:
            return redirect("portal:mailbox")

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def index(request: HttpRequest) -> HttpResponse:
    """The mailbox; without an open one, the page that asks for the code."""
    if request.method != "POST":
        return _mailbox(request)
    if mailbox_session.TOKEN in request.POST:  # words that came along through _entered, in another language
        return add(request)
    return _enter(request)


def _enter(request: HttpRequest) -> HttpResponse:
    if "other_language" in request.POST:
        return _ask_code(request, ReceiptCodeForm(initial=request.POST.dict()))
    form = ReceiptCodeForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            session = mailbox_session.begin(mailbox.identify(form.cleaned_data["code"]))
        except mailbox.Mistyped:
            form.add_error(
                "code",
                _(
                    "There is a typing mistake in this code: its digits do not fit together."
                    " Compare it with what you wrote down. A code has 30 digits."
                ),
            )
        except mailbox.Unknown:
            form.add_error(
                "code",
                _(
                    "The digits fit together, but no mailbox has this code."
                    " A report that was deleted after its time has none any more."
                ),
            )
        except mailbox.Busy:
            form.add_error(
                None, _("Many codes are being tried at this moment. Wait a minute, then try again.")
            )
            status = 503
        else:
            response = _entered(request, form, session)
            mailbox_session.keep(response, session)
            return response
    return _ask_code(request, form, status=status)


def _entered(request: HttpRequest, form: ReceiptCodeForm, session: Session) -> HttpResponse:
    words = form.cleaned_data["words"]
    if not words:
        return redirect("portal:mailbox")
    # The session ended while they wrote: the words came along and can be sent now.
    key = form.cleaned_data["form_key"]
    return _words_page(request, session, WordsForm({"words": words, "form_key": _still_good(key)}))


@_with_session
def _mailbox(request: HttpRequest, session: Session) -> HttpResponse:
    return _show(request, session)


@require_http_methods(["GET", "HEAD", "POST"])
@_with_session
def add(request: HttpRequest, session: Session) -> HttpResponse:
    """Words to add to the report."""
    if mailbox.visit(session.holder).is_removed:
        raise mailbox.Withdrawn
    if request.method != "POST":
        return _words_page(request, session, WordsForm(initial={"form_key": form_key.new()}))
    posted, files = request.POST.copy(), attachments.of(request)
    if "other_language" in posted:
        posted["form_key"] = _still_good(posted.get("form_key", ""))
        form = WordsForm(posted)
        form.errors.clear()
        return _words_page(request, session, form)
    try:
        key = form_key.verified(posted.get("form_key", ""))
    except form_key.BadSignature:
        posted["form_key"] = form_key.new()
        form = WordsForm(posted)
        form.add_error(None, _("This page was open for a long time. Nothing is lost: send your words again."))
        return _words_page(request, session, form, status=422)
    told = attachments.told(files)
    form = WordsForm(posted, files=told.stored > 0)
    if not form.is_valid():
        for name, why in told.failed:
            form.add_error(None, f"{name}: {why}")
        return _words_page(request, session, form, status=422)
    try:
        stored = mailbox.add_words(
            holder=session.holder,
            form_key=key,
            words=form.cleaned_data["words"],
            language=get_language() or "nl",
            files=files,
            keep_originals=attachments.keep_originals(request),
        )
    except (mailbox.Unknown, mailbox.Withdrawn):
        raise
    except Exception:  # whatever it was, the words must not be lost with it
        log.exception("words could not be added to a report")
        form.add_error(
            None,
            _(
                "Something went wrong on our side."
                " Your words are still here: wait a minute and send them again."
            ),
        )
        return _words_page(request, session, form, status=503)
    if not stored:
        return _show(request, session, done="added_before", told=attachments.told(files, dropped=True))
    return _show(request, session, done="added", told=told)


@require_http_methods(["GET", "HEAD", "POST"])
@_with_session
def withdraw(request: HttpRequest, session: Session) -> HttpResponse:
    """A page that says what withdrawing does; its POST asks for the withdrawal."""
    if request.method == "POST":
        mailbox.withdraw(holder=session.holder)
        return _show(request, session)
    visit = mailbox.visit(session.holder)
    if visit.is_removed or visit.asked_to_withdraw or visit.kept:
        return redirect("portal:mailbox")
    return render(request, "portal/mailbox/withdraw.html", {"session": session})


@require_http_methods(["GET", "HEAD", "POST"])
@_with_session
def delete(request: HttpRequest, session: Session) -> HttpResponse:
    """Deletes one reply for the reporter."""
    if request.method != "POST":
        return redirect("portal:mailbox")
    try:
        reply_id = uuid.UUID(request.POST.get("reply", ""))
    except ValueError:
        return error_pages.bad_request(request)
    mailbox.drop(holder=session.holder, reply_id=reply_id)
    return _show(request, session, done="deleted")


@require_http_methods(["GET", "HEAD", "POST"])
def out(request: HttpRequest) -> HttpResponse:
    """Logs out: deletes the cookie and tells the browser to delete what it kept."""
    response = render(request, "portal/mailbox/logged_out.html")
    mailbox_session.end(response)
    return response


def _show(request: HttpRequest, session: Session, **more: Any) -> HttpResponse:
    context = {"session": session, "visit": mailbox.visit(session.holder), **more}
    return render(request, "portal/mailbox/mailbox.html", context)


def _words_page(request: HttpRequest, session: Session, form: WordsForm, status: int = 200) -> HttpResponse:
    context = {
        "session": session,
        "form": form,
        "file_limits": attachments.limits(),
        "files_again": attachments.were_chosen(request),
    }
    return render(request, "portal/mailbox/add.html", context, status=status)


def _ask_code(request: HttpRequest, form: ReceiptCodeForm, status: int = 200, **more: Any) -> HttpResponse:
    context = {"form": form, "files_again": attachments.were_chosen(request), **more}
    return render(request, "portal/mailbox/code.html", context, status=status)


def _carrying(request: HttpRequest) -> ReceiptCodeForm:
    """The code form with what somebody wrote meanwhile, so that it is not lost."""
    kept = {name: request.POST[name] for name in ("words", "form_key") if name in request.POST}
    return ReceiptCodeForm(initial=kept)


def _still_good(token: str) -> str:
    """This form key, or a new one when it is too old: the same words sent twice stay one addition."""
    try:
        form_key.verified(token)
    except form_key.BadSignature:
        return form_key.new()
    return token
