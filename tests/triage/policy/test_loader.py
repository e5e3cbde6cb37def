"""The loader refuses a policy it does not fully understand, with file, place and reason in one line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from reports.choices import Language
from tests.triage.policy.policies import changed_policy
from triage.policy.loader import POLICY_FOLDER, BrokenPolicy, load_policy, the_policy

QUOTE = "Personen in Nederland die zich bedreigd voelen worden opgeroepen"


def swap(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("file", "change", "says"),
    [
        (
            "rules.toml",
            swap('id = "danger-now"', 'id = "danger-now"\nweight = 3'),
            "weight is an unknown key",
        ),
        ("rules.toml", swap('in_danger_now = ["yes"]', 'in_danger_now = ["maybe"]'), "'maybe' is unknown"),
        ("rules.toml", swap("in_danger_now", "shoe_size"), "shoe_size is not a question"),
        ("rules.toml", swap('signals = ["despair"]', 'signals = ["sadness"]'), "'sadness' is unknown"),
        ("rules.toml", swap('signals = ["despair"]', 'signals = ["about_passport"]'), "only suggest a type"),
        (
            "rules.toml",
            swap('queues = ["police_referral"]', 'queues = ["recycling"]'),
            "'recycling' is unknown",
        ),
        ("rules.toml", swap('queues = ["police_referral"]', 'queues = ["follow_up"]'), "no rule may add it"),
        ("rules.toml", swap('urgency = "immediate"', 'urgency = "yesterday"'), "'yesterday' is unknown"),
        ("rules.toml", swap('state_link = "possible"', 'state_link = "sure"'), "'sure' is unknown"),
        ("rules.toml", swap("\nbe = ", "\nfr = "), "why.be is missing"),
        ("rules.toml", swap(QUOTE, "Iedereen wordt opgeroepen"), "is not in the document"),
        ("rules.toml", swap('{ document = "portal" }', '{ document = "letter-1" }'), "'letter-1' is unknown"),
        ("rules.toml", swap('id = "danger-unsure"', 'id = "danger-now"'), "used twice"),
        ("rules.toml", swap('when = { in_danger_now = ["yes"] }', "when = {}"), "when is missing or empty"),
        ("rules.toml", swap('version = "2026.1"', 'version = "2026.1'), "line 9"),
        ("combinations.toml", swap('all = ["despair"]', 'all = ["gloom"]'), "'gloom' is unknown"),
        ("combinations.toml", swap('despair = "danger"', 'despair = "sad"'), "group 'sad' is unknown"),
        ("combinations.toml", swap("within = 1", "wthin = 1"), "wthin is an unknown key"),
        ("phrases/nl.toml", swap("{me}", "{mee}"), "no word list {mee}"),
        ("phrases/nl.toml", swap("[concepts]", "[conepts]"), "conepts is an unknown key"),
    ],
)
def test_a_broken_policy_is_refused_in_one_line_that_names_the_place(
    tmp_path: Path, file: str, change: Callable[[str], str], says: str
) -> None:
    folder = changed_policy(tmp_path, file, change)

    with pytest.raises(BrokenPolicy) as refusal:
        load_policy(folder)

    message = str(refusal.value)
    assert message.startswith(file)
    assert says in message
    assert "\n" not in message


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    folder = changed_policy(tmp_path, "rules.toml", lambda text: text + "\n# changed")
    (folder / "phrases" / "be.toml").unlink()

    with pytest.raises(BrokenPolicy, match=r"be\.toml"):
        load_policy(folder)


def test_every_quotation_stands_in_its_seed_document() -> None:
    # Reads the files itself, apart from the loader that also checks it.
    seeds = {
        "answers-2021-07-16": POLICY_FOLDER / "sources" / "seed-a-answers-2021-07-16.txt",
        "letter-2892": POLICY_FOLDER / "sources" / "seed-b-letter-2892-2022-05-12.txt",
    }
    quoted = [rule.ground for rule in the_policy().rules if rule.ground.document != "portal"]

    assert len(quoted) > 20
    for ground in quoted:
        text = re.sub(r"\s+", " ", seeds[ground.document].read_text(encoding="utf-8"))
        assert ground.quote in text


def test_every_rule_says_why_in_four_different_languages() -> None:
    for rule in the_policy().rules:
        texts = [the_policy().why(rule.id, language) for language in Language.values]
        assert all(len(text) > 20 for text in texts), rule.id
        assert len(set(texts)) == len(texts), rule.id


def test_the_version_changes_with_any_file_of_the_policy(tmp_path: Path) -> None:
    versions = {
        load_policy(changed_policy(tmp_path / str(number), file, lambda text: text + "\n# a note\n")).version
        for number, file in enumerate(["rules.toml", "combinations.toml", "phrases/ru.toml"])
    }

    assert len(versions | {the_policy().version}) == 4
