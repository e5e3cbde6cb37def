"""What the detail page of a work item shows. Opened words are in this context only, never on a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language

from reports.choices import ContactWay, IncidentType, Language, Queue, Urgency
from reports.evidence import files as evidence_files
from reports.facts import MULTIPLE, SINGLE
from reports.models import Item, ItemKind, Mailbox, Report
from reports.sealing import core
from reports.vault.keyring import CannotOpen, Keyring
from triage.casework.verbs import VERBS
from triage.models import WorkItem
from triage.policy.assessment import Assessment, Reason
from triage.policy.loader import the_policy
from triage.staff import conversation
from triage.staff.questions import QUESTIONS
from triage.work.items import without_report


@dataclass(frozen=True)
class Explained:
    """One reason of the proposal as a person reads it."""

    rule: str
    why: str  # empty: the rule is gone, and its words were not kept
    of_today: bool  # its words were not kept: these are of today's policy
    queues: list[str]
    urgency: str
    step: bool
    document: str
    question: str
    quote: str
    words: list[tuple[str, str]]


@dataclass(frozen=True)
class Article:
    """An article of the Criminal Code that may apply. `since`: the day from which, when that is in doubt."""

    number: str
    name: str
    since: date | None


@dataclass
class ReportContent:
    """Everything on the page; empty parts were not there or do not open with this officer's keys."""

    account: str | None = None
    language: str = ""
    language_name: str = ""
    demo: bool = False
    answers: list[tuple[str, str]] = field(default_factory=list)
    contact: dict[str, str] = field(default_factory=dict)
    assessment: Assessment | None = None
    reasons: list[Explained] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    suggested: list[str] = field(default_factory=list)  # types that the words suggest and nobody ticked
    decisions: list[dict[str, Any]] = field(default_factory=list)
    conversation: list[conversation.Entry] = field(default_factory=list)
    # [kind, compared form, token] of the report and of what was added; None: nobody searched the report.
    selectors: list[list[str]] | None = None
    of_additions: dict[str, Assessment] = field(default_factory=dict)  # by the addition's id
    # Queues whose members read only words added later, not yet the report.
    without_report: list[str] = field(default_factory=list)
    files: list[Item] = field(default_factory=list)  # unopened: see evidence_page
    broken: int = 0  # items that are there but were altered: an integrity alarm


def opened(work_item: WorkItem, ring: Keyring) -> ReportContent:
    """Opens what the ring opens of this report. Never raises for a closed or broken item; it counts them."""
    page = ReportContent()
    said: list[tuple[Item, dict[str, Any]]] = []
    for item in work_item.report.items.prefetch_related("wraps"):
        if item.kind in evidence_files.KINDS:
            page.files.append(item)
            continue
        try:
            content = ring.open(item)
        except CannotOpen:
            continue
        except core.Broken:
            page.broken += 1
            continue
        if item.kind in conversation.KINDS:
            said.append((item, content))
        else:
            _PLACE[ItemKind(item.kind)](page, content)
    page.decisions.sort(key=lambda each: each["at"])
    if said:
        _place_conversation(page, work_item.report, said)
    return page


def _place_conversation(page: ReportContent, report: Report, said: list[tuple[Item, dict[str, Any]]]) -> None:
    box = Mailbox.objects.filter(report=report).first()
    authors = {each["item"]: each["by"] for each in page.decisions if "item" in each}
    page.conversation = conversation.in_order(
        conversation.entry_of(item, content, box) for item, content in said
    )
    for entry in page.conversation:
        entry.by = entry.by or authors.get(str(entry.item_id), "")
        entry.assessment = page.of_additions.get(str(entry.item_id))
        entry.reasons = [explain(reason) for reason in entry.assessment.reasons] if entry.assessment else []
    page.without_report = [str(Queue(queue).label) for queue in without_report(report)]


def _place_report(page: ReportContent, content: dict[str, Any]) -> None:
    page.account = content["account"]
    page.language = content["language"]
    page.language_name = Language(content["language"]).label
    page.demo = content["demo"]
    for question, value in content["answers"].items():
        kind = SINGLE.get(question) or MULTIPLE[question]
        values = value if isinstance(value, list) else [value]
        page.answers.append((str(QUESTIONS[question]), ", ".join(str(kind(each).label) for each in values)))


def _place_contact(page: ReportContent, content: dict[str, Any]) -> None:
    page.contact = {**content, "way": str(ContactWay(content["way"]).label) if "way" in content else ""}


def _place_assessment(page: ReportContent, content: dict[str, Any]) -> None:
    if content.get("selectors") is not None:
        page.selectors = [*(page.selectors or []), *content["selectors"]]
    if "addition" in content:
        page.of_additions[content["addition"]] = Assessment.from_dict(content)
        return
    page.assessment = Assessment.from_dict(content)
    page.reasons = [explain(reason) for reason in page.assessment.reasons]
    page.articles = articles(page.assessment)
    page.suggested = suggested(page.assessment)


_NOW_CALLED = {"answer": "reply"}
"""Verbs that have another name in decisions sealed until November 2026."""


def _place_decision(page: ReportContent, content: dict[str, Any]) -> None:
    shown = {
        **content,
        "at": datetime.fromisoformat(content["at"]),
        "queue": Queue(content["queue"]).label,
    }
    verb = _NOW_CALLED.get(content["verb"], content["verb"])
    shown["template"] = f"triage/verbs/{verb}.html"
    for name, choices in VERBS[verb].labels.items() if verb in VERBS else ():
        shown[name] = choices(content[name]).label
    if verb == "reveal_links":
        shown["revealed"] = [
            f"{each['reference']} ({Queue(each['queue']).label})" for each in content["revealed"]
        ]
    page.decisions.append(shown)


_PLACE = {
    ItemKind.REPORT: _place_report,
    ItemKind.CONTACT: _place_contact,
    ItemKind.ASSESSMENT: _place_assessment,
    ItemKind.DECISION: _place_decision,
}


def explain(reason: Reason) -> Explained:
    """A reason in the reader's language, in the words of the day it was given, when these were kept."""
    policy = the_policy()
    kept = _in_own_language(reason.why)
    why = kept or policy.why(reason.rule, get_language() or Language.NL)
    document = policy.documents.get(reason.ground.document)
    return Explained(
        rule=reason.rule,
        why=why,
        of_today=bool(why) and not kept,
        queues=[str(Queue(queue).label) for queue in reason.queues],
        urgency=str(Urgency(reason.urgency).label) if reason.urgency else "",
        step=reason.step,
        document=reason.ground.title or (document.title if document else reason.ground.document),
        question=reason.ground.question,
        quote=reason.ground.quote,
        words=list(reason.quotes),
    )


def suggested(assessment: Assessment) -> list[str]:
    """The types that the words suggest, in the reader's language; a type of an earlier form by its id."""
    known = IncidentType.values
    return [str(IncidentType(name).label) if name in known else name for name in assessment.suggested_types]


def articles(assessment: Assessment) -> list[Article]:
    """The articles of an assessment, in the reader's language; one sealed without its name has none."""
    found = []
    for hint in assessment.hints:
        number, _, since = hint.partition(">=")
        name = _in_own_language(assessment.hint_names.get(number, {}))
        found.append(Article(number, name, date.fromisoformat(since) if since else None))
    return found


def _in_own_language(texts: Mapping[str, str]) -> str:
    return texts.get(get_language() or Language.NL) or texts.get(Language.NL, "")
