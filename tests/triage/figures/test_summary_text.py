"""What the weekly mail says, word for word, and what it never says.

The files in golden/ are read by people; after a change of words write them anew with
GOLDEN=write in the environment of pytest, and read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.translation import override

from reports import audit
from reports.audit import verify
from reports.choices import Queue, Urgency
from tests.factories import IN_DANGER, make_report
from tests.triage.figures.mail_figures import count_november, count_week, subscribe
from triage.figures import summaries, weeks
from triage.models import Subscription, Tally, WorkItem

GOLDEN = Path(__file__).parent / "golden"

pytestmark = pytest.mark.django_db


def check(name: str, text: str) -> None:
    file = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_mail_of_an_ordinary_week(language: str) -> None:
    count_november()
    subject, text, html = summaries.rendered(summaries.figures("2026-W46"), language)

    check(f"weekly.{language}.txt", f"{subject}\n\n{text}")
    check(f"weekly.{language}.html", html)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_mail_of_a_week_with_too_few_reports(language: str) -> None:
    count_november()
    subject, text, _html = summaries.rendered(summaries.figures("2026-W45"), language)

    check(f"weekly-few.{language}.txt", f"{subject}\n\n{text}")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_week_of_none_reads_as_a_week_of_four(language: str) -> None:
    none = summaries.rendered(summaries.figures("2026-W46"), language)
    count_week("2026-W46", 4, (4, 0, 0), (4, 0, 0, 0))
    four = summaries.rendered(summaries.figures("2026-W46"), language)

    assert none == four


@pytest.mark.parametrize("language", ["nl", "en"])
def test_text_and_html_say_the_same(language: str) -> None:
    count_november()
    _subject, text, html = summaries.rendered(summaries.figures("2026-W46"), language)
    words = re.sub(r"<title>.*?</title>|<[^>]+>", " ", html)

    for line in ("2026", *re.findall(r"^(?:\w[^:\n]*): (.+)$", text, re.MULTILINE)):
        assert line.lower() in words.lower()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_mail_and_the_staff_site_use_the_same_names(language: str) -> None:
    count_november()
    _subject, text, _html = summaries.rendered(summaries.figures("2026-W46"), language)

    with override(language):
        for name in (*Queue, *Urgency):
            assert f"\n{name.label}: " in text


@pytest.mark.parametrize("week", ["2026-W45", "2026-W46"])
def test_every_week_has_the_same_headings(week: str) -> None:
    count_november()
    _subject, text, _html = summaries.rendered(summaries.figures(week), "nl")

    assert re.findall(r"^[A-Z ]{8,}$", text, re.MULTILINE) == [
        "PER WERKLIJST",
        "PER URGENTIE",
        "ONTVANGEN IN DE LAATSTE VIER WEKEN",
        "WERK DAT NOG OPEN STAAT",
        "BIJ DEZE CIJFERS",
    ]


def test_the_trend_repeats_each_week_as_its_own_mail_gave_it() -> None:
    count_november()
    newest = summaries.figures("2026-W46")

    assert list(newest.trend) == ["2026-W43", "2026-W44", "2026-W45", "2026-W46"]
    for week, cell in newest.trend.items():
        assert cell == summaries.figures(week).received


def test_lists_that_do_not_agree_with_the_total_are_told(caplog: pytest.LogCaptureFixture) -> None:
    count_week("2026-W46", 31, (17, 14, 6), (2, 9, 13, 8))
    _subject, text, html = summaries.rendered(summaries.figures("2026-W46"), "nl")

    assert "DE LIJSTEN KLOPPEN NIET MET HET TOTAAL" in text
    assert "de lijsten kloppen niet met het totaal" in html
    assert "do not agree" in caplog.text


@pytest.mark.any_hour
def test_routed_reports_are_in_the_figures_of_their_week_and_agree() -> None:
    for _ in range(6):
        make_report(answers=IN_DANGER, triaged=True)
    figures = summaries.figures(weeks.week_of(timezone.now()), early=True)

    assert figures.agree
    assert figures.received == 6
    assert figures.work["open"] == 5  # at least
    assert Tally.objects.filter(list=Tally.List.URGENCY).get().line == Urgency.IMMEDIATE


def test_no_id_no_address_and_no_link_is_in_the_mail() -> None:
    report = make_report(answers=IN_DANGER, triaged=True)
    count_november()
    [reader, _other] = subscribe("reader@ministry.example", "other@ministry.example")
    mail = summaries.compose(summaries.figures("2026-W46"), reader, ("summary", "2026-W46"))
    raw = mail.message().as_string()

    ids = {str(report.pk), report.reference, *(str(item.pk) for item in WorkItem.objects.all())}
    for secret in (*ids, *(each.replace("-", "") for each in ids), "other@", "http", "href", "src="):
        assert secret not in raw
    assert raw.count("reader@ministry.example") == 1
    assert mail.message()["Auto-Submitted"] == "auto-generated"


def test_the_message_id_is_fixed_by_week_and_recipient_and_hides_the_address() -> None:
    one, other = subscribe("one@ministry.example", "other@ministry.example")
    figures = summaries.figures("2026-W46")

    def message_id(to: Subscription, week: str) -> str:
        return str(summaries.compose(figures, to, ("summary", week)).message()["Message-ID"])

    assert message_id(one, "2026-W46") == message_id(one, "2026-W46")
    assert len({message_id(one, "2026-W46"), message_id(one, "2026-W47"), message_id(other, "2026-W46")}) == 3
    assert "one" not in message_id(one, "2026-W46")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_recipient_is_a_witness_of_the_audit_chain(language: str) -> None:
    make_report(triaged=True)
    head = audit.head()
    _subject, text, html = summaries.rendered(summaries.figures("2026-W46"), language)

    assert head.seq > 0
    assert head.hash in text
    assert head.hash in html
    verify.verify(expected=head.hash)
