"""combinations.toml and phrases/*.toml to compiled signals; anything unknown is refused with its place."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from reports.choices import IncidentType, Language
from triage.policy.files import BrokenPolicy, read_toml
from triage.reading.lexicon import BadPhrase, Lexicon
from triage.reading.signals import Combination, Signals

COMBINATIONS = "combinations.toml"
GROUPS = ("danger", "state", "topic")


def load_signals(folder: Path, texts: list[bytes]) -> Signals:
    """Reads combinations.toml and phrases/*.toml. Raises BrokenPolicy with file, place and reason."""
    table = read_toml(folder / COMBINATIONS, texts)
    lexicon = Lexicon()
    denials: dict[str, frozenset[int]] = {}
    reach: dict[str, int] = {}
    for language in Language.values:
        _read_phrases(folder, language, lexicon, denials, reach, texts)
    for one, other in (("be", "ru"), ("ru", "be")):
        # Russian and Belarusian are mixed within a sentence (trasianka).
        denials[one] |= denials[other]
        denials[f"{one} after"] |= denials[f"{other} after"]
        denials[f"{one} nobody"] |= denials[f"{other} nobody"]
    return _read_combinations(table, lexicon, denials, reach)


def _read_phrases(
    folder: Path,
    language: str,
    lexicon: Lexicon,
    denials: dict[str, frozenset[int]],
    reach: dict[str, int],
    texts: list[bytes],
) -> None:
    file = f"phrases/{language}.toml"
    table = read_toml(folder / file, texts)
    unknown = sorted(
        set(table)
        - {
            "words",
            "negation",
            "nobody",
            "negation_after",
            "negation_after_reach",
            "negation_after_stops",
            "concepts",
        }
    )
    if unknown:
        raise BrokenPolicy(file, "", f"{unknown[0]} is an unknown key")
    words, negation = table.get("words", {}), table.get("negation", [])
    denials[language] = frozenset(lexicon.atom(word) for word in negation)
    denials[f"{language} after"] = frozenset(lexicon.atom(word) for word in table.get("negation_after", []))
    denials[f"{language} nobody"] = frozenset(lexicon.atom(word) for word in table.get("nobody", []))
    denials[f"{language} stops"] = frozenset(
        lexicon.atom(word) for word in table.get("negation_after_stops", [])
    )
    reach[language] = int(table.get("negation_after_reach", 0))
    for concept, phrases in table.get("concepts", {}).items():
        for phrase in phrases:
            try:
                lexicon.add(concept, language, phrase, words, denials[language])
            except BadPhrase as error:
                raise BrokenPolicy(file, f"{concept}, phrase {phrase!r}", str(error)) from error


def _read_combinations(
    table: dict[str, Any], lexicon: Lexicon, denials: dict[str, frozenset[int]], reach: dict[str, int]
) -> Signals:
    unknown = sorted(set(table) - {"classes", "suggests", "steady", "alarming", "outlasting", "combination"})
    if unknown:
        raise BrokenPolicy(COMBINATIONS, "", f"{unknown[0]} is an unknown key")
    classes: dict[str, str] = table.get("classes", {})
    for name, group in classes.items():
        if group not in GROUPS:
            raise BrokenPolicy(COMBINATIONS, f"class {name}", f"group {group!r} is unknown")
    suggests = {}
    for name, types in table.get("suggests", {}).items():
        _all_known(f"suggests.{name}", [name], classes)
        _all_known(f"suggests.{name}", types, IncidentType.values)
        suggests[name] = tuple(types)
    steady = frozenset(table.get("steady", []))
    _all_known("steady", steady, lexicon.concepts)
    alarming = frozenset(table.get("alarming", []))
    outlasting = frozenset(table.get("outlasting", []))
    _all_known("alarming", alarming, lexicon.concepts)
    _all_known("outlasting", outlasting, lexicon.concepts)
    combinations = []
    for row in table.get("combination", []):
        what = f"combination of {row.get('signal', '?')}"
        extra = sorted(set(row) - {"signal", "all", "without", "nowhere", "within"})
        if extra or not row.get("all"):
            raise BrokenPolicy(
                COMBINATIONS, what, f"{extra[0]} is an unknown key" if extra else "all is missing"
            )
        _all_known(what, [row.get("signal", "")], classes)
        groups = tuple(frozenset(group.split("|")) for group in row["all"])
        without = frozenset(row.get("without", []))
        nowhere = frozenset(row.get("nowhere", []))
        _all_known(what, without.union(*groups), lexicon.concepts)
        _all_known(what, nowhere, lexicon.concepts.union(classes))
        combinations.append(Combination(row["signal"], groups, without, nowhere, int(row.get("within", 0))))
    idle = sorted(set(classes) - {combination.signal for combination in combinations})
    if idle:
        raise BrokenPolicy(COMBINATIONS, f"class {idle[0]}", "no combination makes this signal")
    return Signals(
        lexicon, tuple(combinations), classes, suggests, steady, denials, reach, alarming, outlasting
    )


def _all_known(what: str, values: Iterable[str], allowed: Iterable[str]) -> None:
    known = set(allowed)
    for value in sorted(values):
        if value not in known:
            raise BrokenPolicy(COMBINATIONS, what, f"{value!r} is unknown")
