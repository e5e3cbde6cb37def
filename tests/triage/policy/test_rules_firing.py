"""Every rule of the policy fires on a report that means what the rule says."""

from __future__ import annotations

from typing import Any

import pytest

from reports.facts import Facts
from triage.policy.engine import assess
from triage.policy.loader import the_policy

UNKNOWN = {"incident_types": ["threat"], "suspected_actor": "unknown"}
REPORTS: dict[str, tuple[dict[str, Any], str]] = {
    "danger-now": ({"in_danger_now": "yes"}, ""),
    "danger-unsure": ({"in_danger_now": "unsure"}, ""),
    "feels-threatened": ({"feels_threatened": "yes"}, ""),
    "physical-threat": ({"severity": "physical_threat"}, ""),
    "threat": ({"incident_types": ["threat"]}, ""),
    "assault": ({"incident_types": ["assault"]}, ""),
    "stalking": ({"incident_types": ["stalking_surveillance"]}, ""),
    "doxxing": ({"incident_types": ["doxxing"]}, ""),
    "digital-attack": ({"incident_types": ["digital_attack"]}, ""),
    "property-damage": ({"incident_types": ["property_damage"]}, ""),
    "property-damage-at-home": ({"incident_types": ["property_damage"], "place": ["home"]}, ""),
    "abduction": ({"incident_types": ["abduction_forced_return"]}, ""),
    "relatives-pressed": ({"incident_types": ["coercion_relatives"]}, ""),
    "recruitment": ({"incident_types": ["recruitment"]}, ""),
    "extradition": ({"incident_types": ["extradition_interpol"]}, ""),
    "extradition-abroad-now": (
        {"incident_types": ["extradition_interpol"], "place": ["abroad"], "when": "today"},
        "",
    ),
    "consular": ({"incident_types": ["consular_coercion"]}, ""),
    "in-absentia": ({"incident_types": ["in_absentia"]}, ""),
    "extremist-list": ({"incident_types": ["extremist_listing"]}, ""),
    "infiltration": ({"incident_types": ["infiltration"]}, ""),
    "photographing": ({"incident_types": ["photographing"]}, ""),
    "smear": ({"incident_types": ["smear"]}, ""),
    "state-actor": ({"incident_types": ["threat"], "suspected_actor": "belarus"}, ""),
    "state-actor-certain": ({"suspected_actor": "belarus", "actor_certainty": "certain"}, ""),
    "unknown-actor-who-knows": ({**UNKNOWN, "actor_signs": ["knew_private_details"]}, ""),
    "unknown-actor-risk-group": ({**UNKNOWN, "risk_profile": ["journalist"]}, ""),
    "relatives-contacted-too": (
        {"incident_types": ["doxxing"], "actor_signs": ["relatives_contacted_too"]},
        "",
    ),
    "other-incident-state-actor": (
        {"incident_types": ["other"], "severity": "incident", "suspected_actor": "belarus"},
        "",
    ),
    "risk-group": ({"risk_profile": ["activist"]}, ""),
    "risk-group-transgender": ({"risk_profile": ["transgender"]}, ""),
    "minor": ({"minor": "yes"}, ""),
    "text-despair": ({}, "Я больше не хочу жить."),
    "text-danger-now": ({}, "Нехта ломіцца ў дзверы, дапамажыце!"),
    "text-threat-concrete": ({}, "Он написал: в субботу приду и зарежу тебя."),
    "text-threat": ({}, "Hij zei dat hij mijn benen breekt."),
    "text-veiled-threat": ({}, "They know where my daughter goes to school."),
    "text-attacked": ({}, "Gisteren heeft iemand mij in de trein geslagen."),
    "text-forced-return": ({}, "Zwei? No: two men pushed me into a van and said we drive to Minsk."),
    "text-disappeared": ({}, "Мой брат вылетел в Москву и исчез."),
    "text-held-abroad": ({}, "He was arrested at the airport in Belgrade at the request of Minsk."),
    "text-travel-into-extradition": ({}, "Tomorrow she flies to Yerevan, although she is wanted."),
    "text-followed": ({}, "За мной следят уже неделю."),
    "text-child-approached": ({}, "A stranger photographed my daughter at school."),
    "text-doxxed": ({}, "Ons adres is geplaatst op een kanaal."),
    "text-hacked": ({}, "Мой тэлеграм узламалі."),
    "text-blackmail": (
        {},
        "If I do not cooperate they send my naked pictures to my boss, otherwise nothing.",
    ),
    "text-damaged": ({}, "Somebody smashed the windows of our hall."),
    "text-danger-with-state-sign": ({}, "The KGB wrote that they know where I live."),
    "text-relatives-pressed": ({}, "К маме пришли из КГБ и спрашивали про меня."),
    "text-recruited": ({}, "Ze bieden geld als ik vertel wie er naar de avonden komt."),
    "text-wanted": ({}, "Я ў вышуку Інтэрпола."),
    "text-state-measure": ({}, "Меня судили заочно."),
    "text-consular": ({}, "The consulate refused to renew my passport."),
    "text-photographed": ({}, "На акцыі незнаёмы чалавек здымаў твары."),
    "text-smeared": ({}, "Op de staatstelevisie noemden ze ons dieven, allemaal leugens."),
}


def test_every_rule_has_a_report_here() -> None:
    assert set(REPORTS) == {rule.id for rule in the_policy().rules}


@pytest.mark.parametrize("rule_id", REPORTS)
def test_the_rule_fires_and_what_it_adds_is_in_the_result(rule_id: str) -> None:
    answers, account = REPORTS[rule_id]
    rule = next(rule for rule in the_policy().rules if rule.id == rule_id)

    result = assess(Facts.from_answers(answers), account)

    fired = {reason.rule: reason for reason in result.reasons}
    assert rule_id in fired
    assert set(rule.queues) <= set(result.queues)
    assert rule.note in ("", *result.notes)
    if rule.signals():
        assert fired[rule_id].quotes
        assert all(part in account for _, words in fired[rule_id].quotes for part in words.split(" … "))
