"""The public page /policy/: how reports are routed, rule by rule, in the reader's language.

Source: docs/decisions.md 17 (the date of the policy's basis is shown); docs/policy.md, Privacy law (AVG 22).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from reports.choices import Language, Queue, Urgency
from triage.policy.loader import Policy, the_policy
from triage.policy.rule import Rule


@dataclass(frozen=True)
class Row:
    """One rule as the page shows it: texts only."""

    id: str
    why: str
    queues: tuple[str, ...]
    urgency: str
    step: bool
    document: str
    question: str
    quote: str


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """GET: the rules, those about answers first, then those about the words. Reads nothing but the policy."""
    current = the_policy()
    language = (get_language() or Language.NL)[:2]
    rows = [(rule, _row(current, rule, language)) for rule in current.rules]
    context = {
        "version": current.version,
        "basis": date.fromisoformat(current.basis),
        "answers": [row for rule, row in rows if not rule.signals()],
        "words": [row for rule, row in rows if rule.signals()],
        "documents": list(current.documents.values()),
    }
    return render(request, "triage/policy.html", context)


def _row(current: Policy, rule: Rule, language: str) -> Row:
    document = current.documents.get(rule.ground.document)
    return Row(
        id=rule.id,
        why=current.why(rule.id, language),
        queues=tuple(str(Queue(queue).label) for queue in rule.queues),
        urgency=str(Urgency(rule.urgency).label) if rule.urgency else "",
        step=rule.step,
        document=document.title if document else "",
        question=rule.ground.question,
        quote=rule.ground.quote,
    )
