"""What an assessment says: the step, the state link, hints by date, and JSON both ways."""

from __future__ import annotations

import json

import pytest

from reports.facts import Facts
from triage.policy.assessment import Assessment
from triage.policy.engine import assess
from triage.policy.loader import the_policy


def test_nothing_said_is_a_signal_for_follow_up() -> None:
    result = assess(Facts(), "")

    assert (result.queues, result.urgency, result.state_link) == (("follow_up",), "low", "none")
    assert result.reasons == ()


@pytest.mark.parametrize(
    ("types", "profile", "minor", "urgency"),
    [
        (("general_unsafety",), (), None, "low"),
        (("general_unsafety",), ("activist",), None, "normal"),
        (("general_unsafety",), ("activist",), "yes", "normal"),
        (("infiltration",), ("transgender",), None, "high"),
        (("threat",), ("journalist",), None, "high"),
        (("assault",), ("journalist",), "yes", "immediate"),
        (("infiltration",), ("other", "none"), "no", "normal"),
    ],
)
def test_one_step_up_once_and_never_past_high(
    types: tuple[str, ...], profile: tuple[str, ...], minor: str | None, urgency: str
) -> None:
    facts = Facts(incident_types=types, risk_profile=profile, minor=minor)

    assert assess(facts, "").urgency == urgency


def test_the_state_link_is_the_strongest_of_all_rules() -> None:
    maybe = Facts(incident_types=("threat",), suspected_actor="belarus")
    certain = Facts(incident_types=("threat",), suspected_actor="belarus", actor_certainty="certain")

    assert assess(maybe, "").state_link == "possible"
    assert assess(certain, "").state_link == "probable"


def test_a_private_dispute_stays_with_the_police() -> None:
    facts = Facts(incident_types=("threat",), suspected_actor="no_state", feels_threatened="yes")

    assert assess(facts, "").queues == ("police_referral",)


def test_an_article_younger_than_the_incident_may_be_carries_its_first_day() -> None:
    recent = Facts(incident_types=("doxxing", "recruitment"), when="this_week")
    old = Facts(incident_types=("doxxing", "recruitment"), when="earlier")

    assert set(assess(recent, "").hints) == {"284", "285d", "98d"}
    assert set(assess(old, "").hints) == {"284", "285d>=2024-01-01", "98d>=2025-05-15"}


def test_despair_is_read_at_once_and_noted_for_staff() -> None:
    result = assess(Facts(feels_threatened="no"), "Ik wil niet meer leven.")

    assert (result.queues, result.urgency, result.notes) == (("follow_up",), "immediate", ("despair",))


def test_the_text_suggests_types_that_were_not_ticked() -> None:
    account = "The KGB asked me to inform on the choir and offered money."

    assert "recruitment" in assess(Facts(), account).suggested_types
    assert "recruitment" not in assess(Facts(incident_types=("recruitment",)), account).suggested_types


def test_an_assessment_survives_json_and_keeps_its_reasons_in_the_staff_languages_only() -> None:
    result = assess(
        Facts(incident_types=("threat",), minor="yes"), "Прыйшлі з КДБ да мамы, пыталіся пра мяне."
    )
    assert result.reasons
    assert result.hint_names

    text = json.dumps(result.as_dict(), ensure_ascii=False)

    assert Assessment.from_dict(json.loads(text)) == result
    for reason in result.reasons:
        for language, kept in {"nl": True, "en": True, "be": False, "ru": False}.items():
            assert (the_policy().why(reason.rule, language) in text) == kept
