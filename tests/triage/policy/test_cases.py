"""The commands that measure, compare and explain the policy, and the aims it must keep on its cases."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.triage.policy.policies import changed_policy
from triage.policy.loader import POLICY_FOLDER, the_policy

CASES = Path(__file__).parent / "dev_cases.jsonl"
OWN_CASES = Path(__file__).parent / "own_cases.jsonl"


def output(*arguments: Any, **options: Any) -> str:
    out = StringIO()
    call_command(*[str(argument) for argument in arguments], stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    printed: dict[str, Any] = json.loads(output("triage_cases", CASES, "--json"))
    return printed


def test_json_has_the_keys_of_the_contract(figures: dict[str, Any]) -> None:
    assert set(figures) == {"policy_version", "cases", "overall", "by_mode", "by_language"}
    assert figures["cases"] == 160
    assert set(figures["by_mode"]) == {"full", "understated", "benign", "noise"}
    assert set(figures["by_language"]) == {"nl", "en", "be", "ru"}
    assert set(figures["overall"]) == {
        "cases",
        "recall",
        "precision",
        "urgency_exact",
        "urgency_at_least",
        "danger_recall",
        "over_rated",
    }
    assert set(figures["overall"]["recall"]) == {"police_referral", "obi_approach"}


def test_full_reports_keep_the_aims(figures: dict[str, Any]) -> None:
    full = figures["by_mode"]["full"]

    assert min(full["recall"].values()) >= 0.98
    assert min(full["precision"].values()) >= 0.90
    assert full["urgency_at_least"] >= 0.97
    assert full["urgency_exact"] >= 0.85


def test_understated_reports_keep_the_aims(figures: dict[str, Any]) -> None:
    understated = figures["by_mode"]["understated"]

    assert min(understated["recall"].values()) >= 0.80
    assert understated["danger_recall"] >= 0.85


@pytest.mark.parametrize("mode", ["benign", "noise"])
def test_harmless_reports_are_rarely_over_rated(figures: dict[str, Any], mode: str) -> None:
    assert figures["by_mode"][mode]["over_rated"] <= 0.10


def test_no_language_falls_behind() -> None:
    from triage.policy.cases import pooled_by_language, read_cases, run_cases
    from triage.policy.engine import assess

    pooled = pooled_by_language(run_cases(read_cases(CASES), assess))

    for queue in ("police_referral", "obi_approach"):
        values = [measure.recall[queue].value or 0 for measure in pooled.values()]
        assert min(values) >= sum(values) / len(values) - 0.10


def test_our_own_fresh_cases_keep_the_aims() -> None:
    figures = json.loads(output("triage_cases", OWN_CASES, "--json"))

    assert min(figures["by_mode"]["understated"]["recall"].values()) >= 0.80
    assert figures["by_mode"]["understated"]["danger_recall"] >= 0.85
    assert figures["by_mode"]["benign"]["over_rated"] <= 0.10


def test_results_need_no_labels_and_name_the_rules(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(
        json.dumps({"id": "a", "answers": {"feels_threatened": "yes", "account": "Мне пагражаюць."}}) + "\n\n"
    )

    row = json.loads(output("triage_cases", file, "--results", "-"))
    output("triage_cases", file, "--results", tmp_path / "out.jsonl")

    assert row == {
        "id": "a",
        "queues": ["police_referral"],
        "urgency": "high",
        "rules": ["feels-threatened", "text-threat"],
    }
    assert json.loads((tmp_path / "out.jsonl").read_text()) == row


def test_the_table_prints_counts_with_intervals_and_misses_show_the_first_words() -> None:
    out, err = StringIO(), StringIO()
    call_command("triage_cases", str(CASES), "--misses", stdout=out, stderr=err)

    assert "full (72)" in out.getvalue()
    assert "nl, full + understated" in out.getvalue()
    assert "expected" in err.getvalue()


@pytest.mark.parametrize(
    "line", ["no json", '{"answers": {}}', '{"id": "x", "answers": {"severity": "grim"}}']
)
def test_a_line_that_is_no_case_is_refused_with_its_number_and_without_its_words(
    tmp_path: Path, line: str
) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "ok", "answers": {}}\n' + line + "\n")

    with pytest.raises(CommandError, match=r"cases\.jsonl, line 2") as refusal:
        output("triage_cases", file)

    assert "grim" not in str(refusal.value)


def test_a_diff_names_the_cases_that_change_and_the_rule(tmp_path: Path) -> None:
    new = changed_policy(
        tmp_path,
        "rules.toml",
        lambda text: text.replace('in_danger_now = ["yes"]', 'in_danger_now = ["no"]', 1),
    )

    some = tmp_path / "some.jsonl"  # every eighth case, since each is read four times
    cases = CASES.read_text(encoding="utf-8").splitlines(keepends=True)
    some.write_text("".join(cases[::8]), encoding="utf-8")

    assert f"0 of 20 cases change from policy {the_policy().version}" in output(
        "triage_diff", POLICY_FOLDER, POLICY_FOLDER, some
    )
    assert "danger-now" in output("triage_diff", POLICY_FOLDER, new, some)


def test_explain_prints_the_rule_its_reason_and_its_sentence() -> None:
    text = output("explain_policy", "--rule", "feels-threatened", "--language", "be")

    assert the_policy().why("feels-threatened", "be") in text
    assert "Personen in Nederland die zich bedreigd voelen" in text
    assert "answer 6" in text


def test_explain_says_when_a_rule_is_the_portals_own() -> None:
    assert "the portal's own rule" in output("explain_policy", "--rule", "minor")
