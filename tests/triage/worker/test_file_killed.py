"""kill -9 of the worker while it cleans: the file is not lost, not done twice, and no half copy stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from reports.evidence import files as evidence_files
from reports.models import ItemKind
from reports.vault.keyring import Keyring
from tests.evidence_files import blob_of, content_of, files_of, picture, report_with
from tests.factories import make_officer, ring_of
from tests.services import eventually
from tests.triage.worker.processes import held_worker, sweep_later, worker
from triage import tasks
from triage.worker.file import LEASE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "place",
    [
        "triage.worker.file.isolated.cleaned",
        "triage.worker.file._hand_over",
        "reports.models.ItemQuerySet.drop_intake_wraps",
    ],
)
def test_killed_at_any_step_another_worker_does_it_once(
    place: str,
    redis_url: str,
    process_environment: Callable[[str], dict[str, str]],
    tmp_path: Path,
) -> None:
    officer = ring_of(make_officer())
    content = picture("JPEG")
    report = report_with(("foto.jpg", "image/jpeg", content), keep_originals=True)
    [item] = files_of(report)
    before = set(blob_of(item.pk).parent.iterdir())
    tasks.sweep()
    with held_worker(process_environment("worker"), tmp_path / "held.log", at=place):
        pass  # killed with -9 at the end of the block
    assert files_of(report) == [item]
    assert content_of(item, Keyring.of_worker()) == content

    sweep_later(LEASE.total_seconds() + 5)
    with worker(process_environment("worker"), tmp_path / "worker.log"):
        eventually(lambda: len(files_of(report)) == 2, what="the cleaning by the second worker")
    original, copy = files_of(report)
    assert (original.kind, copy.kind) == (ItemKind.FILE, ItemKind.FILE_CLEAN)
    assert content_of(original, officer) == content
    assert content_of(copy, officer)
    evidence_files.sweep_orphans(timedelta(0))
    assert set(blob_of(item.pk).parent.iterdir()) - before == {blob_of(copy.pk)}
