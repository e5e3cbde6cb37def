"""The intake key, replaced by the worker itself, so that an old one does not open anything for long.

After triage the worker's wraps are deleted, so an old intake key opens nothing in
the database. It could still open an older copy of the database; once it is destroyed,
nobody can do that (docs/sealing.md, The intake key). Safe to run again, in several processes at once.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from reports import audit
from reports.models import Key, KeyRole, Wrap, today
from reports.sealing import core
from reports.vault import bundle, keys
from reports.vault.keyring import Keyring

WEEK = timedelta(days=7)
# A report may have been wrapped to the old key just before and be committed just after the new one.
GRACE = timedelta(days=2)


def rotate_intake(*, not_before: timedelta = timedelta(0)) -> Key | None:
    """The next intake key, or None when the present one is younger than `not_before`.

    Private keys that nothing needs any more are destroyed first. Raises bundle.BundleRefused,
    keys.Untrusted, and keyring.CannotOpen when this worker does not hold the newest key.
    """
    bundle.worker()  # fails here, with advice, when this process is not the worker
    with bundle.changing_intake() as keep:
        pairs = _still_needed(bundle.worker().intake)
        if len(pairs) < len(bundle.worker().intake):
            keep(pairs)
        last = keys.newest(KeyRole.INTAKE, bundle.worker())
        if today() - last.created < not_before:
            return None
        signer = Keyring(pairs).pair(last.kid)
        # Write the file first. Otherwise a lost private key would leave reports that nobody can open.
        # A private key without a row is left from an attempt that stopped here. It is used now.
        successor = _unused(pairs)
        if successor is None:
            successor = core.KeyPair.generate()
            keep([*pairs, successor])
        key = keys.succeed(KeyRole.INTAKE, last, signer, successor)
        with transaction.atomic():
            key.save(force_insert=True)
            Key.objects.filter(role=KeyRole.INTAKE, retired=None).exclude(pk=key.pk).update(retired=today())
            audit.record(actor="worker", verb="make_key", kind="intake", key=key.kid, epoch=key.epoch)
    return key


def _still_needed(pairs: tuple[core.KeyPair, ...]) -> tuple[core.KeyPair, ...]:
    """Leaves out keys that were replaced at least GRACE ago and that no wrap uses (docs/decisions.md 11)."""
    retired = dict(
        Key.objects.filter(role=KeyRole.INTAKE, retired__lte=today() - GRACE).values_list("kid", "retired")
    )
    wrapped = set(Wrap.objects.filter(to__in=retired).values_list("to", flat=True).distinct())
    return tuple(pair for pair in pairs if pair.kid not in retired or pair.kid in wrapped)


def _unused(pairs: tuple[core.KeyPair, ...]) -> core.KeyPair | None:
    known = set(Key.objects.filter(kid__in=[pair.kid for pair in pairs]).values_list("kid", flat=True))
    return next((pair for pair in pairs if pair.kid not in known), None)
