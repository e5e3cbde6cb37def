"""An officer reads why the machine proposed it then, also when the policy has changed since."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from reports.choices import Queue
from reports.models import Item, ItemKind
from tests.cast import DANGER, Case, log_in, page_of, text_of
from tests.factories import FOR_POLICE, make_officer, ring_of
from triage.policy import loader
from triage.policy.loader import Policy, the_policy

pytestmark = pytest.mark.django_db

RULE = "threat"
TODAY = "Reworded this morning."
MARK = "This is the text of today"
GONE = "This rule is no longer in the policy"
LANGUAGES = ["nl", "en"]
ANSWERS = {**FOR_POLICE, "incident_types": ["threat", "doxxing"], "when": "earlier"}


@pytest.fixture
def anna(staff_site: Any) -> Any:
    officer = make_officer("anna", [Queue.POLICE_REFERRAL])
    log_in(staff_site)
    return officer


@pytest.fixture
def from_today(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Policy], None]]:
    """Makes a policy the one of this installation."""

    def start(policy: Policy) -> None:
        monkeypatch.setattr(loader, "load_policy", lambda: policy)
        the_policy.cache_clear()

    yield start
    the_policy.cache_clear()


def reworded(policy: Policy) -> Policy:
    every = [dataclasses.replace(rule, why=dict.fromkeys(rule.why, TODAY)) for rule in policy.rules]
    offences = [dataclasses.replace(each, name=dict.fromkeys(each.name, TODAY)) for each in policy.offences]
    return dataclasses.replace(policy, rules=tuple(every), offences=tuple(offences), documents={})


def without_rules(policy: Policy) -> Policy:
    return dataclasses.replace(policy, rules=(), offences=(), documents={})


def shown(site: Any, case: Case, language: str = "en") -> str:
    page = page_of(case.report, Queue.POLICE_REFERRAL)
    return text_of(site.get(page, headers={"accept-language": language}))


def make_old(case: Case, officer: Any) -> None:
    """The assessments as they were sealed before reasons were kept with them."""
    ring = ring_of(officer)
    for item in Item.objects.filter(report=case.id, kind=ItemKind.ASSESSMENT):
        key = ring.key_of(item)
        content = item.read(key)
        for reason in content["reasons"]:
            del reason["why"]
            del reason["ground"]["title"]
        del content["hint_names"]
        Item.objects.filter(pk=item.pk).update(body=item.seal(key, content))


@pytest.mark.parametrize("changed", [reworded, without_rules])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reason_is_that_of_the_day(
    staff_site: Any,
    anna: Any,
    from_today: Callable[[Policy], None],
    changed: Callable[[Policy], Policy],
    language: str,
) -> None:
    case = Case(answers=ANSWERS)
    then = the_policy()
    from_today(changed(then))

    page = shown(staff_site, case, language)

    assert then.why(RULE, language) in page
    assert then.documents["answers-2021-07-16"].title in page
    assert f"285 ({next(each.name[language] for each in then.offences if each.article == '285')})" in page
    assert TODAY not in page
    assert MARK not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_so_is_the_reason_for_words_added_later(
    staff_site: Any, anna: Any, from_today: Callable[[Policy], None], language: str
) -> None:
    case = Case(answers=FOR_POLICE)
    case.add(DANGER)
    then = the_policy()
    [added] = [
        content
        for item in Item.objects.filter(report=case.id, kind=ItemKind.ASSESSMENT)
        if "addition" in (content := ring_of(anna).open(item))
    ]
    rule = added["reasons"][0]["rule"]
    from_today(without_rules(then))

    assert then.why(rule, language) in shown(staff_site, case, language)


@pytest.mark.parametrize("added", [False, True])
def test_an_old_assessment_shows_the_text_of_today_and_says_so(
    staff_site: Any, anna: Any, from_today: Callable[[Policy], None], added: bool
) -> None:
    case = Case(answers=ANSWERS)
    if added:
        case.add(DANGER)
    make_old(case, anna)
    from_today(reworded(the_policy()))

    page = shown(staff_site, case)

    reasons = staff_site.get(page_of(case.report, Queue.POLICE_REFERRAL)).context["page"].reasons
    of_additions = [each for entry in page_entries(staff_site, case) for each in entry.reasons]
    assert bool(of_additions) == added
    assert page.count(MARK) == page.count(TODAY) == len(reasons) + len(of_additions) > 0


def test_an_old_assessment_whose_rule_is_gone_says_that(
    staff_site: Any, anna: Any, from_today: Callable[[Policy], None]
) -> None:
    case = Case(answers=ANSWERS)
    make_old(case, anna)
    from_today(without_rules(the_policy()))

    page = shown(staff_site, case)

    assert GONE in page
    assert MARK not in page
    assert RULE in page, "the id of the rule still stands there"


def test_an_article_that_may_be_younger_than_the_incident_is_shown_in_words(
    staff_site: Any, anna: Any
) -> None:
    page = shown(staff_site, Case(answers=ANSWERS))

    assert "285d (doxing), in force since 1 January 2024: perhaps after the incident" in page
    assert ">=" not in page


def page_entries(site: Any, case: Case) -> list[Any]:
    entries: list[Any] = site.get(page_of(case.report, Queue.POLICE_REFERRAL)).context["page"].conversation
    return entries
