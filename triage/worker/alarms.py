"""Log lines for operators when the worker cannot do all of its work; never a word of a report."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from reports.models import Item
from reports.sealing import core
from reports.vault.keyring import CannotOpen, Keyring
from triage.policy.assessment import Assessment

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Opened:
    """The result of opening an item: its key (None when its wrap was altered), and whether it was altered."""

    key: bytes | None
    altered: bool


def opened(item: Item, ring: Keyring) -> Opened:
    """Opens an item whose work failed for good; an item that was altered is an integrity alarm in the log.

    An altered body still goes to people, who see that it does not open. An intake wrap that does not open
    stays, as evidence and in case a backup helps.
    """
    key: bytes | None = None
    try:
        key = ring.key_of(item)
        item.read(key)
    except (CannotOpen, core.Broken, ValueError):
        log.critical("INTEGRITY ALARM: item %s of report %s does not open", item.pk, item.report_id)
        return Opened(key, altered=True)
    return Opened(key, altered=False)


def log_failed_rules(assessment: Assessment) -> None:
    """Logs which rules failed: their ids only, because an error's text may quote the report."""
    if assessment.failed_rules:
        log.error("these rules failed and count as no match: %s", ", ".join(assessment.failed_rules))
