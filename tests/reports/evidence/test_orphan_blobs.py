"""Blobs that no row names are removed, and never one that somebody still writes or that a report has."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import Settings

from reports.evidence import blobs
from reports.evidence import files as evidence_files
from tests.evidence_files import blob_of, files_of, report_with, uploads
from tests.services import eventually

pytestmark = pytest.mark.usefixtures("real_clock")  # the file system dates the files
NOW = timedelta(0)


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.EVIDENCE_DIR = tmp_path / "evidence"


@pytest.mark.django_db
def test_what_a_row_names_stays_and_the_rest_goes() -> None:
    [item] = files_of(report_with(("a", "", b"woorden"), triaged=False))
    left = blobs.Writer(uuid4(), bytes(32))
    left.finish()
    left.keep()

    assert evidence_files.sweep_orphans(NOW) == 1
    assert [path.name for path in blobs._folder().iterdir()] == [str(item.pk)]


@pytest.mark.django_db
def test_it_waits_an_hour_by_the_files_own_clock_not_by_its_date() -> None:
    left = blobs.Writer(uuid4(), bytes(32))
    left.finish()  # dated at midnight, perhaps many hours ago
    left.keep()

    assert evidence_files.sweep_orphans() == 0
    assert evidence_files.sweep_orphans(NOW) == 1


@pytest.mark.django_db
def test_what_is_being_written_is_left_alone_however_slow() -> None:
    [upload] = uploads(("a", "", b"woorden"))

    assert evidence_files.sweep_orphans(NOW) == 0
    upload.drop()
    assert not blob_of(upload.item_id).exists()


@pytest.mark.django_db
def test_other_files_in_the_folder_are_not_touched() -> None:
    blobs._folder().mkdir(parents=True, exist_ok=True)
    (blobs._folder() / "lost+found").write_text("")

    assert evidence_files.sweep_orphans(NOW) == 0
    assert [path.name for path in blobs._folder().iterdir()] == ["lost+found"]


@pytest.mark.django_db(transaction=True)
def test_shredding_deletes_the_blobs_with_the_commit_and_not_before() -> None:
    items = files_of(report_with(("a", "", b"een"), ("b", "", b"twee"), triaged=False))
    ids = [item.pk for item in items]
    with pytest.raises(RuntimeError), transaction.atomic():
        evidence_files.shred_blobs(ids)
        raise RuntimeError("rolled back")
    assert all(blob_of(each).exists() for each in ids)

    with transaction.atomic():
        evidence_files.shred_blobs([*ids, uuid4()])
        assert all(blob_of(each).exists() for each in ids)
    assert not any(blob_of(each).exists() for each in ids)


_WRITE_AND_WAIT = """
import sys, time, uuid, django
django.setup()
from django.conf import settings
from pathlib import Path
settings.EVIDENCE_DIR = Path(sys.argv[1])
from tests.evidence_files import uploads
kept = uploads(("a.txt", "text/plain", b"marker" * 50000))
print("written", flush=True)
time.sleep(60)
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_during_an_upload_leaves_an_orphan_that_is_swept(
    process_environment: Callable[[str], dict[str, str]],
) -> None:
    command = [sys.executable, "-c", _WRITE_AND_WAIT, str(settings.EVIDENCE_DIR)]
    env = process_environment("public") | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, cwd=settings.BASE_DIR) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        [blob] = blobs._folder().iterdir()
        assert evidence_files.sweep_orphans(NOW) == 0  # the process runs, and holds its lock
        process.send_signal(signal.SIGKILL)
        process.wait()

    def is_free() -> bool:
        with blob.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True

    eventually(is_free, what="the end of the lock")
    assert b"marker" not in blob.read_bytes()
    assert evidence_files.sweep_orphans(NOW) == 1
    assert not blob.exists()
