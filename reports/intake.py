"""Intake: a filed report becomes sealed rows in one transaction.

The only way in, for the public form, the demo and the tests. The receipt is
returned after the commit, so a report that was acknowledged is stored.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from reports.choices import YesNoUnsure
from reports.evidence import files as evidence_files
from reports.evidence.uploads import Upload
from reports.facts import Facts
from reports.models import Item, ItemKind, KeyRole, Mailbox, Report, Wrap, today
from reports.retention import REPORT_KEPT
from reports.sealing import core, receipt_code
from reports.vault import bundle, keys


@dataclass(frozen=True)
class Receipt:
    """What the reporter gets back: the code (digits only), shown once and stored nowhere."""

    code: str = field(repr=False)
    report_id: uuid.UUID
    repeated: bool  # this form had been received before; nothing was stored this time


def receive(
    *,
    form_key: bytes,
    facts: Facts,
    account: str,
    language: str,
    contact: Mapping[str, str] | None = None,
    files: Sequence[Upload] = (),
    keep_originals: bool = False,
    channel: str = "form",
    demo: bool = False,
    looks_automated: bool = False,
) -> Receipt:
    """Seals and stores one report.

    `form_key` is the form's own 32 bytes: code and report id are derived from it, so
    the same form sent twice is one report with one code. `language` is the one the
    reporter read. `contact` is kept as an item of its own, because it is deleted first.
    `files` without a fault are stored with the report or, when it was repeated, not at all.
    `looks_automated`: it looked like a program's work and may be read after the others of its urgency;
    never when somebody may be in danger now.
    Raises keys.Untrusted when there is no intake key to seal to; stores all or nothing.
    """
    secrets = bundle.public()
    code = receipt_code.from_form_key(form_key, secrets.form_secret)
    report_id = uuid.UUID(bytes=core.derive(secrets.form_secret, "report id", form_key, size=16), version=4)
    identity = receipt_code.identity(code, secrets.site_salt, secrets.code_costs[0])
    report = Report(
        id=report_id,
        delete_after=today() + REPORT_KEPT,
        danger_ticked=facts.in_danger_now in (YesNoUnsure.YES, YesNoUnsure.UNSURE),
    )
    content: dict[str, Any] = {
        "answers": facts.as_answers(),
        "account": account,
        "language": language,
        "channel": channel,
        "demo": demo,
        "looks_automated": looks_automated and not report.danger_ticked,
    }
    sealed = dict([Item.compose(report, ItemKind.REPORT, content)])
    if contact:
        sealed.update([Item.compose(report, ItemKind.CONTACT, dict(contact))])
    evidence_items = evidence_files.compose(report, files, keep_originals=keep_originals)
    sealed |= evidence_items
    public = identity.pair.public
    try:
        with transaction.atomic():
            report.save(force_insert=True)
            Item.objects.bulk_create(sealed)
            Wrap.objects.hand(sealed, [keys.current(KeyRole.INTAKE, secrets)])
            Mailbox(lookup=identity.lookup.hex(), report=report, kid=core.kid(public), public=public).save(
                force_insert=True
            )
    except IntegrityError:
        if not Report.objects.filter(pk=report_id).exists():
            raise
        return Receipt(code, report_id, repeated=True)
    evidence_files.keep(files, evidence_items)
    return Receipt(code, report_id, repeated=False)


def demo_form_key(number: int) -> bytes:
    """A fixed form key, so that loading the demo twice adds nothing."""
    return hashlib.sha256(f"baken demo {number}".encode()).digest()
