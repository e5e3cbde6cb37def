"""What a new policy would change: compared on open reports the officer's own key opens; nothing stored."""

from __future__ import annotations

from typing import Any

import pytest

from reports.choices import Queue
from reports.models import Report
from tests.cast import page_of, row_counts, sign_in
from tests.factories import FOR_FOLLOW_UP, FOR_OBI, FOR_POLICE, make_officer, make_report
from triage.casework import decisions
from triage.choices import FollowUp
from triage.policy.loader import POLICY_FOLDER, the_policy
from triage.staff import rules_preview

pytestmark = pytest.mark.django_db

POLICE, OBI, FOLLOW_UP = Queue.POLICE_REFERRAL, Queue.OBI_APPROACH, Queue.FOLLOW_UP
PAGE = "/rules/preview/"
PRESENT = (POLICY_FOLDER / "rules.toml").read_text(encoding="utf-8")
# A rule more: whoever feels threatened goes to the OBI approach too, at once.
MORE = (
    PRESENT
    + """
[[rule]]
id = "threatened-obi"
when = { feels_threatened = ["yes"] }
queues = ["obi_approach"]
urgency = "immediate"
ground = { document = "portal" }
[rule.why]
nl = "Proef."
en = "A trial."
be = "Спроба."
ru = "Проба."
"""
)
QUIET = "Nothing in these words."


@pytest.fixture
def site(staff_site: Any) -> Any:
    make_officer("anna", [POLICE])
    sign_in(staff_site, "anna")
    return staff_site


def police(**more: Any) -> Report:
    return make_report(triaged=True, answers=FOR_POLICE, account=QUIET, **more)


def compared(site: Any, rules: str = MORE) -> Any:
    return site.post(PAGE, {"rules": rules}, headers={"accept-language": "en"})


def test_the_present_rules_change_nothing(site: Any) -> None:
    police()

    comparison = compared(site, PRESENT).context["comparison"]

    assert (comparison.compared, comparison.changes, comparison.closed) == (1, [], 0)


def test_a_new_rule_shows_old_and_new_queues_urgency_and_the_rule(site: Any) -> None:
    report = police()

    response = compared(site)

    [change] = response.context["comparison"].changes
    assert (change.old_queues, change.new_queues) == (
        ["Police referral"],
        ["Police referral", "OBI approach"],
    )
    assert (change.old_urgency, change.new_urgency) == ("High", "Immediate")
    assert (change.added, change.gone) == (["threatened-obi"], [])
    page = response.content.decode()
    assert report.reference in page
    assert page_of(report, POLICE) in page


def test_a_rule_that_is_gone_is_named(site: Any) -> None:
    police()
    start = PRESENT.index('[[rule]]\nid = "physical-threat"')
    without = PRESENT[:start] + PRESENT[PRESENT.index("[[rule]]", start + 1) :]
    start = without.index('[[rule]]\nid = "threat"')
    without = without[:start] + without[without.index("[[rule]]", start + 1) :]

    [change] = compared(site, without).context["comparison"].changes

    assert change.gone == ["physical-threat", "threat"]
    assert (change.old_urgency, change.new_urgency) == ("High", "Normal")


def test_nothing_is_stored_and_nothing_changes(site: Any) -> None:
    report = police()
    before, version = row_counts(), the_policy().version

    response = compared(site)

    assert row_counts() == before
    assert the_policy().version == version
    assert [(work.queue, work.urgency) for work in report.work_items.all()] == [(POLICE, "high")]
    report.refresh_from_db()
    assert report.status == "received"  # nobody has read it
    assert "no-store" in response["Cache-Control"]


def test_reports_of_other_queues_and_closed_work_are_not_compared(site: Any) -> None:
    make_report(triaged=True, answers={**FOR_OBI, "feels_threatened": "no"}, account=QUIET)
    make_report(triaged=True, answers=FOR_FOLLOW_UP, account=QUIET)
    done = police().work_items.get(queue=POLICE)
    anna = make_officer("bob", [POLICE])
    decisions.confirm(work_item=done, officer=anna)
    decisions.close(work_item=done, decision=FollowUp.ADVICE, officer=anna, reason="done")

    comparison = compared(site).context["comparison"]

    assert (comparison.compared, comparison.closed) == (0, 0)


def test_without_the_cookies_half_of_the_key_nothing_is_opened(site: Any, settings: Any) -> None:
    police()
    del site.cookies[settings.KEYRING_COOKIE_NAME]

    comparison = compared(site).context["comparison"]

    assert (comparison.compared, comparison.closed, comparison.changes) == (0, 1, [])


def test_an_administrator_without_a_queue_compares_nothing(staff_site: Any) -> None:
    police()
    make_officer("root", [], is_superuser=True)
    sign_in(staff_site, "root")

    comparison = compared(staff_site).context["comparison"]

    assert (comparison.compared, comparison.closed) == (0, 0)


def test_no_more_than_a_few_hundred_are_compared_at_once(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_preview, "MOST", 1)
    police()
    police()

    response = compared(site)

    assert (response.context["comparison"].compared, response.context["comparison"].cut) == (1, True)
    assert "only the most urgent were compared" in response.content.decode()


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("", "Paste the text"),
        ("rule = [", "rules.toml"),
        ("rule = 5", "rules.toml"),
        ('version = "x"\nbasis = "y"\nrule = 5', "rules.toml"),
        ('version = "x"\nbasis = "y"\nrule = [1]', "rules.toml"),
        (MORE.replace("obi_approach", "nowhere"), "nowhere"),
        (MORE.replace('id = "threatened-obi"', 'id = "threat"'), "used twice"),
        (MORE.replace('[rule.why]\nnl = "Proef."', "[rule.why]"), "threatened-obi"),
    ],
)
def test_a_text_that_is_no_policy_is_refused_in_one_line(site: Any, rules: str, told: str) -> None:
    police()

    response = compared(site, rules)

    assert response.status_code == 422
    assert told in response.content.decode()
    assert "comparison" not in response.context
