"""Keeps what links reports: tokens in the index, and the selectors themselves sealed.

Source: docs/sealing.md, Index tokens. Called inside the transaction that hands a report to its queues.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from reports import models
from reports.sealing import core
from reports.vault import bundle
from triage.selectors.find import FoundSelector, find

log = logging.getLogger(__name__)

Sealed = list[list[str]]
"""[kind, compared form, token in hex] of each selector, as the sealed assessment has it."""


def search(text: str, *, without: Iterable[str] = ()) -> tuple[FoundSelector, ...] | None:
    """The selectors of a text, or None when it could not be searched: a fault here must not stop a report."""
    try:
        return find(text, without=without)
    except Exception as error:  # noqa: BLE001 - whatever it was; the type only, its text may quote the account
        log.error("the selectors of a text could not be searched: %s", type(error).__qualname__)
        return None


def index(report: models.Report, found: tuple[FoundSelector, ...]) -> Sealed:
    """Puts the tokens of what was found into the index; returns what goes into the sealed assessment."""
    worker = bundle.worker()
    tokens = [(each, core.blind(worker.index_key, each.kind, each.value)) for each in found]
    models.Selector.objects.bulk_create(
        [
            models.Selector(report=report, kind=each.kind, token=token, epoch=worker.index_epoch)
            for each, token in tokens
        ],
        ignore_conflicts=True,  # an addition may name what the report named
    )
    return [[str(each.kind), each.value, token.hex()] for each, token in tokens]
