"""The sums of a closed week: the mail worker opens its sealed counts, adds them up, seals that, deletes them.

All in one transaction: a worker that is killed in between has done nothing, and the next run does it once.
A sealed count that comes in after its week was summed counts in the running week: a closed week never
changes.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from reports.choices import Queue
from reports.models import KeyRole
from reports.sealing import core
from reports.sealing.core import KeyPair
from reports.vault import bundle, keys
from reports.vault.keyring import Keyring
from triage.figures import weeks
from triage.figures.sealed_counts import LISTS, Line
from triage.models import SealedCount, WeekSums

log = logging.getLogger(__name__)

Sums = Counter[Line]
_LINE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def sum_closed_weeks() -> int:
    """Sums every week that is over and due to be mailed; returns how many.

    Raises bundle.BundleRefused, keys.Untrusted.
    """
    last = weeks.last_due_week(timezone.now())
    waiting = (
        SealedCount.objects.filter(week__lte=last).order_by("week").values_list("week", flat=True).distinct()
    )
    return sum(_sum(week) for week in list(waiting))


def of_week(week: str) -> Sums | None:
    """The sums of one week, for the mail worker; None when it can open none. Raises bundle.BundleRefused."""
    pairs = {pair.kid: pair for pair in bundle.mail().summary}
    for row in WeekSums.objects.filter(week=week, to__in=pairs):
        return _counted(row, pairs[row.to])
    return None


def opened(ring: Keyring, *, since: str) -> list[tuple[str, Sums]]:
    """(week, sums) of every week from `since` that an officer's keys open, oldest first."""
    found: dict[str, Sums] = {}
    for row in WeekSums.objects.filter(week__gte=since, to__in=ring.kids).order_by("week"):
        if row.week not in found:
            sums = _counted(row, ring.pair(row.to))
            if sums is not None:
                found[row.week] = sums
    return sorted(found.items())


def _sum(week: str) -> bool:
    with transaction.atomic():
        counts = list(SealedCount.objects.select_for_update().filter(week=week))
        if not counts:
            return False  # another worker was quicker
        if WeekSums.objects.filter(week=week).exists():
            _into_the_running_week(counts)
            return False
        sums: Sums = Counter()
        for count in counts:
            sums.update(_lines(count, bundle.mail().summary))
        _seal(week, sums)
        SealedCount.objects.filter(pk__in=[count.pk for count in counts]).delete()
    return True


def _into_the_running_week(counts: Iterable[SealedCount]) -> None:
    # A sealed count is bound to its week, so it is opened and sealed anew.
    for count in counts:
        late = SealedCount(week=weeks.week_of(timezone.now()), kind=count.kind)
        late.seal(sorted(_lines(count, bundle.mail().summary)), keys.current(KeyRole.SUMMARY, bundle.mail()))
        late.save(force_insert=True)
        count.delete()


def _lines(count: SealedCount, pairs: Iterable[KeyPair]) -> set[Line]:
    """The lines of a sealed count, each once; empty for one that was altered or planted."""
    content: Any = None
    for pair in pairs:
        try:
            content = count.read(pair.unwrap)
            break
        except (core.Broken, ValueError):
            continue
    try:
        lines = {(name, line) for name, line in content}
        if all(name in LISTS and _LINE.fullmatch(line) for name, line in lines):
            return lines
    except (TypeError, ValueError):
        pass
    log.critical(
        "INTEGRITY ALARM: a sealed count of %s does not open or says what no sealed count says", count.week
    )
    return set()


def _seal(week: str, sums: Sums) -> None:
    content = [[name, line, count] for (name, line), count in sorted(sums.items())]
    for public in keys.currents([KeyRole.SUMMARY, *Queue.values], bundle.mail()):
        row = WeekSums(week=week, to=core.kid(public))
        row.seal(content, public)
        row.save(force_insert=True)


def _counted(row: WeekSums, pair: KeyPair) -> Sums | None:
    unwrap: Callable[[bytes, bytes], bytes] = pair.unwrap
    try:
        return Counter({(name, line): int(count) for name, line, count in row.read(unwrap)})
    except (core.Broken, TypeError, ValueError):
        log.critical("INTEGRITY ALARM: the sums of %s do not open", row.week)
        return None
