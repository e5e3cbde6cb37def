"""Figures that nobody may read in the clear: sealed counts, summed once a week, then gone."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest
import time_machine
from django.core import mail

from reports.choices import Queue, Severity
from reports.models import Item, ItemQuerySet, Report, Wrap
from reports.sealing import core
from reports.vault import bundle
from reports.vault.keyring import Keyring
from tests.factories import (
    FOR_FOLLOW_UP,
    FOR_POLICE,
    IN_DANGER,
    make_officer,
    make_receipt,
    make_report,
    ring_of,
    route,
    route_unassessed,
)
from tests.triage.figures.mail_figures import count_week, subscribe
from triage import tasks
from triage.figures import sealed_counts, summaries, week_sums
from triage.figures.sealed_counts import List
from triage.models import SealedCount, WeekSums

pytestmark = pytest.mark.django_db

IN_W46 = "2026-11-12T09:00:00+00:00"  # a Thursday
W46_IS_DUE = "2026-11-16T06:31:00+00:00"  # Monday 07:31 in Amsterdam
TELLING = {
    **FOR_POLICE,
    "incident_types": ["threat", "doxxing"],
    "demonstration": "after",
    "self_censorship": ["stopped_speaking"],
}


def file_in_w46(*answers: dict[str, Any], **more: Any) -> list[Report]:
    with time_machine.travel(IN_W46, tick=False):
        return [make_report(triaged=True, answers=each, **more) for each in answers]


def lines_of(count: SealedCount) -> set[tuple[str, str]]:
    [pair] = bundle.mail().summary
    return {(name, line) for name, line in count.read(pair.unwrap)}


def test_a_report_writes_one_slip_with_its_finer_figures() -> None:
    file_in_w46(TELLING, language="be")

    [count] = SealedCount.objects.all()
    assert (count.week, count.kind) == ("2026-W46", "report")
    lines = lines_of(count)
    assert {
        ("scale", "physical_threat"),
        ("type", "threat"),
        ("type", "doxxing"),
        ("demonstration", "after"),
        ("self_censorship", "stopped_speaking"),
        ("language", "be"),
        ("fired", "physical-threat"),
    } <= lines
    assert {name for name, _ in lines} <= set(List)


def test_nothing_of_a_slip_points_at_its_report() -> None:
    [report] = file_in_w46(TELLING)
    [count] = SealedCount.objects.all()

    assert {field.name for field in SealedCount._meta.get_fields()} == {"id", "week", "kind", "body", "blob"}
    assert count.id.version == 4
    of_report = [
        report.id,
        *Item.objects.values_list("id", flat=True),
        *Wrap.objects.values_list("id", flat=True),
    ]
    whole = count.id.bytes + count.body + count.blob
    assert not [each for each in of_report if each.bytes in whole or each.hex.encode() in whole]
    assert not {str(report.id), report.id.hex} & {line for _, line in lines_of(count)}


def test_all_slips_look_the_same_from_outside() -> None:
    file_in_w46(FOR_FOLLOW_UP, TELLING, IN_DANGER)

    assert len({(len(count.body), len(count.blob)) for count in SealedCount.objects.all()}) == 1


@pytest.mark.parametrize("process", ["worker", "staff", "recovery"])
def test_only_the_mail_worker_opens_a_slip(process: str) -> None:
    file_in_w46(TELLING)
    make_officer("anna")
    pairs = {
        "worker": bundle.worker().intake,
        "staff": list(ring_of(make_officer("bob"))._pairs.values()),
        "recovery": [bundle.recovery().pair],
    }[process]

    for pair in pairs:
        with pytest.raises(core.Broken):
            SealedCount.objects.get().read(pair.unwrap)


def test_a_slip_moved_to_another_week_does_not_open() -> None:
    file_in_w46(TELLING)
    SealedCount.objects.update(week="2026-W45")

    [pair] = bundle.mail().summary
    with pytest.raises(core.Broken):
        SealedCount.objects.get().read(pair.unwrap)


def test_a_report_that_could_not_be_assessed_counts_on_the_scale_as_not_given() -> None:
    receipt = make_receipt(answers=TELLING)

    route_unassessed(receipt.report_id)

    assert lines_of(SealedCount.objects.get()) == {("scale", "not_given")}


def test_a_slip_is_written_with_the_report_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = make_receipt(answers=FOR_POLICE)

    def broken(_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(ItemQuerySet, "drop_intake_wraps", broken)
    with pytest.raises(RuntimeError):
        route(receipt.report_id)

    assert not SealedCount.objects.exists()


def test_a_report_is_routed_also_when_the_summary_key_can_not_be_trusted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    from reports.models import Key, KeyRole

    Key.objects.filter(role=KeyRole.SUMMARY).update(role=KeyRole.RECOVERY, epoch=7)

    [report] = file_in_w46(FOR_POLICE)

    assert report.work_items.count() == 1
    assert not SealedCount.objects.exists()
    assert "a sealed count was not written" in caplog.text


def test_the_running_week_is_left_alone() -> None:
    file_in_w46(TELLING)

    for moment in (IN_W46, "2026-11-15T22:59:00+00:00", "2026-11-16T06:29:00+00:00"):
        with time_machine.travel(moment, tick=False):
            assert week_sums.sum_closed_weeks() == 0
    assert SealedCount.objects.count() == 1


def test_a_closed_week_is_summed_once_and_its_slips_are_gone() -> None:
    file_in_w46(TELLING, TELLING, FOR_FOLLOW_UP)

    with time_machine.travel(W46_IS_DUE, tick=False):
        assert week_sums.sum_closed_weeks() == 1
        assert week_sums.sum_closed_weeks() == 0

    assert not SealedCount.objects.exists()
    sums = week_sums.of_week("2026-W46")
    assert sums is not None
    assert (sums["scale", "physical_threat"], sums["scale", "not_given"], sums["type", "doxxing"]) == (
        2,
        1,
        2,
    )


def test_the_sums_open_for_members_of_any_queue_and_for_nobody_else() -> None:
    file_in_w46(TELLING)
    with time_machine.travel(W46_IS_DUE, tick=False):
        week_sums.sum_closed_weeks()

    for queue in Queue:
        [(week, sums)] = week_sums.opened(ring_of(make_officer(f"of-{queue}", [queue])), since="2026-W01")
        assert (week, sums["type", "threat"]) == ("2026-W46", 1)
    assert week_sums.opened(ring_of(make_officer("nobody", [])), since="2026-W01") == []
    assert week_sums.opened(Keyring.of_worker(), since="2026-W01") == []
    assert b"threat" not in b"".join(row.body + row.blob for row in WeekSums.objects.all())


@pytest.mark.parametrize("step", ["_seal", "_lines"])
def test_a_worker_that_dies_in_between_has_done_nothing(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    file_in_w46(TELLING, TELLING)
    real = getattr(week_sums, step)

    def dies(*given: Any) -> Any:
        real(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(week_sums, step, dies)
    with time_machine.travel(W46_IS_DUE, tick=False):
        with pytest.raises(KeyboardInterrupt):
            week_sums.sum_closed_weeks()
        assert (SealedCount.objects.count(), WeekSums.objects.count()) == (2, 0)

        monkeypatch.setattr(week_sums, step, real)
        assert week_sums.sum_closed_weeks() == 1

    sums = week_sums.of_week("2026-W46")
    assert sums is not None
    assert sums["type", "threat"] == 2


def test_a_slip_that_comes_late_counts_in_the_running_week_and_the_closed_one_stays() -> None:
    file_in_w46(TELLING)
    with time_machine.travel(W46_IS_DUE, tick=False):
        week_sums.sum_closed_weeks()
        frozen = {row.pk: row.body for row in WeekSums.objects.all()}
        file_in_w46(TELLING)  # its transaction was open all the time
        assert week_sums.sum_closed_weeks() == 0

    [late] = SealedCount.objects.all()
    assert late.week == "2026-W47"
    assert ("type", "threat") in lines_of(late)
    assert {row.pk: row.body for row in WeekSums.objects.all()} == frozen


@pytest.mark.parametrize(
    "planted",
    [
        [["type", "Ivan Ivanovich lives at Kerkstraat 5"]],
        [["secret", "threat"]],
        {"type": "threat"},
        [["type", "threat", 1_000_000]],
        "threat",
        None,
    ],
)
def test_a_planted_slip_adds_nothing_and_raises_an_alarm(
    planted: Any, caplog: pytest.LogCaptureFixture
) -> None:
    [pair] = bundle.mail().summary
    count = SealedCount(week="2026-W46", kind="report")
    count.seal(planted, pair.public)
    count.save()
    file_in_w46(TELLING)

    with time_machine.travel(W46_IS_DUE, tick=False):
        assert week_sums.sum_closed_weeks() == 1

    sums = week_sums.of_week("2026-W46")
    assert sums is not None
    assert sums["type", "threat"] == 1
    assert "INTEGRITY ALARM" in caplog.text
    assert "Kerkstraat" not in caplog.text


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_sum_once() -> None:
    from django.db import connection

    file_in_w46(*[TELLING] * 5)
    done: list[int] = []

    def work() -> None:
        with time_machine.travel(W46_IS_DUE, tick=False):
            done.append(week_sums.sum_closed_weeks())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == [0, 1]
    sums = week_sums.of_week("2026-W46")
    assert sums is not None
    assert sums["type", "threat"] == 5


# --- in the weekly mail ------------------------------------------------------------------------


def scale_of(counts: tuple[int, int, int, int]) -> Counter[tuple[str, str]]:
    return Counter({(List.SCALE.value, line): n for line, n in zip(summaries.SCALE, counts, strict=True)})


def keep_sums(week: str, sums: Counter[tuple[str, str]]) -> None:
    week_sums._seal(week, sums)


def mailed(language: str = "en") -> str:
    return summaries.rendered(summaries.figures("2026-W46"), language)[1]


def test_the_scale_stands_in_the_mail_when_nothing_small_can_be_worked_out() -> None:
    count_week("2026-W46", 60, (30, 30, 15), (6, 19, 20, 15))
    keep_sums("2026-W46", scale_of((20, 15, 13, 12)))

    text = mailed()

    assert "HOW SERIOUS" in text
    assert "Violence, or a threat of violence: 13" in text
    assert "HOE ERNSTIG" in mailed("nl")


@pytest.mark.parametrize(
    ("queues", "urgencies", "scale", "why"),
    [
        ((30, 30, 15), (6, 19, 20, 15), None, "no sums"),
        ((30, 30, 15), (6, 19, 20, 15), (20, 15, 13, 11), "the sums do not agree with the total"),
        ((30, 30, 3), (6, 19, 20, 15), (20, 15, 13, 12), "a queue is hidden"),
        ((30, 30, 15), (3, 22, 20, 15), (20, 15, 13, 12), "an urgency is hidden"),
        ((30, 30, 15), (10, 22, 18, 10), (8, 15, 27, 10), "30 - 27 police referrals without violence"),
        ((30, 30, 15), (6, 10, 29, 15), (20, 15, 13, 12), "16 - 13 acute reports without violence"),
    ],
)
def test_the_scale_does_not_stand_in_the_mail_when(
    queues: tuple[int, int, int], urgencies: tuple[int, int, int, int], scale: Any, why: str
) -> None:
    count_week("2026-W46", 60, queues, urgencies)
    if scale:
        keep_sums("2026-W46", scale_of(scale))

    assert summaries.figures("2026-W46").scale is None, why
    assert "HOW SERIOUS" not in mailed()


def test_small_steps_of_the_scale_are_hidden() -> None:
    count_week("2026-W46", 60, (30, 30, 15), (6, 19, 20, 15))
    keep_sums("2026-W46", scale_of((30, 14, 13, 3)))

    text = mailed()

    assert "Not filled in: fewer than 5" in text
    assert "Violence, or a threat of violence: not shown" in text


def test_nothing_of_types_languages_or_rules_is_in_the_mail() -> None:
    file_in_w46(*[TELLING] * 12, language="be")
    subscribe("chief@example.org", language="en")

    with time_machine.travel(W46_IS_DUE, tick=False):
        tasks.send_due_summaries()

    [sent] = mail.outbox
    for word in ("doxxing", "threat\n", "physical-threat", "Belarusian", "after", "stopped"):
        assert word not in str(sent.body)
    assert not SealedCount.objects.exists()
    assert week_sums.of_week("2026-W46") is not None


def test_the_mail_goes_out_when_the_figures_can_not_be_summed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused() -> None:
        raise bundle.BundleRefused("no bundle")

    file_in_w46(TELLING)
    subscribe("chief@example.org")
    monkeypatch.setattr(bundle, "mail", refused)

    with time_machine.travel(W46_IS_DUE, tick=False):
        tasks.send_due_summaries()

    assert len(mail.outbox) == 1
    assert SealedCount.objects.count() == 1
    assert "not summed" in caplog.text


def test_the_steps_of_the_mail_are_those_of_the_form() -> None:
    assert summaries.SCALE[:3] == tuple(Severity.values)
    assert summaries.SCALE[3] == sealed_counts.NOT_GIVEN
