"""What operators are told when the worker cannot do its work in full; never a word of a report."""

from __future__ import annotations

import logging

from reports.models import Item
from reports.sealing import core
from reports.vault.keyring import CannotOpen, Keyring
from triage.policy.assessment import Assessment

log = logging.getLogger(__name__)


def key_or_alarm(item: Item, ring: Keyring) -> bytes | None:
    """The key of an item that opens; None, with an integrity alarm in the log, for one that does not.

    The intake wrap of an item that does not open stays, as evidence and in case a backup helps.
    """
    try:
        key = ring.key_of(item)
        item.read(key)
    except (CannotOpen, core.Broken, ValueError):
        log.critical("INTEGRITY ALARM: item %s of report %s does not open", item.pk, item.report_id)
        return None
    return key


def log_failed_rules(assessment: Assessment) -> None:
    """Tells operators which rules failed: their ids only, because an error's text may quote the report."""
    if assessment.failed_rules:
        log.error("these rules failed and count as no match: %s", ", ".join(assessment.failed_rules))
