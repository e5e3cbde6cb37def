"""The weekly summary: figures that may be forwarded, once per recipient and ISO week.

Source: docs/decisions.md 28, 29 and 30.
What may be shown is decided in triage/figures/disclosure.py; docs/summary.md explains it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import Max, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from reports import audit
from reports.choices import Queue, Severity, Urgency
from reports.vault.bundle import BundleRefused
from triage.choices import MailKind
from triage.figures import disclosure, sealed_counts, week_sums, weeks
from triage.figures.disclosure import Cell, Hidden
from triage.mail.outbox import Sent, deliver, headers, written
from triage.models import Delivery, DeliveryQuerySet, Subscription, Tally, WorkItem

log = logging.getLogger(__name__)

TREND = 4  # weeks
SUMMARY_CLAIM = timedelta(minutes=15)  # how long the claim of a mail lasts (mail/outbox.py)
SCALE = (*Severity.values, sealed_counts.NOT_GIVEN)
CATCH_UP = 4  # weeks, at most, that are mailed late after the mail task was not run

# The mail is written in one file per language; these are the words for its cells.
_WORDS = {
    "nl": {"few": "minder dan {n}", "held": "niet getoond", "none": "geen", "least": "ten minste {n}"},
    "en": {"few": "fewer than {n}", "held": "not shown", "none": "none", "least": "at least {n}"},
}


@dataclass(frozen=True)
class Figures:
    """What one week's mail says. The lists are None when the total is too small for them."""

    week: str
    received: Cell
    queues: dict[str, Cell] | None
    urgencies: dict[str, Cell] | None
    trend: dict[str, Cell]  # per week, oldest first; each as its own mail says it
    work: dict[str, int]  # "open" and "overdue": lower bounds, see disclosure.at_least
    agree: bool  # the counted lists agree with the total
    early: bool = False  # the week is not over
    # The steps of the scale; None: not counted, or not to be shown beside the other lists.
    scale: dict[str, Cell] | None = None
    # The head of the audit chain, to compare with later (docs/sealing.md, Audit chain). The hash only;
    # the number of entries would show how much was read and filed.
    audit_head: str = ""


def send_due_summaries() -> Sent:
    """Mails what is due now: the last week whose Monday 07:30 has passed, and what was missed before it.

    A subscription that never had a mail gets the last due week only.
    """
    last = weeks.last_due_week(timezone.now())
    for subscription in _subscriptions().annotate(newest=Max("deliveries__subject")):
        for week in _missed(subscription.newest, last):
            _into_outbox(week, [subscription])
    return _deliver(_outbox())


def send_week(week: str) -> Sent:
    """Mails a week that is over to those who have not had it. Raises ValueError for one that is not."""
    if not weeks.is_over(week, timezone.now()):
        raise ValueError(f"{week} is not over: its figures could still change")
    _into_outbox(week, list(_subscriptions()))
    return _deliver(_outbox().filter(subject=week))


def check_early(week: str) -> None:
    """Raises ValueError, in one line, when this week may not be shown before it is over.

    In the trial only, and it is not that week's mail (no Delivery row): two snapshots of
    one week can be subtracted, and what is left is the few reports between them.
    """
    if not settings.TRIAL:
        raise ValueError(f"{week} is not over; --early is for the trial only")
    if week != weeks.week_of(timezone.now()):
        raise ValueError(f"{week} has not begun")


def send_early(week: str) -> int:
    """In the trial: mails the running week to every subscriber; returns how many. Raises as check_early."""
    check_early(week)
    early = figures(week, early=True)
    moment = timezone.now().isoformat()
    mails = [compose(early, to, ("early", week, moment)) for to in _subscriptions()]
    return get_connection().send_messages(mails) or 0


def languages() -> list[str]:
    """The languages that subscribers read; Dutch when there are none."""
    return sorted(set(_subscriptions().values_list("language", flat=True)), reverse=True) or ["nl"]


def figures(week: str, *, early: bool = False) -> Figures:
    """The figures of a week, after disclosure control. Raises ValueError for what is not a week."""
    counted = _counted(week)
    total = counted[Tally.List.RECEIVED].get("", 0)
    per_queue = {queue.value: counted[Tally.List.QUEUE].get(queue, 0) for queue in Queue}
    per_urgency = {urgency.value: counted[Tally.List.URGENCY].get(urgency, 0) for urgency in Urgency}
    agree = sum(per_urgency.values()) == total and (
        max(per_queue.values()) <= total <= sum(per_queue.values()) <= 2 * total
    )
    if not agree:
        log.error("the counts of %s do not agree with each other; its mail says so", week)
    received = disclosure.shown(total)
    queues = urgencies = None
    if received is not Hidden.FEW:
        queues = disclosure.shown_list(per_queue, total, disclosure.one_or_two_queues)
        urgencies = disclosure.shown_list(per_urgency, total, disclosure.once_each)
    before = [weeks.moved(week, by) for by in range(1 - TREND, 0)]
    trend = {each: disclosure.shown(_counted(each)[Tally.List.RECEIVED].get("", 0)) for each in before}
    work = counted[Tally.List.WORK] or _work(received)
    scale = _scale(week, total, per_queue, per_urgency) if _whole(queues) and _whole(urgencies) else None
    trend[week] = received
    head = audit.head().hash
    return Figures(week, received, queues, urgencies, trend, work, agree, early, scale, head)


def compose(given: Figures, to: Subscription, identity: tuple[str, ...]) -> EmailMultiAlternatives:
    """One recipient's mail: text and HTML, in their language, with the Message-ID of `identity`."""
    subject, text, html = rendered(given, to.language)
    mail = EmailMultiAlternatives(subject, text, to=[to.email], headers=headers(*identity, to.email))
    mail.attach_alternative(html, "text/html")
    return mail


def rendered(given: Figures, language: str) -> tuple[str, str, str]:
    """Subject, text and HTML of a week's mail in Dutch or English."""
    context = _context(given, language)
    with override(language):
        subject, text = written(f"triage/mail/weekly.{language}.txt", context)
        html = render_to_string(f"triage/mail/weekly.{language}.html", context)
    return subject, text, html


def _context(given: Figures, language: str) -> dict[str, object]:
    words = _WORDS[language]
    monday = weeks.monday_of(given.week)

    def cell(value: Cell) -> str:
        return words[value.value].format(n=disclosure.FLOOR) if isinstance(value, Hidden) else str(value)

    def bound(count: int) -> str:
        return words["least"].format(n=count) if count else words["none"]

    lists = {
        name: {line: cell(value) for line, value in lines.items()} if lines else None
        for name, lines in (("queues", given.queues), ("urgencies", given.urgencies), ("scale", given.scale))
    }
    return {
        **lists,
        "year": monday.isocalendar().year,
        "number": monday.isocalendar().week,
        "floor": disclosure.FLOOR,
        "monday": monday,
        "sunday": weeks.sunday_of(given.week),
        "received": cell(given.received),
        "trend": {int(week[-2:]): cell(value) for week, value in given.trend.items()},
        "work": {line: bound(count) for line, count in given.work.items()},
        "agree": given.agree,
        "early": given.early,
        "audit_head": given.audit_head,
    }


def _whole(cells: dict[str, Cell] | None) -> bool:
    return cells is not None and not any(isinstance(cell, Hidden) for cell in cells.values())


def _scale(
    week: str, total: int, queues: dict[str, int], urgencies: dict[str, int]
) -> dict[str, Cell] | None:
    """The steps of the scale from the week's sealed sums, when these agree with the clear counts."""
    try:
        sums = week_sums.of_week(week) or week_sums.Sums()
    except BundleRefused:
        return None  # a console without the mail worker's key
    steps = {line: sums[sealed_counts.List.SCALE, line] for line in SCALE}
    if sum(steps.values()) != total:
        return None
    cells = disclosure.shown_list(steps, total, disclosure.scale_beside(queues, urgencies))
    return cells if set(cells.values()) != {Hidden.HELD} else None


def _counted(week: str) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {name: {} for name in Tally.List.values}
    for tally in Tally.objects.filter(week=week):
        counted[tally.list][tally.line] = tally.count
    return counted


def _work(received: Cell) -> dict[str, int]:
    stock = {"overdue": WorkItem.objects.overdue(), "open": WorkItem.objects.open()}
    return {line: disclosure.at_least(items.count(), received) for line, items in stock.items()}


def _into_outbox(week: str, subscriptions: list[Subscription]) -> None:
    """One row for each; the first time the week's work figures are kept, so that all its mails are equal."""
    received = disclosure.shown(_counted(week)[Tally.List.RECEIVED].get("", 0))
    for line, count in _work(received).items():
        Tally.objects.get_or_create(week=week, list=Tally.List.WORK, line=line, defaults={"count": count})
    Delivery.objects.bulk_create(
        [Delivery(subscription=each, subject=week) for each in subscriptions], ignore_conflicts=True
    )


def _missed(newest: str | None, last: str) -> list[str]:
    """The weeks after `newest` up to `last`; `last` alone when there was none."""
    if newest is None:
        return [last]
    late = [weeks.moved(last, -by) for by in range(CATCH_UP)]
    return [week for week in reversed(late) if week > newest]


def _subscriptions() -> QuerySet[Subscription]:
    return Subscription.objects.filter(kind=MailKind.SUMMARY).order_by("pk")


def _outbox() -> DeliveryQuerySet:
    return Delivery.objects.filter(subscription__kind=MailKind.SUMMARY)


def _deliver(outbox: DeliveryQuerySet) -> Sent:
    of_week = cache(figures)  # read once for all recipients

    def mail(delivery: Delivery) -> EmailMultiAlternatives:
        return compose(of_week(delivery.subject), delivery.subscription, (MailKind.SUMMARY, delivery.subject))

    return deliver(outbox=outbox, claim=SUMMARY_CLAIM, compose=mail)
