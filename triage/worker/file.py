"""What the worker does with one file: look at it, make a clean copy, hand both on, keep no key to them.

Each file is a task of its own (docs/decisions.md 3) and waits until its report is in its queues. Nothing a
file holds can stop it from reaching people: what cannot be cleaned or checked goes on, marked.
"""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from reports import audit
from reports.evidence import blobs, malware
from reports.evidence import files as evidence_files
from reports.evidence.cleaning import FAILED, YES, isolated
from reports.evidence.files import Manifest
from reports.models import Item, ItemKind, Report, Wrap
from reports.sealing import core
from reports.vault import bundle, keys
from reports.vault.keyring import CannotOpen, Keyring
from triage.work.items import queues_of

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)  # longer than a task may take: no second worker starts with the same file
TRIES_OF_CLAMD = 2  # then the file goes on unchecked, and staff are told


def do(item: Item, ring: Keyring) -> bool:
    """Cleans and checks one file and hands it to the queues of its report; False when that was done before.

    `ring` is the worker's. Raises keyring.CannotOpen or core.Broken when wrap, manifest or blob does not
    open, malware.NoAnswer while clamd may still come back, OSError; nothing has changed then.
    """
    Item.objects.filter(pk=item.pk).update(next_try=timezone.now() + LEASE)
    key = ring.key_of(item)
    manifest = Manifest.of(item, key)
    verdict = _check(item, key, manifest)
    copy = Item(id=uuid4(), report_id=item.report_id, kind=ItemKind.FILE_CLEAN)
    copy_key = secrets.token_bytes(core.KEY_SIZE)
    with isolated.cleaned(evidence_files.read(item, key, manifest), manifest.size) as result:
        blob, outcome = None, result.cleaned
        if outcome == YES:
            blob = blobs.Writer(copy.pk, copy_key)
            try:
                for part in result.copy:
                    blob.feed(part)
                blob.finish()
            except isolated.CutShort:
                blob.drop()
                blob, outcome = None, FAILED
            except BaseException:
                blob.drop()
                raise
    told = manifest.with_(
        type=result.type,
        cleaned=outcome,
        found=result.found,
        malware=verdict.state,
        malware_name=verdict.name,
    )
    # A suspicious file is evidence of an attack: the original stays whatever was chosen.
    keep_original = blob is None or manifest.keep_original or verdict.state == malware.SUSPICIOUS
    if blob is None:
        return _hand_over(item, {item: key}, told)
    try:
        copy.body = Manifest.of_blob(
            blob,
            name=told.name,
            claimed=told.claimed,
            type=told.type,
            cleaned=YES,
            found=told.found,
            malware=told.malware,
            malware_name=told.malware_name,
            original=str(item.pk),
            original_size=manifest.size,
            original_sha256=manifest.sha256,
            original_kept=keep_original,
        ).sealed_for(copy, copy_key)
        blobs.make_durable()
        done = _hand_over(item, {copy: copy_key} | ({item: key} if keep_original else {}), told)
        if done:
            blob.keep()
        return done
    finally:
        blob.drop()


def give_up(item: Item, ring: Keyring) -> bool:
    """After cleaning failed for good: hands on the file as it came, marked, for a person to judge."""
    try:
        key = ring.key_of(item)
    except (CannotOpen, core.Broken):
        # Its intake wrap stays, as evidence and in case a backup helps; the report's page shows it.
        log.critical("INTEGRITY ALARM: file %s of report %s does not open", item.pk, item.report_id)
        return False
    try:
        told = Manifest.of(item, key).with_(cleaned=FAILED, malware=malware.NOT_CHECKED)
    except (core.Broken, ValueError, TypeError):
        log.critical("INTEGRITY ALARM: file %s of report %s does not open", item.pk, item.report_id)
        told = None
    return _hand_over(item, {item: key}, told)


def _check(item: Item, key: bytes, manifest: Manifest) -> malware.Verdict:
    try:
        return malware.check(evidence_files.read(item, key, manifest))
    except malware.NoAnswer:
        if item.attempts < TRIES_OF_CLAMD:
            raise
        log.error("clamd does not answer: file %s goes on unchecked", item.pk)
        return malware.Verdict()


def _hand_over(item: Item, handed: dict[Item, bytes], told: Manifest | None) -> bool:
    """In one transaction: stores the rows, wraps them to the report's queues, deletes the worker's wrap."""
    with transaction.atomic():
        # The report first, as casework does: a queue added or removed meanwhile counts.
        if not Report.objects.select_for_update().filter(pk=item.report_id).exists():
            return False
        if not Item.objects.filter(pk=item.pk).untriaged().exists():
            return False
        queues = queues_of(item.report)
        readers = keys.currents(queues, bundle.worker())
        for each, key in handed.items():
            if each.kind == ItemKind.FILE_CLEAN:
                each.save(force_insert=True)
            elif told is not None:
                Item.objects.filter(pk=each.pk).update(body=told.sealed_for(each, key))
        Wrap.objects.hand(handed, readers)
        Item.objects.filter(pk=item.pk).drop_intake_wraps()
        if item not in handed:
            evidence_files.shred_blobs([item.pk])
            Item.objects.filter(pk=item.pk).delete()
        # What was found in it is not for the audit chain, which anybody with the disk can read.
        audit.record(
            actor="worker", verb="hand_on_file", subject=item, report=str(item.report_id), queues=queues
        )
    return True
