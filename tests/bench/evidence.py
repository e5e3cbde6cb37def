"""`python -m tests.bench.evidence`: a file of 20 MB from upload to download, and the memory that it takes.

In: over a socket to gunicorn, sealed on the disk, receipt page answered. Cleaned: the worker's verb in a
process of its own, with the cleaner it starts. Out: logged in, the download streamed. Megabytes are 10^6.
"""

from __future__ import annotations

import hashlib
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZE = 20_000_000
ROUNDS = 5


def main() -> None:
    """Runs the parts as processes on a database of their own and prints a line for each."""
    from config.trial.environment import BASE_DIR, Trial
    from tests.config.trials import free_ports
    from tests.reports.evidence.uploading import Visitor, public_site

    with tempfile.TemporaryDirectory(prefix="baken-bench-") as folder:
        trial = Trial(data=Path(folder) / "data", public_port=free_ports(1)[0])
        trial.make_folders()
        console = trial.environment("console")
        for command in (["migrate", "-v0"], ["vault_init", "--development", "-v0"]):
            subprocess.run([sys.executable, "manage.py", *command], env=console, cwd=BASE_DIR, check=True,
                           stdout=subprocess.DEVNULL)  # fmt: skip
        content = photo()
        with public_site(trial.environment("public"), Path(folder)) as site:
            Visitor(site, b"warm").send()
            taken = []
            for _round in range(ROUNDS):
                visitor = Visitor(site, content, keep_originals="1")
                start = time.perf_counter()
                visitor.send()
                assert "1 bestand" in visitor.answer()
                taken.append(time.perf_counter() - start)
            _line("in", taken, max(_peak(pid) for pid in site.workers()))
        for part, role in (("cleaned", "worker"), ("out", "console")):
            done = subprocess.run(
                [sys.executable, "-m", "tests.bench.evidence", part, hashlib.sha256(content).hexdigest()],
                env=trial.environment(role), cwd=BASE_DIR, capture_output=True, text=True,
            )  # fmt: skip
            print(done.stdout or done.stderr, end="")


def photo() -> bytes:
    """A JPEG of 20 MB with a camera in it."""
    from PIL import Image

    exif, out = Image.Exif(), io.BytesIO()
    exif[0x010F] = "camera"
    Image.effect_noise((64, 48), 90).save(out, "JPEG", exif=exif)
    small = out.getvalue()
    end = small.rindex(b"\xff\xd9")
    return small[:end] + os.urandom(SIZE - len(small)).replace(b"\xff", b"\xfe") + small[end:]


def cleaned() -> None:
    """Routes the reports, then cleans each of their files."""
    import django

    django.setup()
    from reports.models import Item, ItemKind
    from reports.vault.keyring import Keyring
    from triage.worker import file as file_work
    from triage.worker import report as report_work

    ring, taken = Keyring.of_worker(), []
    for report in Item.objects.filter(kind=ItemKind.REPORT):
        report_work.do(Item.objects.get(report=report.report_id, kind=ItemKind.REPORT), ring)
    idle = _own_peak()
    for item in Item.objects.filter(kind=ItemKind.FILE):
        start = time.perf_counter()
        assert file_work.do(item, ring)
        taken.append(time.perf_counter() - start)
    _line("cleaned", taken[-ROUNDS:], _own_peak())
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"         of the worker {idle:.0f} MB without any file; the cleaner's own peak {child:.0f} MB")


def out(sha256: str) -> None:
    """Downloads each original through the staff site, as an officer who logged in; byte by byte the same."""
    import django
    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    django.setup()
    from django.test import Client
    from django.test.utils import setup_test_environment

    from reports.choices import Queue
    from reports.models import Item, ItemKind
    from tests.cast import LISTS, log_in
    from tests.evidence_files import blob_of
    from tests.factories import make_officer

    setup_test_environment()
    client, taken = Client(), []
    make_officer("anna", [Queue.FOLLOW_UP])
    assert log_in(client).status_code == 302
    before = _own_peak()
    for item in Item.objects.filter(kind=ItemKind.FILE):
        work_item = item.report.work_items.get(queue=Queue.FOLLOW_UP)
        place = f"{LISTS[Queue.FOLLOW_UP]}{work_item.pk}/evidence/{item.pk}/"
        if blob_of(item.pk).stat().st_size < SIZE // 2:
            continue  # the one that warmed the site up
        start, digest = time.perf_counter(), hashlib.sha256()
        for part in client.post(place, {"reason": "benchmark"}).streaming_content:  # type: ignore[attr-defined]
            digest.update(part)
        taken.append(time.perf_counter() - start)
        assert digest.hexdigest() == sha256, "not the same bytes"
    _line("out", taken, _own_peak())
    print(f"         of it {before:.0f} MB before the first file: the login stretches a password in 128 MB")


def _line(what: str, taken: list[float], peak: float) -> None:
    middle = sorted(taken)[len(taken) // 2]
    rate = SIZE / 1e6 / middle
    print(f"{what:<8}{middle:7.2f} s{rate:8.0f} MB/s{peak:8.0f} MB peak of the process", flush=True)


def _own_peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _peak(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0


if __name__ == "__main__":
    parts = {"cleaned": lambda: cleaned(), "out": lambda: out(sys.argv[2])}
    parts[sys.argv[1]]() if len(sys.argv) > 1 else main()
