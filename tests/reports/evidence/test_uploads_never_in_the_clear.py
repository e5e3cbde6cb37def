"""A real site is watched during an upload: no place on any disk ever holds a readable part of the file.

And: who disconnects, or a process that is killed, leaves nothing acknowledged and nothing half visible.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from reports.evidence import files as evidence_files
from reports.models import Item, ItemKind, Report
from reports.vault.keyring import Keyring
from tests.evidence_files import blob_of, content_of
from tests.reports.evidence.uploading import MARK, Site, Visitor, below, held_open, public_site
from tests.services import eventually

pytestmark = pytest.mark.django_db(transaction=True)

SIZE = 3_000_000
CONTENT = (MARK * (SIZE // len(MARK) + 1))[:SIZE]


@pytest.fixture
def site(process_environment: Callable[[str], dict[str, str]], tmp_path: Path) -> Iterator[Site]:
    with public_site(process_environment("public"), tmp_path) as running:
        yield running


def blobs_now() -> set[Path]:
    return set(Path(settings.EVIDENCE_DIR).glob("*"))


def test_no_part_of_a_file_is_ever_readable_on_a_disk(site: Site) -> None:
    places = (site.temp, Path(settings.DATA_DIR), Path("/dev/shm"))
    before = blobs_now()
    visitor = Visitor(site, CONTENT)
    visitor.send(2_000_000)
    eventually(
        lambda: any(blob.stat().st_size > 1_000_000 for blob in blobs_now() - before), what="half of the blob"
    )
    half = below(*places) | held_open([site.pid, *site.workers()])
    assert any(name.endswith(blob.name) for name in half for blob in blobs_now() - before), "looked elsewhere"
    visitor.send()
    page = visitor.answer()
    after = below(*places) | held_open([site.pid, *site.workers()])

    assert "1 bestand" in page
    assert [name for name, content in (half | after).items() if MARK in content] == []
    [item] = Item.objects.filter(kind=ItemKind.FILE)
    assert content_of(item, Keyring.of_worker()) == CONTENT


def test_all_it_opens_for_writing_is_the_blob_the_database_and_its_heartbeat(site: Site) -> None:
    visitor = Visitor(site, CONTENT)
    already = len(site.opened.read_text().splitlines())
    visitor.send()
    assert "1 bestand" in visitor.answer()
    opened = site.opened.read_text().splitlines()[already:]

    [item] = Item.objects.filter(kind=ItemKind.FILE)
    assert str(blob_of(item.pk)) in opened
    assert [path for path in opened if path != str(blob_of(item.pk))] == []


def test_who_disconnects_in_the_middle_leaves_nothing(site: Site) -> None:
    before, key = blobs_now(), site.form_key()
    visitor = Visitor(site, CONTENT, key)
    visitor.send(2_000_000)
    eventually(lambda: blobs_now() - before, what="a blob")
    visitor.hang_up()
    eventually(lambda: blobs_now() == before, what="the end of the blob")
    assert not Report.objects.exists()

    again = Visitor(site, CONTENT, key)
    again.send()
    assert "1 bestand" in again.answer()
    assert Item.objects.filter(kind=ItemKind.FILE).count() == 1


def test_who_disconnects_among_the_words_leaves_no_half_report(site: Site) -> None:
    visitor = Visitor(site, CONTENT)
    visitor.send(400)
    visitor.hang_up()
    whole = Visitor(site, b"x")
    whole.send()

    assert "1 bestand" in whole.answer()
    assert Report.objects.count() == 1


def test_a_process_killed_in_the_middle_leaves_only_a_sealed_orphan(site: Site) -> None:
    before, key = blobs_now(), site.form_key()
    visitor = Visitor(site, CONTENT, key)
    visitor.send(2_000_000)
    eventually(lambda: blobs_now() - before, what="a blob")
    [worker] = site.workers()
    os.kill(worker, signal.SIGKILL)
    visitor.hang_up()
    [orphan] = blobs_now() - before

    assert not Report.objects.exists()
    assert MARK not in orphan.read_bytes()
    eventually(lambda: site.workers() not in ([], [worker]), what="the next worker")
    again = Visitor(site, CONTENT, key)
    again.send()
    assert "1 bestand" in again.answer()
    evidence_files.sweep_orphans(timedelta(0))
    assert not orphan.exists()
    [item] = Item.objects.filter(kind=ItemKind.FILE)
    assert content_of(item, Keyring.of_worker()) == CONTENT


def test_a_file_over_the_limit_is_read_to_its_end_and_then_answered(site: Site) -> None:
    before = blobs_now()
    visitor = Visitor(site, bytes(settings.EVIDENCE_FILE_MAX_SIZE + 5_000_000))
    visitor.send()
    page = visitor.answer()

    assert page.startswith("HTTP/1.1 200")
    assert re.search(r"<bdi[^>]*>foto.bin</bdi>", page)
    assert Report.objects.count() == 1
    assert blobs_now() == before
