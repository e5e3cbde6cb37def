"""What the worker does with a file: a clean copy without hidden data, a verdict, and nothing ever lost."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.db import transaction
from PIL import Image, ImageSequence

from reports.choices import Queue
from reports.evidence import files as evidence_files
from reports.evidence.cleaning import isolated
from reports.models import Item, ItemKind, Key, KeyRole
from reports.sealing import core
from reports.vault.keyring import CannotOpen, Keyring
from tests.evidence_files import (
    CAMERA,
    COMMENT,
    SIZE,
    blob_of,
    clean_all,
    content_of,
    document,
    files_of,
    manifest_of,
    picture,
    report_with,
)
from tests.factories import make_officer, ring_of
from triage import tasks
from triage.casework import decisions
from triage.worker import file as file_work
from triage.worker import sweep

pytestmark = pytest.mark.django_db

HIDDEN = (CAMERA.encode(), COMMENT)
PICTURES = ("JPEG", "PNG", "WEBP")


@pytest.fixture
def officer() -> Keyring:
    return ring_of(make_officer("anna", Queue.values))


def sent(name: str, content: bytes, claimed: str = "", *, keep: bool = False) -> list[Item]:
    """The rows after a file was filed, routed and cleaned."""
    report = report_with((name, claimed, content), keep_originals=keep)
    clean_all(report)
    return files_of(report)


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_loses_what_it_hides_and_keeps_every_pixel(kind: str, officer: Keyring) -> None:
    original = picture(kind) + b"cropped away"
    assert CAMERA.encode() in original
    [item] = sent("foto", original)
    copy = content_of(item, officer)

    assert not any(hidden in copy for hidden in (*HIDDEN, b"cropped away"))
    opened, before = Image.open(io.BytesIO(copy)), Image.open(io.BytesIO(original))
    assert opened.tobytes() == before.tobytes()
    assert dict(opened.getexif()) == {0x0112: 6}  # which way up: the one thing that is kept
    assert not opened.getexif().get_ifd(0x8825)
    manifest = manifest_of(item, officer)
    assert manifest.cleaned == "yes"
    assert {"location", "exif", "after_end"} <= set(manifest.found)


@pytest.mark.parametrize("kind", PICTURES)
def test_an_upright_picture_keeps_no_exif_at_all(kind: str, officer: Keyring) -> None:
    [item] = sent("foto", picture(kind, orientation=1))

    assert not Image.open(io.BytesIO(content_of(item, officer))).getexif()


@pytest.mark.parametrize("kind", PICTURES)
def test_cleaning_a_clean_copy_finds_nothing_more(kind: str) -> None:
    original = picture(kind, orientation=1)
    with isolated.cleaned([original], len(original)) as first:
        copy = b"".join(first.copy)
    with isolated.cleaned([copy], len(copy)) as second:
        assert (second.cleaned, second.found, b"".join(second.copy)) == ("yes", (), copy)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_keeps_its_pictures(kind: str, officer: Keyring) -> None:
    frames = [Image.new("RGB", SIZE, colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    [item] = sent("film", out.getvalue())

    assert len(list(ImageSequence.Iterator(Image.open(io.BytesIO(content_of(item, officer)))))) == 3


def test_transparency_and_palettes_stay(officer: Keyring) -> None:
    for kind in ("PNG", "WEBP"):
        out = io.BytesIO()
        Image.new("RGBA", SIZE, (10, 20, 30, 40)).save(out, kind, lossless=True)
        [item] = sent("foto", out.getvalue())
        assert Image.open(io.BytesIO(content_of(item, officer))).convert("RGBA").getpixel((0, 0)) == (
            10,
            20,
            30,
            40,
        )


def test_a_pdf_loses_author_properties_script_and_the_place_in_its_photo(officer: Keyring) -> None:
    original = document()
    assert CAMERA.encode() in original
    [item] = sent("brief.pdf", original)
    copy = content_of(item, officer)

    assert not any(hidden in copy for hidden in (*HIDDEN, b"app.alert", b"OpenAction", b"pdfx"))
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert len(pdf.pages) == 1
        assert "/Info" not in pdf.trailer
        assert "/Metadata" not in pdf.Root
        photo = bytes(pdf.pages[0].Resources.XObject.Im0.read_raw_bytes())
    assert Image.open(io.BytesIO(photo)).size == SIZE
    assert {"properties", "xmp", "scripts", "location"} <= set(manifest_of(item, officer).found)


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool (libimage-exiftool-perl) is not here")
@pytest.mark.parametrize("kind", [*PICTURES, "PDF"])
def test_exiftool_finds_nothing_of_the_sender(kind: str, officer: Keyring, tmp_path: Path) -> None:
    [item] = sent("foto", document() if kind == "PDF" else picture(kind))
    file = tmp_path / f"copy.{kind.lower()}"
    file.write_bytes(content_of(item, officer))
    command = ["exiftool", "-a", "-G1", "-s", str(file)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert CAMERA not in said
    groups = {line[1 : line.index("]")] for line in said.splitlines()}
    assert not groups & {"GPS", "ExifIFD", "XMP-dc", "XMP-x", "IFD1", "IPTC"}
    ours = [
        line.split("]")[1].split(":")[0].strip() for line in said.splitlines() if line.startswith("[IFD0]")
    ]
    assert ours in ([], ["Orientation"])


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("geluid.ogg", b"OggS\0\x02" + bytes(200), "other_type"),
        ("tekst.txt", b"gewone woorden", "other_type"),
        ("afgebroken.jpg", picture("JPEG")[:900], "damaged"),
        ("afgebroken.png", picture("PNG")[:900], "damaged"),
        ("afgebroken.webp", picture("WEBP")[:900], "damaged"),
        ("kapot.pdf", b"%PDF-1.7 onzin", "damaged"),
        ("op slot.pdf", document(password="geheim"), "locked"),
        ("met bijlage.pdf", document(attachment=b"nog een bestand"), "attachments"),
    ],
)
def test_what_can_not_be_cleaned_goes_on_as_it_is_and_says_why(
    name: str, content: bytes, why: str, officer: Keyring
) -> None:
    [item] = sent(name, content, "image/jpeg")

    assert item.kind == ItemKind.FILE
    assert content_of(item, officer) == content
    manifest = manifest_of(item, officer)
    assert (manifest.cleaned, manifest.name, manifest.malware) == (why, name, "not_checked")


def test_the_type_is_what_the_content_says_not_what_the_name_says(officer: Keyring) -> None:
    [item] = sent("vakantie.txt", picture("PNG"), "text/plain")
    manifest = manifest_of(item, officer)

    assert (manifest.type, manifest.claimed, manifest.cleaned) == ("image/png", "text/plain", "yes")


@pytest.mark.django_db(transaction=True)
def test_the_clean_copy_only_is_the_default_and_the_original_is_shredded(officer: Keyring) -> None:
    content = picture("JPEG")
    report = report_with(("foto.jpg", "image/jpeg", content))
    [original] = files_of(report)
    clean_all(report)
    [copy] = files_of(report)

    assert copy.kind == ItemKind.FILE_CLEAN
    assert not Item.objects.filter(pk=original.pk).exists()
    assert not blob_of(original.pk).exists()
    manifest = manifest_of(copy, officer)
    assert (manifest.original, manifest.original_kept) == (str(original.pk), False)
    assert manifest.original_size == len(content)
    assert manifest.original_sha256 == hashlib.sha256(content).hexdigest()


def test_who_asks_for_it_keeps_the_original_too(officer: Keyring) -> None:
    content = picture("JPEG")
    original, copy = sent("foto.jpg", content, keep=True)

    assert (original.kind, copy.kind) == (ItemKind.FILE, ItemKind.FILE_CLEAN)
    assert content_of(original, officer) == content
    assert manifest_of(copy, officer).original_sha256 == manifest_of(original, officer).sha256


def test_afterwards_not_even_the_worker_opens_it() -> None:
    for item in sent("foto.jpg", picture("JPEG"), keep=True):
        with pytest.raises(CannotOpen):
            Keyring.of_worker().key_of(item)


def test_a_file_waits_for_its_report_and_the_report_never_for_a_file() -> None:
    report = report_with(("foto.jpg", "", picture("JPEG")), triaged=False)
    [item] = files_of(report)
    assert item.pk not in sweep.claim()

    tasks.triage_item(str(report.items.get(kind=ItemKind.REPORT).pk))
    assert report.work_items.exists()
    assert Item.objects.filter(pk=item.pk).untriaged().exists()
    assert item.pk in sweep.claim()


def test_done_twice_it_is_done_once() -> None:
    report = report_with(("foto.jpg", "", picture("JPEG")), keep_originals=True)
    [item] = files_of(report)

    assert file_work.do(item, Keyring.of_worker()) is True
    with pytest.raises(CannotOpen):
        file_work.do(item, Keyring.of_worker())
    tasks.triage_item(str(item.pk))
    assert len(files_of(report)) == 2


def test_two_workers_at_once_make_one_copy_and_leave_no_blob(monkeypatch: pytest.MonkeyPatch) -> None:
    report = report_with(("foto.jpg", "", picture("JPEG")), keep_originals=True)
    [item] = files_of(report)
    before = set(blob_of(item.pk).parent.iterdir())
    hand_over, made = file_work._hand_over, list[bool]()

    def overtaken(*args: Any) -> bool:
        if not made:
            made.append(True)
            assert file_work.do(item, Keyring.of_worker())
        return hand_over(*args)

    monkeypatch.setattr(file_work, "_hand_over", overtaken)
    assert file_work.do(item, Keyring.of_worker()) is False
    assert len(files_of(report)) == 2
    assert len(set(blob_of(item.pk).parent.iterdir()) - before) == 1


def test_a_queue_that_was_added_meanwhile_gets_the_file_and_a_removed_one_does_not() -> None:
    anna = make_officer("anna", [Queue.FOLLOW_UP])
    report = report_with(("foto.jpg", "", picture("JPEG")))
    work_item = report.work_items.get()
    ring = ring_of(anna)
    decisions.add_queue(work_item=work_item, queue=Queue.OBI_APPROACH, officer=anna, ring=ring, reason="r")
    decisions.remove_queue(work_item=work_item, officer=anna, ring=ring, reason="r")
    clean_all(report)
    [copy] = files_of(report)

    obi = Key.objects.filter(role=KeyRole.OBI_APPROACH).values_list("kid", flat=True)
    assert set(copy.wraps.values_list("to", flat=True)) == set(obi)


def test_a_cleaner_that_dies_costs_the_copy_never_the_file(
    monkeypatch: pytest.MonkeyPatch, officer: Keyring
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    content = picture("JPEG")
    [item] = sent("foto.jpg", content)

    assert item.kind == ItemKind.FILE
    assert content_of(item, officer) == content
    assert manifest_of(item, officer).cleaned == "failed"


_LIAR = """
import json, sys
sys.stdin.buffer.read()
answer = json.dumps(dict(type="image/jpeg", cleaned="yes", found=[], size=99)).encode()
sys.stdout.buffer.write(len(answer).to_bytes(4, "big") + answer + b"short")
"""


def test_a_copy_that_ends_too_early_is_no_copy(monkeypatch: pytest.MonkeyPatch, officer: Keyring) -> None:
    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda args, **more: popen([args[0], "-c", _LIAR], **more))
    [item] = sent("foto.jpg", picture("JPEG"))

    assert item.kind == ItemKind.FILE
    assert manifest_of(item, officer).cleaned == "failed"
    assert {path.name for path in blob_of(item.pk).parent.iterdir()} >= {str(item.pk)}


def test_after_three_failures_the_file_goes_on_as_it_came(
    monkeypatch: pytest.MonkeyPatch, officer: Keyring
) -> None:
    def fails(*_: object) -> None:
        raise OSError("disk")

    content = picture("JPEG")
    report = report_with(("foto.jpg", "", content))
    [item] = files_of(report)
    monkeypatch.setattr(isolated, "cleaned", fails)
    for _attempt in range(4):
        tasks.triage_item(str(item.pk))

    item.refresh_from_db()
    assert content_of(item, officer) == content
    assert manifest_of(item, officer).cleaned == "failed"


def test_an_altered_blob_is_handed_on_so_that_people_see_it(officer: Keyring) -> None:
    report = report_with(("foto.jpg", "", picture("JPEG")))
    [item] = files_of(report)
    blob_of(item.pk).write_bytes(b"rubbish")
    for _attempt in range(4):
        tasks.triage_item(str(item.pk))

    item.refresh_from_db()
    manifest = manifest_of(item, officer)
    assert not evidence_files.looks_whole(item, manifest)
    with pytest.raises(core.Broken):
        content_of(item, officer)


@pytest.mark.django_db(transaction=True)
def test_a_report_that_was_removed_meanwhile_leaves_nothing_behind() -> None:
    report = report_with(("foto.jpg", "", picture("JPEG")))
    [item] = files_of(report)
    before = set(blob_of(item.pk).parent.iterdir())
    with transaction.atomic():
        evidence_files.shred_blobs([item.pk])
        report.delete()

    assert not blob_of(item.pk).exists()
    assert set(blob_of(item.pk).parent.iterdir()) == before - {blob_of(item.pk)}
