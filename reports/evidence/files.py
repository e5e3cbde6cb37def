"""Evidence: files that belong to a report, each an item of its own with its own key (docs/evidence.md).

The row of a file holds its sealed manifest; the file itself is a blob (reports/evidence/blobs.py). Blobs come
before their rows and go after them, so a crash leaves at most a blob that no row names: `sweep_orphans`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from reports.choices import ReportStatus
from reports.evidence import blobs
from reports.evidence.uploads import Fault, Upload
from reports.models import Item, ItemKind, KeyRole, Report, Wrap
from reports.vault import bundle, keys

KINDS = (ItemKind.FILE, ItemKind.FILE_CLEAN)


class Gone(Exception):
    """The report was withdrawn or removed: nothing can be added to it."""


@dataclass(frozen=True)
class Manifest:
    """What the sealed body of a file's row says. It is read in memory and on an officer's page only."""

    name: str = field(repr=False)  # as the reporter's device called it
    claimed: str  # the type the browser said it was
    size: int  # bytes
    sha256: str = field(repr=False)  # of the plaintext
    head: str  # the blob's first bytes in hex
    keep_original: bool = False  # the reporter's wish
    # Filled in by the worker:
    type: str | None = None  # found in the content; empty when unknown, None while nobody looked
    cleaned: str = ""  # "yes", or why not (reports/evidence/cleaning)
    found: tuple[str, ...] = ()  # what was taken out, or was found and stays
    malware: str = ""  # "clean", "suspicious" or "not_checked"
    malware_name: str = field(default="", repr=False)
    original: str = ""  # of a clean copy: the id of the file it was made from
    original_size: int = 0
    original_sha256: str = field(default="", repr=False)
    original_kept: bool = True

    @classmethod
    def of(cls, item: Item, key: bytes) -> Manifest:
        """The manifest in an item's body. Raises core.Broken."""
        content = item.read(key)
        return cls(**{**content, "found": tuple(content.get("found", ()))})

    @classmethod
    def of_blob(cls, blob: blobs.Writer, **more: Any) -> Manifest:
        """The manifest of a finished blob."""
        return cls(size=blob.size, sha256=blob.sha256, head=blob.head.hex(), **more)

    def sealed_for(self, item: Item, key: bytes) -> bytes:
        """The body of the row."""
        return item.seal(key, asdict(self))

    def with_(self, **changes: Any) -> Manifest:
        """The same with what the worker found."""
        return replace(self, **changes)


def compose(report: Report, uploads: Iterable[Upload], *, keep_originals: bool) -> dict[Item, bytes]:
    """Unsaved items with their keys, one for each stored file; a file sent twice in one form counts once.

    Their blobs and the names of these are on the disk for good; when the disk does not say so, the files
    get a fault instead. After the commit call `keep`.
    """
    uploads = stored(uploads)
    if uploads:
        try:
            blobs.make_durable()
        except OSError:
            for upload in uploads:
                upload.fault = Fault.NOT_STORED
            return {}
    composed: dict[Item, bytes] = {}
    seen: set[str] = set()
    for upload in uploads:
        assert upload.blob is not None  # noqa: S101 (that is what stored() means)
        if upload.blob.sha256 in seen:
            continue
        seen.add(upload.blob.sha256)
        item = Item(id=upload.item_id, report=report, kind=ItemKind.FILE)
        manifest = Manifest.of_blob(
            upload.blob, name=upload.name, claimed=upload.claimed, keep_original=keep_originals
        )
        item.body = manifest.sealed_for(item, upload.key)
        composed[item] = upload.key
    return composed


def keep(uploads: Iterable[Upload], items: Mapping[Item, bytes]) -> None:
    """The rows are committed: these blobs stay."""
    named = {item.pk for item in items}
    for upload in uploads:
        if upload.item_id in named and upload.blob is not None:
            upload.blob.keep()


def stored(uploads: Iterable[Upload]) -> list[Upload]:
    """Those that arrived without a fault."""
    return [upload for upload in uploads if upload.fault is None and upload.blob is not None]


def attach(*, report_id: UUID, uploads: Sequence[Upload], keep_originals: bool) -> None:
    """Files for a report that is there already, all or none of those without a fault.

    Raises Gone, keys.Untrusted. The public process calls it: it inserts and reads the status only.
    """
    status = Report.objects.filter(pk=report_id).values_list("status", flat=True).first()
    if status is None or status == ReportStatus.WITHDRAWN:
        raise Gone
    items = compose(Report(id=report_id), uploads, keep_originals=keep_originals)
    try:
        with transaction.atomic():
            Item.objects.bulk_create(items)
            Wrap.objects.hand(items, [keys.current(KeyRole.INTAKE, bundle.public())])
    except IntegrityError as error:
        raise Gone from error  # removed at this moment
    keep(uploads, items)


def read(item: Item, key: bytes, manifest: Manifest) -> Iterator[bytes]:
    """The file's plaintext in parts. Raises core.Broken as blobs.read does."""
    return blobs.read(item.pk, key, head=bytes.fromhex(manifest.head), size=manifest.size)


def verify(item: Item, key: bytes, manifest: Manifest) -> None:
    """Opens the whole file once, keeping nothing, so that no download breaks off. Raises core.Broken."""
    for _part in read(item, key, manifest):
        pass


def looks_whole(item: Item, manifest: Manifest) -> bool:
    """False when the blob is missing, another one, or of another length; cheap, for a list of files."""
    return blobs.looks_whole(item.pk, head=bytes.fromhex(manifest.head), size=manifest.size)


def shred_blobs(item_ids: Iterable[UUID]) -> None:
    """Deletes the blobs of these items (of any kind) once the present transaction has committed.

    Delete their rows and wraps in the same transaction. A crash in between leaves orphans for the sweep.
    """
    doomed = list(item_ids)
    transaction.on_commit(lambda: blobs.delete(doomed), robust=True)


def sweep_orphans(age: timedelta | None = None) -> int:
    """Deletes blobs that no row names and nobody is writing, older than an hour; returns how many."""
    swept = 0
    for item_id in blobs.abandoned(settings.EVIDENCE_ORPHAN_AGE if age is None else age):
        # Asked only now that we hold the lock: the process that wrote it has committed or given up.
        if not Item.objects.filter(pk=item_id).exists():
            blobs.delete([item_id])
            swept += 1
    return swept
