"""The policy: rules as data, read once. One unknown key or value, and the whole policy is refused.

Source: docs/policy.md, Routing; docs/decisions.md 13. Rules are monotone: each one that matches
adds queues or raises urgency, none removes or lowers, so their order does not matter.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from reports.choices import Language
from triage.policy.files import BrokenPolicy, Document, read_documents, read_toml
from triage.policy.read_rules import read_offences, read_rules
from triage.policy.read_signals import load_signals
from triage.policy.rule import Offence, Rule
from triage.reading.signals import Signals

__all__ = ["BrokenPolicy", "Offence", "Policy", "Rule", "load_policy", "the_policy"]

POLICY_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Policy:
    """Everything that decides: rules, offences, signals, the two papers and one version for all of it."""

    version: str
    basis: str
    """The day the policy was last compared with its sources, as YYYY-MM-DD."""
    rules: tuple[Rule, ...]
    offences: tuple[Offence, ...]
    documents: dict[str, Document]
    signals: Signals

    def why(self, rule_id: str, language: str) -> str:
        """Why a rule says what it says, in the reader's language (else Dutch); "" when the rule is gone."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule.why.get(language, rule.why[Language.NL])
        return ""


def load_policy(folder: Path = POLICY_FOLDER) -> Policy:
    """Reads rules.toml, combinations.toml, phrases/*.toml and sources/. Raises BrokenPolicy with one line."""
    texts: list[bytes] = []
    documents = read_documents(folder / "sources")
    table = read_toml(folder / "rules.toml", texts)
    signals = load_signals(folder, texts)
    rules = read_rules(table, documents, signals.classes)
    offences = read_offences(table)
    version = f"{table['version']}-{_fingerprint(texts)}"
    return Policy(version, str(table["basis"]), rules, offences, documents, signals)


def _fingerprint(texts: list[bytes]) -> str:
    whole = hashlib.sha256()
    for text in texts:
        whole.update(hashlib.sha256(text).digest())
    return whole.hexdigest()[:12]


@lru_cache(maxsize=1)
def the_policy() -> Policy:
    """The policy of this installation, loaded once per process."""
    return load_policy()
