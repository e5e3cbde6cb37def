"""Files that are added to a report through its mailbox."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from reports.models import Item, ItemKind
from tests.conftest import SiteClient
from tests.portal.mailbox_visits import WORDS, add, dump, hidden

pytestmark = pytest.mark.django_db


def blobs_on_disk() -> int:
    return sum(path.is_file() for path in Path(settings.EVIDENCE_DIR).rglob("*"))


def file(name: str = "photo.txt", content: bytes = b"MARKER-file") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_files_go_along_with_words_or_alone(opened: SiteClient) -> None:
    both = add(opened, files=[file("one.txt"), file("two.txt", b"MARKER-second")])
    alone = add(opened, "", files=[file()])

    assert "We have received 2 files" in both.content.decode()
    assert "We have received 1 file" in alone.content.decode()
    assert Item.objects.filter(kind=ItemKind.ADDITION).count() == 2
    assert Item.objects.filter(kind=ItemKind.FILE).count() == 3
    assert "MARKER" not in dump()


def test_a_repeated_form_stores_its_files_once(opened: SiteClient) -> None:
    page = opened.get("/en/mailbox/add/")
    form = {name: hidden(page, name) for name in ("token", "form_key")}
    before = blobs_on_disk()

    opened.post("/en/mailbox/add/", {**form, "words": WORDS, "files": [file()]})
    again = opened.post("/en/mailbox/add/", {**form, "words": WORDS, "files": [file()]})

    assert "The files of the second time were not stored" in again.content.decode()
    assert Item.objects.filter(kind=ItemKind.FILE).count() == 1
    assert blobs_on_disk() == before + 1


def test_a_file_that_does_not_fit_never_costs_the_words(opened: SiteClient) -> None:
    done = add(opened, files=[file("empty.txt", b""), file("good.txt")]).content.decode()

    assert "We have received your words" in done
    assert "Not all files arrived" in done
    assert "empty.txt" in done
    assert "good.txt" not in done
    assert Item.objects.filter(kind=ItemKind.FILE).count() == 1
    only_bad = add(opened, "", files=[file("empty.txt", b"")])
    assert only_bad.status_code == 422
    assert "empty.txt: this file is empty" in only_bad.content.decode()


def test_files_of_a_refused_form_leave_nothing_on_the_disk(opened: SiteClient) -> None:
    before = blobs_on_disk()
    key = hidden(opened.get("/en/mailbox/add/"), "form_key")

    refused = opened.post(
        "/en/mailbox/add/", {"token": "no", "form_key": key, "words": "x", "files": [file()]}
    )
    opened.cookies.clear()
    closed = opened.post(
        "/en/mailbox/add/", {"token": "no", "form_key": key, "words": "x", "files": [file()]}
    )

    assert refused.status_code == 403
    assert "Choose them again" in closed.content.decode()
    assert blobs_on_disk() == before
    assert not Item.objects.filter(kind=ItemKind.FILE).exists()
