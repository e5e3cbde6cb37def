"""Opening an item after its work failed for good: what does not open then was altered: an alarm."""

from __future__ import annotations

import logging

from reports.models import Item
from reports.sealing import core
from reports.vault.keyring import Closed, Keyring

log = logging.getLogger(__name__)


def key_or_alarm(item: Item, ring: Keyring) -> bytes | None:
    """The key of an item that opens; None, with an integrity alarm in the log, for one that does not.

    The intake wrap of an item that does not open stays, as evidence and in case a backup helps.
    """
    try:
        key = ring.key_of(item)
        item.read(key)
    except (Closed, core.Broken, ValueError):
        log.critical("INTEGRITY ALARM: item %s of report %s does not open", item.pk, item.report_id)
        return None
    return key
