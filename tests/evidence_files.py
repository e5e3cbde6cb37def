"""Files for tests: pictures and documents with hidden data in them, sent through the real upload handler."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pikepdf
from PIL import Image

from reports import intake
from reports.evidence import files as evidence_files
from reports.evidence.uploads import SealingUploadHandler, Upload
from reports.facts import Facts
from reports.models import Item, ItemKind, Report
from reports.vault.keyring import Keyring
from tests import factories
from triage.worker import file as file_work

CAMERA = "Fototoestel van Maryna"
COMMENT = b"genomen bij oma thuis"
SIZE = (64, 48)


def uploads(*files: tuple[str, str, bytes]) -> list[Upload]:
    """What the handler makes of one request's files: (name, claimed type, content)."""
    handler = SealingUploadHandler()
    for name, claimed, content in files:
        handler.new_file("files", name, claimed, None, None, {})
        for at in range(0, len(content), handler.chunk_size):
            handler.receive_data_chunk(content[at : at + handler.chunk_size], at)
        handler.file_complete(len(content))
    return handler.uploads


def drop(given: list[Upload]) -> None:
    """The end of the request: what no row names is removed."""
    for upload in given:
        upload.drop()


def report_with(
    *files: tuple[str, str, bytes],
    keep_originals: bool = False,
    triaged: bool = True,
    answers: Any = factories.FOR_FOLLOW_UP,
) -> Report:
    """A report filed with these files; `triaged`: in its queues, its files still with the worker."""
    given = uploads(*files)
    receipt = intake.receive(
        form_key=factories.form_key(next(factories._numbers) + 2_000_000),
        facts=Facts.from_answers(answers),
        account="Words of a test.",
        language="en",
        files=given,
        keep_originals=keep_originals,
    )
    drop(given)
    if triaged:
        assert factories.route(receipt.report_id)
    return Report.objects.get(pk=receipt.report_id)


def files_of(report: Report) -> list[Item]:
    """The rows of the report's files, clean copies included."""
    return list(report.items.filter(kind__in=evidence_files.KINDS).order_by("kind"))


def clean_all(report: Report) -> None:
    """What the worker does with the report's files."""
    for item in report.items.filter(kind=ItemKind.FILE).untriaged():
        assert file_work.do(item, Keyring.of_worker())


def content_of(item: Item, ring: Keyring) -> bytes:
    """The whole file, as somebody with this ring opens it."""
    key = ring.key_of(item)
    return b"".join(evidence_files.read(item, key, evidence_files.Manifest.of(item, key)))


def manifest_of(item: Item, ring: Keyring) -> evidence_files.Manifest:
    """What the sealed row says about the file."""
    return evidence_files.Manifest.of(item, ring.key_of(item))


def blob_of(item_id: UUID) -> Any:
    """The blob's path."""
    from reports.evidence import blobs

    return blobs.path_of(item_id)


def picture(kind: str, *, orientation: int = 6, **more: Any) -> bytes:
    """A picture with a place, a camera, a turn, and what else its format can hide."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = CAMERA, orientation
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (52.0, 22.0, 12.3), "E", (4.0, 53.0, 42.0)
    also: dict[str, dict[str, Any]] = {
        "JPEG": {"comment": COMMENT, "dpi": (72, 72)},
        "PNG": {},
        "WEBP": {"xmp": b"<x:xmpmeta>" + COMMENT + b"</x:xmpmeta>"},
    }
    out = io.BytesIO()
    Image.effect_noise(SIZE, 90).convert("RGB").save(out, kind, exif=exif, **also[kind] | more)
    return out.getvalue()


def document(*, attachment: bytes | None = None, password: str = "") -> bytes:
    """A PDF with an author, XMP, a script, and a photo with a place on its page."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    photo = pdf.make_stream(picture("JPEG"))
    for name, value in {
        "/Type": pikepdf.Name.XObject,
        "/Subtype": pikepdf.Name.Image,
        "/Width": SIZE[0],
        "/Height": SIZE[1],
        "/ColorSpace": pikepdf.Name.DeviceRGB,
        "/BitsPerComponent": 8,
        "/Filter": pikepdf.Name.DCTDecode,
    }.items():
        photo[name] = value
    pdf.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=photo))
    pdf.pages[0].Contents = pdf.make_stream(b"q 100 0 0 100 0 0 cm /Im0 Do Q")
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    pdf.docinfo["/Author"] = CAMERA
    with pdf.open_metadata() as properties:
        properties["dc:creator"] = [CAMERA]
    if attachment is not None:
        pdf.attachments["bijlage.txt"] = attachment
    out = io.BytesIO()
    pdf.save(out, encryption=pikepdf.Encryption(user=password, owner=password) if password else False)
    return out.getvalue()
