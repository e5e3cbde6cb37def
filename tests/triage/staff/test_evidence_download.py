"""Staff see what is known of each file and download it; an original opens only with a recorded reason."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from reports.choices import Queue
from reports.evidence import files as evidence_files
from reports.models import Item, ItemKind
from reports.models.audit import Audit
from reports.sealing import core
from reports.vault.keyring import Keyring
from tests.cast import LISTS, log_in, text_of
from tests.clamd import MARK, speaking
from tests.evidence_files import blob_of, clean_all, content_of, files_of, picture, report_with, uploads
from tests.factories import make_officer, ring_of
from triage import tasks
from triage.staff import evidence_page

pytestmark = pytest.mark.django_db

FILE = ("foto\u202egpj.exe", "image/jpeg")


@pytest.fixture
def anna(staff_site: Any) -> Any:
    """A member of follow-up and OBI, logged in."""
    user = make_officer("anna", [Queue.FOLLOW_UP, Queue.OBI_APPROACH])
    assert log_in(staff_site).status_code == 302
    return user


def pages_of(report: Any, item: Item) -> tuple[str, str]:
    """The report's page and the address of the file."""
    work_item = report.work_items.get(queue=Queue.FOLLOW_UP)
    place = f"{LISTS[Queue.FOLLOW_UP]}{work_item.pk}/"
    return f"{place}change/", f"{place}evidence/{item.pk}/"


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_the_page_says_what_was_found_and_offers_the_clean_copy(anna: Any, staff_site: Any) -> None:
    report = report_with((*FILE, picture("JPEG")))
    clean_all(report)
    [copy] = files_of(report)
    page, file = pages_of(report, copy)
    text = text_of(staff_site.get(page))

    assert "fotogpj.exe" in text
    assert "GPS" in text
    assert file in staff_site.get(page).content.decode()


def test_a_download_is_the_file_forced_to_be_saved_under_a_name_of_ours(anna: Any, staff_site: Any) -> None:
    report = report_with((*FILE, picture("JPEG")))
    clean_all(report)
    [copy] = files_of(report)
    response = staff_site.get(pages_of(report, copy)[1])

    assert body(response) == content_of(copy, ring_of(anna))
    name = f"{report.reference}-{copy.pk.hex[:6]}.jpg"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Length"] == str(len(content_of(copy, ring_of(anna))))


def test_an_original_needs_a_reason_which_is_recorded_before_it_opens(anna: Any, staff_site: Any) -> None:
    content = picture("JPEG")
    report = report_with((*FILE, content), keep_originals=True)
    clean_all(report)
    original, _copy = files_of(report)
    page, file = pages_of(report, original)

    assert staff_site.get(file).status_code == 405
    refused = staff_site.post(file, {"reason": " "})
    assert refused.status_code == 302
    assert not report.items.filter(kind=ItemKind.DECISION).exists()

    opened = staff_site.post(file, {"reason": "De plaats is nodig voor de aangifte."})
    assert report.items.filter(kind=ItemKind.DECISION).count() == 1
    assert body(opened) == content
    assert opened["Content-Disposition"].endswith('-original.jpg"')
    text = text_of(staff_site.get(page))
    assert "De plaats is nodig voor de aangifte." in text
    assert text.count("fotogpj.exe") >= 2


def test_every_download_and_every_alarm_is_in_the_audit_chain(anna: Any, staff_site: Any) -> None:
    report = report_with((*FILE, picture("JPEG")), keep_originals=True)
    clean_all(report)
    original, copy = files_of(report)
    staff_site.get(pages_of(report, copy)[1])
    staff_site.post(pages_of(report, original)[1], {"reason": "geheime reden"})
    blob_of(copy.pk).unlink()
    staff_site.get(pages_of(report, copy)[1])

    entries = [json.loads(row.entry) for row in Audit.objects.order_by("seq")]
    told = [
        (entry["actor"], entry["verb"], entry["subject"])
        for entry in entries
        if entry["subject"].endswith((str(original.pk), str(copy.pk)))
    ]
    assert told == [
        ("process:worker", "hand_on_file", f"item:{original.pk}"),
        ("anna", "download", f"item:{copy.pk}"),
        ("anna", "download", f"item:{original.pk}"),
        ("anna", "integrity_alarm", f"item:{copy.pk}"),
    ]
    assert "geheime" not in str(entries)


def test_what_was_not_cleaned_counts_as_an_original(anna: Any, staff_site: Any) -> None:
    report = report_with(("spraak.ogg", "audio/ogg", b"OggS\0\x02" + bytes(200)))
    clean_all(report)
    [item] = files_of(report)

    assert staff_site.get(pages_of(report, item)[1]).status_code == 405
    assert staff_site.post(pages_of(report, item)[1], {"reason": "luisteren"}).status_code == 200


def test_until_it_is_cleaned_the_page_says_that_it_waits(anna: Any, staff_site: Any) -> None:
    report = report_with((*FILE, picture("JPEG")))
    [item] = files_of(report)
    page, file = pages_of(report, item)

    assert "fotogpj" not in text_of(staff_site.get(page))
    assert evidence_page.opened(report.work_items.get(), ring_of(anna)).waiting == 1
    assert staff_site.post(file, {"reason": "nu al"}).status_code == 403


def test_members_of_another_queue_and_files_of_another_report_get_nothing(staff_site: Any) -> None:
    make_officer("bea", [Queue.OBI_APPROACH])
    log_in(staff_site, "bea")
    report = report_with((*FILE, picture("JPEG")))
    clean_all(report)
    [copy] = files_of(report)
    assert staff_site.get(pages_of(report, copy)[1]).status_code == 403

    make_officer("carla", [Queue.FOLLOW_UP])
    log_in(staff_site, "carla")
    other = report_with((*FILE, picture("PNG")))
    clean_all(other)
    [copy_of_other] = files_of(other)
    assert staff_site.get(pages_of(report, copy)[1]).status_code == 200
    mixed = pages_of(report, copy_of_other)[1]
    assert staff_site.get(mixed).status_code == 403
    assert staff_site.get(pages_of(report, report.items.get(kind=ItemKind.REPORT))[1]).status_code == 403


@pytest.mark.parametrize("how", ["flipped", "cut", "swapped", "missing"])
def test_an_altered_file_is_refused_before_its_first_byte_and_told(
    how: str, anna: Any, staff_site: Any
) -> None:
    noise = os.urandom(200_000)
    report = report_with(("a.bin", "", noise), ("b.bin", "", noise[::-1]))
    clean_all(report)
    one, other = files_of(report)
    path, whole = blob_of(one.pk), blob_of(one.pk).read_bytes()
    page, file = pages_of(report, one)
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes(
            {
                "flipped": whole[:150_000] + bytes([whole[150_000] ^ 1]) + whole[150_001:],
                "cut": whole[: -core.CHUNK - core.TAG],
                "swapped": blob_of(other.pk).read_bytes(),
            }[how]
        )

    response = staff_site.post(file, {"reason": "bewijs"}, follow=True)
    assert not response.streaming
    assert "Integri" in text_of(response)
    assert not report.items.filter(kind=ItemKind.DECISION).exists()
    if how != "flipped":  # seen without opening the whole file
        assert any(each.alarm for each in evidence_page.opened(report.work_items.get(), ring_of(anna)).files)


def test_an_altered_manifest_and_a_lost_wrap_are_alarms(anna: Any, staff_site: Any) -> None:
    report = report_with(("a.bin", "", b"een"), ("b.bin", "", b"twee"))
    one, other = files_of(report)
    other.wraps.update(blob=b"rubbish")
    Item.objects.filter(pk=one.pk).update(body=b"rubbish")
    for _attempt in range(4):
        for item in (one, other):
            tasks.triage_item(str(item.pk))

    assert evidence_page.opened(report.work_items.get(), ring_of(anna)).alarms == 2
    assert "Integri" in text_of(staff_site.get(pages_of(report, one)[0]))


def test_a_suspicious_file_is_told_and_no_double_click_opens_it(
    anna: Any, staff_site: Any, settings: Any
) -> None:
    report = report_with(("foto.jpg", "image/jpeg", picture("JPEG") + MARK))
    with speaking(lambda _content: b"stream: Baken.Test FOUND\0") as settings.CLAMD:
        clean_all(report)
    original, _copy = files_of(report)
    page, file = pages_of(report, original)

    assert "Baken.Test" in text_of(staff_site.get(page))
    response = staff_site.post(file, {"reason": "onderzoek"})
    assert response["Content-Disposition"].endswith('-original.jpg.suspicious"')


def test_the_same_file_sent_twice_is_told(anna: Any) -> None:
    report = report_with(("a.jpg", "", picture("JPEG")))
    content = content_of(files_of(report)[0], Keyring.of_worker())
    evidence_files.attach(report_id=report.pk, uploads=uploads(("b.jpg", "", content)), keep_originals=False)
    clean_all(report)
    files = evidence_page.opened(report.work_items.get(), ring_of(anna)).files

    assert [file.same_as for file in files] == ["", "a.jpg"]
