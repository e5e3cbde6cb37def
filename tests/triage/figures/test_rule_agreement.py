"""Every decision of a person counts per rule, sealed; a rule that people do not agree with shows up."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import time_machine
from django.test import Client

from reports.choices import Queue, Urgency
from reports.models import Report
from reports.vault import bundle
from tests.cast import page_of, sign_in
from tests.factories import FOR_FOLLOW_UP, FOR_POLICE, make_officer, make_report, ring_of
from triage.figures import agreement, week_sums
from triage.figures.agreement import Record
from triage.figures.sealed_counts import NO_RULE, Effect, List
from triage.models import SealedCount
from triage.policy.cases import Share
from triage.policy.loader import the_policy
from triage.policy.wilson import interval

pytestmark = pytest.mark.django_db

POLICE, OBI, FOLLOW_UP = Queue.POLICE_REFERRAL, Queue.OBI_APPROACH, Queue.FOLLOW_UP
RULES_OF_FOR_POLICE = {"feels-threatened", "physical-threat", "threat"}
PAGE = "/rules/agreement/"
IN_ENGLISH = {"accept-language": "en"}
IN_W46, W46_IS_OVER = "2026-11-12T09:00:00+00:00", "2026-11-16T06:31:00+00:00"


@pytest.fixture
def anna(staff_site: Any) -> Any:
    officer = make_officer("anna", [POLICE, FOLLOW_UP])
    sign_in(staff_site, "anna")
    return officer


def decide(
    site: Any, report: Report, verb: str, queue: Queue = POLICE, *, to: str = "", **given: str
) -> None:
    address = page_of(report, queue).replace("change/", f"do/{verb}/")
    assert site.post(address, {"reason": "because", "queue": to, **given}).status_code == 302


def decided() -> list[set[tuple[str, str]]]:
    [pair] = bundle.mail().summary
    return [
        {(name, line) for name, line in count.read(pair.unwrap)}
        for count in SealedCount.objects.filter(kind=SealedCount.Kind.DECISION)
    ]


def police() -> Report:
    return make_report(triaged=True, answers=FOR_POLICE, account="Nothing in these words.")


def test_confirming_agrees_with_every_rule_that_gave_the_queue(staff_site: Any, anna: Any) -> None:
    decide(staff_site, police(), "confirm")

    assert decided() == [{(Effect.AGREED, rule) for rule in RULES_OF_FOR_POLICE}]


def test_a_decision_about_one_queue_says_nothing_of_the_rules_of_the_other(
    staff_site: Any, anna: Any
) -> None:
    answers = {**FOR_POLICE, "incident_types": ["threat", "coercion_relatives"], "suspected_actor": "belarus"}
    report = make_report(triaged=True, answers=answers, account="Nothing in these words.")
    assert {work.queue for work in report.work_items.all()} == {POLICE, OBI}

    decide(staff_site, report, "confirm")

    assert decided() == [{(Effect.AGREED, rule) for rule in RULES_OF_FOR_POLICE}]


def test_removing_the_queue_disagrees_with_them(staff_site: Any, anna: Any) -> None:
    decide(staff_site, police(), "remove_queue")

    assert decided() == [{(Effect.QUEUE_REMOVED, rule) for rule in RULES_OF_FOR_POLICE}]


def test_adding_a_queue_counts_for_the_rules_that_fired_without_giving_it(staff_site: Any, anna: Any) -> None:
    decide(staff_site, police(), "add_queue", to=OBI)

    assert decided() == [{(Effect.QUEUE_ADDED, rule) for rule in RULES_OF_FOR_POLICE}]


@pytest.mark.parametrize(
    ("urgency", "effect"), [(Urgency.IMMEDIATE, Effect.URGENCY_RAISED), (Urgency.LOW, Effect.URGENCY_LOWERED)]
)
def test_another_urgency_counts_for_the_rules_that_set_it(
    staff_site: Any, anna: Any, urgency: Urgency, effect: Effect
) -> None:
    decide(staff_site, police(), "change_urgency", urgency=urgency)

    assert decided() == [{(effect, "physical-threat"), (effect, "threat")}]  # feels-threatened said normal


def test_a_report_without_a_rule_counts_as_no_rule(staff_site: Any, anna: Any) -> None:
    report = make_report(triaged=True, answers=FOR_FOLLOW_UP, account="Nothing in these words.")

    decide(staff_site, report, "confirm", FOLLOW_UP)

    assert decided() == [{(Effect.AGREED, NO_RULE)}]


def test_a_refused_decision_counts_nothing(staff_site: Any, anna: Any) -> None:
    report = police()
    decide(staff_site, report, "confirm")

    decide(staff_site, report, "confirm")  # "somebody has confirmed this already"

    assert len(decided()) == 1


def test_closing_counts_nothing_more(staff_site: Any, anna: Any) -> None:
    report = police()
    decide(staff_site, report, "confirm")

    decide(staff_site, report, "close", decision="advice")

    assert len(decided()) == 1


def test_every_rule_of_the_policy_can_be_counted() -> None:
    assert [rule.id for rule in the_policy().rules if not week_sums._LINE.fullmatch(rule.id)] == []


# --- the page ------------------------------------------------------------------------------------


def keep_week(week: str, *counted: tuple[str, str, int]) -> None:
    week_sums._seal(week, Counter({(name, line): n for name, line, n in counted}))


def page(site: Client) -> str:
    with time_machine.travel(W46_IS_OVER, tick=False):
        return site.get(PAGE, headers=IN_ENGLISH).content.decode()


def test_decisions_travel_from_the_officer_to_the_page(staff_site: Any) -> None:
    with time_machine.travel(IN_W46, tick=False):
        make_officer("anna", [POLICE])
        sign_in(staff_site, "anna")
        for verb in ["confirm"] * 5 + ["remove_queue"] * 3:
            decide(staff_site, police(), verb)
    with time_machine.travel(W46_IS_OVER, tick=False):
        week_sums.sum_closed_weeks()
        sign_in(staff_site, "anna")

    found = agreement.records(week_sums.opened(ring_of(make_officer("bob", [OBI])), since="2026-W01"))

    assert {each.rule for each in found} == RULES_OF_FOR_POLICE
    assert {(each.agreed, each.queue_removed, each.is_low) for each in found} == {(5, 3, True)}
    text = page(staff_site)
    assert "physical-threat" in text
    assert "62 % (31–86 %)" in text
    assert text.count("look at this rule") == 3


def test_a_rule_with_fewer_than_five_decisions_is_not_shown(staff_site: Any) -> None:
    keep_week("2026-W45", (Effect.AGREED, "doxxing", 2), (Effect.AGREED, "threat", 3))
    keep_week("2026-W46", (Effect.QUEUE_REMOVED, "doxxing", 2), (Effect.URGENCY_LOWERED, "threat", 2))
    with time_machine.travel(W46_IS_OVER, tick=False):
        make_officer("anna", [POLICE])
        sign_in(staff_site, "anna")

    text = page(staff_site)

    assert "doxxing" not in text
    assert '<span class="rule-id">threat</span> <span class="flag">look at this rule</span>' in text
    assert "60 %" in text


def test_a_rule_that_people_agree_with_is_not_marked() -> None:
    good, bad = Record("a", 8, 1, 0, 1, 30), Record("b", 7, 1, 1, 1, 0)

    assert (good.share, good.is_low) == (0.8, False)  # queues added beside it are no fault of the rule
    assert (bad.share, bad.is_low) == (0.7, True)


def test_the_interval_is_wilsons() -> None:
    assert [round(each, 3) for each in interval(8, 10)] == [0.49, 0.943]
    assert [round(each, 3) for each in interval(0, 5)] == [0.0, 0.434]
    assert interval(5, 5)[1] == 1.0
    assert interval(0, 0) == (0.0, 1.0)


def test_rules_and_case_files_have_the_same_interval() -> None:
    record = Record("a-rule", 8, 1, 1, 0, queue_added=0)

    assert record.interval == Share(8, 10).interval == interval(8, 10)


def test_what_was_reported_is_rounded_down_to_fives(staff_site: Any) -> None:
    keep_week("2026-W46", (List.TYPE, "threat", 13), (List.TYPE, "doxxing", 4), (List.LANGUAGE, "be", 5))
    with time_machine.travel(W46_IS_OVER, tick=False):
        make_officer("anna", [POLICE])
        sign_in(staff_site, "anna")

    text = page(staff_site)

    assert "Someone threatens me or my family: at least 10" in text
    assert "My private data was published" not in text
    assert "Беларуская: at least 5" in text


def test_an_administrator_without_a_queue_sees_the_page_but_no_figure(staff_site: Any) -> None:
    keep_week("2026-W46", (Effect.AGREED, "threat", 50))
    with time_machine.travel(W46_IS_OVER, tick=False):
        make_officer("root", [], is_superuser=True)
        sign_in(staff_site, "root")

    text = page(staff_site)

    assert "There are no figures yet that your key opens" in text
    assert "threat" not in text


def test_who_is_neither_member_nor_administrator_is_refused(staff_site: Any) -> None:
    make_officer("guest", [])
    sign_in(staff_site, "guest")

    assert staff_site.get(PAGE).status_code == 403


def test_nobody_without_a_login_sees_it(staff_site: Any) -> None:
    assert staff_site.get(PAGE).status_code == 302
