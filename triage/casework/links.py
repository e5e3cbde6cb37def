"""Other reports that name the same phone number, address, plate …, as an officer may know of them.

Source: docs/links-and-figures.md, Links; docs/policy.md, Privacy law (AVG 10).
Shows and counts only reports in this officer's queues. About the others the page says only that there are
some, until a coordinator names them, with a reason, in a sealed decision that the members of this queue can
read. A coordinator is a superuser who is a member of this queue. A member of all three queues sees every
link. A link never changes a queue, and it proves nothing: a wrong number or a shared name makes one too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from reports.models import Item, ItemKind, Report, Selector, SelectorKind
from reports.sealing import core
from reports.vault import members
from reports.vault.keyring import CannotOpen, Keyring
from triage.casework.decisions import seal_decision
from triage.choices import WorkState
from triage.models import WorkItem
from triage.work.items import NotNow, locked

CAP = 20
"""If more than CAP reports name it (a help line, a news channel), it makes no link."""

KINDS = {
    SelectorKind.PHONE: _("phone number"),
    SelectorKind.EMAIL: _("e-mail address"),
    SelectorKind.URL: _("web address"),
    SelectorKind.HANDLE: _("name on a platform"),
    SelectorKind.PLATE: _("number plate"),
    SelectorKind.IBAN: _("bank account"),
    SelectorKind.WALLET: _("crypto wallet"),
}


Token = tuple[str, bytes]  # kind, token


@dataclass(frozen=True)
class Other:
    """Another report, in a queue this officer holds."""

    reference: str
    queue: str
    address: str


@dataclass
class Link:
    """One selector of this report and where else it was named."""

    kind: str
    value: str = field(repr=False)
    reports: int = 0  # in queues this officer holds
    others: list[Other] = field(default_factory=list)  # their work items
    hidden: list[Other] = field(
        default_factory=list, repr=False
    )  # in other queues; the page says only that there are some
    crowded: bool = False  # more than CAP: nothing else is said


def of(report: Report, selectors: Iterable[list[str]], queues: Iterable[str]) -> list[Link]:
    """A link for each sealed selector ([kind, value, token]) of this report; most have no other report."""
    links: dict[Token, Link] = {
        (kind, bytes.fromhex(token)): Link(str(KINDS[SelectorKind(kind)]), value)
        for kind, value, token in selectors
    }
    if not links:
        return []
    named, crowded = _named(report, links)
    work: dict[UUID, list[WorkItem]] = defaultdict(list)
    if named:
        there = WorkItem.objects.filter(report__in=set().union(*named.values()))
        there = there.exclude(state=WorkState.REMOVED).select_related("report")
        for item in there.order_by("report__day", "id"):
            work[item.report_id].append(item)
    held = frozenset(queues)
    for key, link in links.items():
        link.crowded = key in crowded
        for pk in named.get(key, ()):
            own = [_other(item) for item in work[pk] if item.queue in held]
            link.reports += bool(own)
            link.others += own
            link.hidden += [] if own else [_other(item) for item in work[pk]]
    return list(links.values())


def may_reveal(officer: User, queue: str) -> bool:
    """Whether this officer is a coordinator of the queue."""
    return officer.is_active and officer.is_superuser and queue in members.queues_of(officer)


def reveal(*, work_item: WorkItem, officer: User, ring: Keyring, reason: str) -> None:
    """Names the linked reports of other queues in a sealed decision that this queue can read.

    It opens none of them: only a member of their queue can do that. Raises NotNow.
    """
    with transaction.atomic():
        current = locked(work_item)
        if not may_reveal(officer, current.queue):
            raise NotNow(_("Only a coordinator may do this: an administrator who is a member of this queue."))
        selectors = _opened(current.report, ring)
        links = of(current.report, selectors, members.queues_of(officer))
        hidden = {(each.reference, each.queue) for link in links for each in link.hidden}
        if not hidden:
            raise NotNow(_("There is no link to a report in another queue."))
        named = [{"reference": reference, "queue": queue} for reference, queue in sorted(hidden)]
        seal_decision("reveal_links", current, officer, reason, revealed=named)


def _opened(report: Report, ring: Keyring) -> list[list[str]]:
    found: list[list[str]] = []
    for item in Item.objects.filter(report=report, kind=ItemKind.ASSESSMENT).prefetch_related("wraps"):
        try:
            found += ring.open(item).get("selectors") or []
        except (CannotOpen, core.Broken):
            continue  # the page of the report says so
    return found


def _named(report: Report, tokens: Collection[Token]) -> tuple[dict[Token, set[UUID]], set[Token]]:
    """The other reports that have each token, and the tokens that too many reports have."""
    kinds, values = {kind for kind, _ in tokens}, [token for _, token in tokens]
    rows = Selector.objects.filter(kind__in=kinds, token__in=values).exclude(report=report)
    counted = rows.values_list("kind", "token").annotate(reports=Count("report"))
    crowded = {(kind, bytes(token)) for kind, token, reports in counted if reports > CAP}
    rows = rows.exclude(token__in=[token for _, token in crowded])
    found: dict[Token, set[UUID]] = defaultdict(set)
    for kind, token, pk in rows.values_list("kind", "token", "report"):
        found[kind, bytes(token)].add(pk)
    return found, crowded


def _other(item: WorkItem) -> Other:
    return Other(item.report.reference, item.queue, item.get_absolute_url())
