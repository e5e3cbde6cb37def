"""rules.toml to rules: every key, value, signal class, translation and quotation is checked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from reports.choices import IncidentType, Language, Queue, Urgency
from reports.facts import MULTIPLE, SINGLE
from triage.policy.assessment import Ground
from triage.policy.files import PORTAL, BrokenPolicy, Document
from triage.policy.rule import Offence, Rule

FILE = "rules.toml"
STATE_LINKS = ("none", "unknown", "possible", "probable")
NOTES = ("", "despair")
_RULE_KEYS = {"id", "when", "queues", "urgency", "step", "state_link", "note", "why", "ground"}


def read_rules(
    table: dict[str, Any], documents: dict[str, Document], classes: dict[str, str]
) -> tuple[Rule, ...]:
    """All rules. `classes` maps a signal class to its group. Raises BrokenPolicy at the first fault."""
    for key in ("version", "basis", "rule"):
        if key not in table:
            raise BrokenPolicy(FILE, "", f"{key} is missing")
    _only(table, {"version", "basis", "rule", "offence"}, "")
    rules: dict[str, Rule] = {}
    for row in table["rule"]:
        rule_id = row.get("id")
        if not isinstance(rule_id, str) or not rule_id:
            raise BrokenPolicy(FILE, "rule without id", "every rule needs an id")
        if rule_id in rules:
            raise BrokenPolicy(FILE, f"rule {rule_id}", "this id is used twice")
        rules[rule_id] = _rule(rule_id, row, documents, classes)
    return tuple(rules.values())


def read_offences(table: dict[str, Any]) -> tuple[Offence, ...]:
    """The articles that may apply per incident type. Raises BrokenPolicy."""
    offences = []
    for row in table.get("offence", []):
        what = f"offence {row.get('article', '?')}"
        _only(row, {"article", "types", "since", "name"}, what)
        _known(row.get("types", []), IncidentType.values, what, "types")
        name = _translated(row.get("name"), what, "name")
        offences.append(
            Offence(str(row["article"]), frozenset(row["types"]), str(row.get("since", "")), name)
        )
    return tuple(offences)


def _rule(rule_id: str, row: dict[str, Any], documents: dict[str, Document], classes: dict[str, str]) -> Rule:
    what = f"rule {rule_id}"
    _only(row, _RULE_KEYS, what)
    queues = row.get("queues", [])
    _known(queues, Queue.values, what, "queues")
    urgency = row.get("urgency", "")
    if urgency:
        _known([urgency], Urgency.values, what, "urgency")
    link = row.get("state_link", "none")
    _known([link], STATE_LINKS, what, "state_link")
    note = row.get("note", "")
    _known([note], NOTES, what, "note")
    step = row.get("step", False)
    if not isinstance(step, bool):
        raise BrokenPolicy(FILE, what, "step must be true or false")
    if not (queues or urgency or step or note or link != "none"):
        raise BrokenPolicy(FILE, what, "adds nothing")
    if Queue.FOLLOW_UP in queues:
        raise BrokenPolicy(
            FILE, what, "follow_up is what remains when no rule adds a queue; no rule may add it"
        )
    return Rule(
        id=rule_id,
        when=_when(row.get("when"), what, classes),
        queues=tuple(queue for queue in Queue.values if queue in queues),
        urgency=urgency,
        step=step,
        state_link=link,
        note=note,
        why=_translated(row.get("why"), what, "why"),
        ground=_ground(row.get("ground"), what, documents),
    )


def _when(when: object, what: str, classes: dict[str, str]) -> tuple[tuple[str, frozenset[str]], ...]:
    if not isinstance(when, dict) or not when:
        raise BrokenPolicy(FILE, what, "when is missing or empty")
    keys = []
    for key, values in when.items():
        if not isinstance(values, list) or not values:
            raise BrokenPolicy(FILE, what, f"when.{key} must be a list with at least one value")
        if key in ("signals", "and_signals"):
            _known(values, classes, what, f"when.{key}")
            topics = [value for value in values if classes[value] == "topic"]
            if topics:
                raise BrokenPolicy(FILE, what, f"{topics[0]} is a topic signal: it may only suggest a type")
        elif key in SINGLE:
            _known(values, SINGLE[key].values, what, f"when.{key}")
        elif key in MULTIPLE:
            _known(values, MULTIPLE[key].values, what, f"when.{key}")
        else:
            raise BrokenPolicy(FILE, what, f"when.{key} is not a question of the form")
        keys.append((key, frozenset(values)))
    return tuple(keys)


def _translated(texts: object, what: str, key: str) -> dict[str, str]:
    if not isinstance(texts, dict):
        raise BrokenPolicy(FILE, what, f"{key} is missing")
    for language in Language.values:
        if not str(texts.get(language, "")).strip():
            raise BrokenPolicy(FILE, what, f"{key}.{language} is missing")
    _known(texts, Language.values, what, key)
    return {language: " ".join(str(texts[language]).split()) for language in Language.values}


def _ground(ground: object, what: str, documents: dict[str, Document]) -> Ground:
    if not isinstance(ground, dict) or "document" not in ground:
        raise BrokenPolicy(FILE, what, "ground is missing")
    _only(ground, {"document", "question", "quote"}, what)
    found = Ground(
        ground["document"], str(ground.get("question", "")), " ".join(str(ground.get("quote", "")).split())
    )
    if found.document == PORTAL:
        if found.quote or found.question:
            raise BrokenPolicy(FILE, what, "a rule of the portal itself has no question and no quotation")
        return found
    if found.document not in documents:
        raise BrokenPolicy(FILE, what, f"ground.document {found.document!r} is unknown")
    if not found.quote:
        raise BrokenPolicy(FILE, what, "ground.quote is missing")
    if found.quote not in documents[found.document].text:
        raise BrokenPolicy(FILE, what, "ground.quote is not in the document")
    return replace(found, title=documents[found.document].title)


def _only(row: dict[str, Any], allowed: set[str], what: str) -> None:
    unknown = sorted(set(row) - allowed)
    if unknown:
        raise BrokenPolicy(FILE, what, f"{unknown[0]} is an unknown key")


def _known(values: Collection[str], allowed: Collection[str], what: str, key: str) -> None:
    for value in values:
        if value not in allowed:
            raise BrokenPolicy(FILE, what, f"{key}: {value!r} is unknown")
