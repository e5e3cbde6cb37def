"""The files of a form, as the reporter sees them: what arrived, what did not and why (docs/evidence.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from reports.evidence import files as evidence_files
from reports.evidence.uploads import Fault, Upload, drop_unkept

FIELD, KEEP = "files", "keep_originals"
DRAIN_LIMIT = 256 * 1024 * 1024  # bytes read and dropped so that the answer reaches the sender
DRAIN_STEP = 64 * 1024
_MEGABYTE = 1024 * 1024

_WORDS = {
    Fault.EMPTY: _("this file is empty"),
    Fault.TOO_LARGE: _("this file is too large"),
    Fault.TOGETHER_TOO_LARGE: _("with this file there was too much for one time"),
    Fault.TOO_MANY: _("too many files for one time"),
    Fault.NOT_STORED: _("something went wrong with us while storing it"),
}


@dataclass(frozen=True)
class Told:
    """What the page after a form says about its files."""

    stored: int = 0
    failed: list[tuple[str, Any]] = field(default_factory=list, repr=False)  # (name, why)
    dropped: bool = False  # the form was sent twice: the files of the second time were not stored
    gone: bool = False  # the report is not there any more

    @property
    def again(self) -> bool:
        """True when the page offers to send files once more."""
        return bool(self.failed) or self.dropped


def of(request: HttpRequest) -> list[Upload]:
    """The files that came with a form, in its order, also those that could not be stored."""
    uploads: list[Any] = request.FILES.getlist(FIELD)
    return [upload for upload in uploads if isinstance(upload, Upload)]


def keep_originals(request: HttpRequest) -> bool:
    """True when the reporter ticked that staff may need the hidden data of the files."""
    return KEEP in request.POST


def were_chosen(request: HttpRequest) -> bool:
    """True when this form came with files, which a browser does not choose again by itself."""
    return bool(request.FILES.getlist(FIELD)) or any(request.POST.getlist(FIELD))


def told(uploads: Sequence[Upload], *, dropped: bool = False) -> Told:
    """What to say after the form was stored; `dropped` when it had been stored before."""
    if dropped:
        return Told(dropped=bool(uploads))
    failed = [(upload.name, _WORDS[upload.fault]) for upload in uploads if upload.fault is not None]
    return Told(stored=len(evidence_files.stored(uploads)), failed=failed)


def limits() -> dict[str, int]:
    """The limits, for the texts."""
    return {
        "count": settings.EVIDENCE_MAX_FILES,
        "each": settings.EVIDENCE_FILE_MAX_SIZE // _MEGABYTE,
        "together": settings.EVIDENCE_FILES_MAX_SIZE // _MEGABYTE,
    }


def drain(request: HttpRequest) -> None:
    """Reads on to the end: a browser that is still sending shows "connection reset" instead of our answer."""
    left = DRAIN_LIMIT
    while left > 0 and (part := request.read(min(left, DRAIN_STEP))):
        left -= len(part)


def drop_what_was_not_kept(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: deletes the blobs of a refused, repeated or broken-off form."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            return get_response(request)
        finally:
            drop_unkept(request)

    return middleware
