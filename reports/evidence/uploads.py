"""Seals evidence while it is received: only ciphertext is written to a disk (docs/sealing.md, Uploads).

Django's own upload handlers write plaintext to temporary files. This one turns each part of the
request body into sealed chunks of a blob and does not keep it. It runs before any check of the form, so a
fault of a file is noted on the file and never stops the words that came before it (docs/decisions.md 3).
"""

from __future__ import annotations

import enum
import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, UnreadablePostError

from reports.evidence import blobs
from reports.sealing import core


class Fault(enum.StrEnum):
    """Why a file was not stored. The words for it are the portal's (portal/attachments.py)."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOGETHER_TOO_LARGE = "together_too_large"
    TOO_MANY = "too_many"
    NOT_STORED = "not_stored"


@dataclass
class Upload:
    """One file of a form: sealed in a blob that has no row yet, or not stored because of `fault`."""

    name: str = field(repr=False)
    claimed: str = field(repr=False)  # the type the browser says it is
    item_id: UUID = field(default_factory=uuid4)
    key: bytes = field(default_factory=lambda: secrets.token_bytes(core.KEY_SIZE), repr=False)
    fault: Fault | None = None
    blob: blobs.Writer | None = field(default=None, repr=False)

    def drop(self) -> None:
        """Removes the blob, unless it was kept."""
        if self.blob is not None:
            self.blob.drop()

    def close(self) -> None:
        """Django closes the files of a request when it ends; drop() is what ends ours."""


class SealingUploadHandler(FileUploadHandler):
    """FILE_UPLOAD_HANDLERS of the public site. `request.FILES` then holds Upload, never a file object."""

    chunk_size = core.CHUNK

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.uploads: list[Upload] = []
        self._room = settings.EVIDENCE_FILES_MAX_SIZE

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        upload = Upload(name=shown_name(self.file_name or ""), claimed=(self.content_type or "")[:100])
        self.uploads.append(upload)
        if sum(each.fault is None for each in self.uploads) > settings.EVIDENCE_MAX_FILES:
            upload.fault = Fault.TOO_MANY
            return
        try:
            upload.blob = blobs.Writer(upload.item_id, upload.key)
            if blobs.free_space() < settings.EVIDENCE_MIN_FREE:
                self._fail(Fault.NOT_STORED)  # a full disk would refuse the next report as well
        except OSError:
            self._fail(Fault.NOT_STORED)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        upload = self.uploads[-1]
        if upload.fault is not None or upload.blob is None:
            return
        size = upload.blob.size + len(raw_data)
        if size > settings.EVIDENCE_FILE_MAX_SIZE:
            self._fail(Fault.TOO_LARGE)
        elif size > self._room:
            self._fail(Fault.TOGETHER_TOO_LARGE)
        else:
            try:
                upload.blob.feed(raw_data)
            except OSError:
                self._fail(Fault.NOT_STORED)

    def file_complete(self, file_size: int) -> Upload:  # type: ignore[override]
        upload = self.uploads[-1]
        if upload.fault is None and upload.blob is not None:
            if upload.blob.size == 0:
                self._fail(Fault.EMPTY)
            else:
                self._room -= upload.blob.size
                try:
                    upload.blob.finish()
                except OSError:
                    self._fail(Fault.NOT_STORED)
        return upload

    def upload_interrupted(self) -> None:
        """The body ended in the middle of a file: the visitor's connection is broken."""
        raise UnreadablePostError("the upload was cut off")

    def _fail(self, fault: Fault) -> None:
        self.uploads[-1].fault = fault
        self.uploads[-1].drop()


def shown_name(name: str) -> str:
    """The reporter's own file name, fit to be shown: no path, nothing invisible, at most 150 characters.

    The middle is cut, so that the ending stays. Marks of writing direction (RTL override) are invisible
    characters and are removed too: with them "fdp.exe" can be made to look like "exe.pdf".
    """
    name = "".join(sign for sign in name.replace("\\", "/").rsplit("/", 1)[-1] if sign.isprintable()).strip()
    return name if len(name) <= 150 else f"{name[:100]}…{name[-49:]}"


def drop_unkept(request: HttpRequest) -> None:
    """Removes every blob of this request that no row names; call it when the request ends."""
    for handler in getattr(request, "_upload_handlers", ()):
        if isinstance(handler, SealingUploadHandler):
            for upload in handler.uploads:
                upload.drop()
