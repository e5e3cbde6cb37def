"""Files are sealed while they are received: what is on the disk, what opens it, and what is refused."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from reports.evidence import blobs
from reports.evidence.uploads import Fault, shown_name
from reports.models import Item
from reports.sealing import core
from reports.vault.keyring import CannotOpen, Keyring
from tests.evidence_files import blob_of, content_of, drop, files_of, manifest_of, report_with, uploads

pytestmark = pytest.mark.django_db

CHUNK = core.CHUNK


@pytest.mark.parametrize("size", [1, 100, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, 1_000_003])
def test_every_size_comes_back_byte_by_byte(size: int) -> None:
    content = os.urandom(size)
    [item] = files_of(report_with(("a.bin", "application/octet-stream", content), triaged=False))

    assert content_of(item, Keyring.of_worker()) == content
    assert manifest_of(item, Keyring.of_worker()).size == size


def test_on_the_disk_there_are_whole_chunks_only() -> None:
    sizes = set()
    for size in (1, 500, CHUNK):
        [item] = files_of(report_with(("a", "", os.urandom(size)), triaged=False))
        sizes.add(blob_of(item.pk).stat().st_size)

    assert sizes == {core.HEAD + CHUNK + core.TAG}
    assert blobs.size_on_disk(CHUNK + 1) == core.HEAD + 2 * (CHUNK + core.TAG)


def test_a_blob_is_named_by_its_item_readable_by_its_owner_and_dated_at_midnight(settings: Settings) -> None:
    [item] = files_of(report_with(("brief aan oma.txt", "text/plain", b"woorden"), triaged=False))
    state = blob_of(item.pk).stat()

    assert blob_of(item.pk).name == str(item.pk)
    assert stat.S_IMODE(state.st_mode) == 0o600
    moment = datetime.fromtimestamp(state.st_mtime, UTC).astimezone(ZoneInfo(settings.TIME_ZONE))
    assert moment.strftime("%H:%M:%S") == "00:00:00"
    assert b"woorden" not in blob_of(item.pk).read_bytes()


def test_each_file_has_a_key_of_its_own_and_only_the_worker_opens_it_at_first() -> None:
    one, other = files_of(report_with(("a", "", b"een"), ("b", "", b"twee"), triaged=False))

    keys = {Keyring.of_worker().key_of(item) for item in (one, other)}
    assert len(keys) == 2
    assert one.wraps.count() == 1
    with pytest.raises(CannotOpen):
        Keyring([]).key_of(one)


def test_altered_cut_or_swapped_blobs_do_not_open() -> None:
    one, other = files_of(
        report_with(("a", "", os.urandom(200_000)), ("b", "", os.urandom(200_000)), triaged=False)
    )
    ring = Keyring.of_worker()
    path, whole = blob_of(one.pk), blob_of(one.pk).read_bytes()
    altered = bytearray(whole)
    altered[100_000] ^= 1
    chunk = CHUNK + core.TAG
    wrong = {
        "a flipped bit": bytes(altered),
        "the last chunk cut off": whole[:-chunk],
        "half a chunk cut off": whole[:-500],
        "something added": whole + bytes(chunk),
        "two chunks exchanged": whole[: core.HEAD]
        + whole[core.HEAD + chunk : core.HEAD + 2 * chunk]
        + whole[core.HEAD : core.HEAD + chunk]
        + whole[core.HEAD + 2 * chunk :],
        "the blob of another file": blob_of(other.pk).read_bytes(),
        "nothing": b"",
    }
    for what, content in wrong.items():
        path.write_bytes(content)
        with pytest.raises(core.Broken):
            content_of(one, ring)
            pytest.fail(what)
    path.unlink()
    with pytest.raises(core.Broken):
        content_of(one, ring)


def test_an_empty_file_is_a_fault_and_leaves_nothing() -> None:
    [upload] = uploads(("leeg.txt", "text/plain", b""))

    assert upload.fault is Fault.EMPTY
    assert not blob_of(upload.item_id).exists()


def test_a_file_over_the_limit_leaves_nothing_and_the_next_one_is_taken(settings: Settings) -> None:
    settings.EVIDENCE_FILE_MAX_SIZE = 1000
    large, small = uploads(("film.mp4", "video/mp4", bytes(1001)), ("foto.jpg", "image/jpeg", bytes(1000)))

    assert large.fault is Fault.TOO_LARGE
    assert not blob_of(large.item_id).exists()
    assert small.fault is None
    small.drop()


def test_files_together_over_the_limit_lose_the_one_that_was_too_much(settings: Settings) -> None:
    settings.EVIDENCE_FILES_MAX_SIZE = 1500
    given = uploads(("a", "", bytes(1000)), ("b", "", bytes(1000)), ("c", "", b"c"))
    drop(given)

    assert [upload.fault for upload in given] == [None, Fault.TOGETHER_TOO_LARGE, None]


def test_the_eleventh_file_is_not_stored() -> None:
    given = uploads(*((f"{n}.txt", "text/plain", b"%d" % n) for n in range(12)))
    drop(given)

    assert [upload.fault for upload in given] == [None] * 10 + [Fault.TOO_MANY] * 2


def test_a_full_disk_fails_the_file_and_not_the_report(settings: Settings) -> None:
    settings.EVIDENCE_MIN_FREE = 1 << 60
    report = report_with(("a", "", b"woorden"), triaged=False)

    assert files_of(report) == []
    assert Item.objects.filter(report=report).count() == 1


def test_the_same_file_twice_in_one_form_is_stored_once() -> None:
    assert len(files_of(report_with(("a.jpg", "", b"x" * 99), ("b.jpg", "", b"x" * 99), triaged=False))) == 1


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Maryna\\foto.jpg", "foto.jpg"),
        ("foto\u202egpj.exe", "fotogpj.exe"),
        ("foto\r\nX-Evil: 1\0.jpg", "fotoX-Evil: 1.jpg"),
        ("фота мамы.jpg", "фота мамы.jpg"),
        ("a" * 300 + ".jpeg", "a" * 100 + "…" + "a" * 44 + ".jpeg"),
    ],
)
def test_a_name_is_shown_without_path_and_without_invisible_signs(sent: str, shown: str) -> None:
    assert shown_name(sent) == shown
