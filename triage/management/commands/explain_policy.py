"""The rules in words, for people who check them. Needs no database and no keys."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.choices import Language
from triage.policy.loader import BrokenPolicy, Policy, the_policy
from triage.policy.rule import Rule


class Command(BaseCommand):
    help = "Print every rule: when it matches, what it adds, why, and the sentence it stands on."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--language", choices=Language.values, default="nl")
        parser.add_argument("--rule", metavar="ID", help="only this rule")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            policy = the_policy()
        except BrokenPolicy as error:
            raise CommandError(str(error)) from error
        rules = [rule for rule in policy.rules if options["rule"] in (None, rule.id)]
        if not rules:
            raise CommandError(f"There is no rule {options['rule']}.")
        self.stdout.write(f"policy {policy.version}, compared with its sources on {policy.basis}")
        for rule in rules:
            self._explain(policy, rule, options["language"])

    def _explain(self, policy: Policy, rule: Rule, language: str) -> None:
        self.stdout.write(f"\n{rule.id}")
        for key, values in rule.when:
            self.stdout.write(f"  when {key}: {' or '.join(sorted(values))}")
        adds = [*rule.queues, *([f"urgency {rule.urgency}"] if rule.urgency else [])]
        adds += ["one step up"] if rule.step else []
        adds += [f"state link {rule.state_link}"] if rule.state_link != "none" else []
        adds += [f"note {rule.note}"] if rule.note else []
        self.stdout.write(f"  adds {', '.join(adds)}")
        self.stdout.write(f"  why  {rule.why[language]}")
        document = policy.documents.get(rule.ground.document)
        if document is None:
            self.stdout.write("  on   the portal's own rule; no sentence of the seed documents says this")
        else:
            question = f", answer {rule.ground.question}" if rule.ground.question else ""
            self.stdout.write(f"  on   {document.title}{question}: “{rule.ground.quote}”")
