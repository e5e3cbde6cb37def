"""The evidence part of a work item's page: every file of the report, and what the worker found out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from reports.evidence import files as evidence_files
from reports.evidence import malware
from reports.evidence.cleaning import YES
from reports.evidence.files import Manifest
from reports.models import Item, ItemKind
from reports.sealing import core
from reports.vault.keyring import CannotOpen, Keyring
from triage.models import WorkItem
from triage.staff.evidence_words import FOUND, MALWARE, STAYS, WHY_NOT_CLEANED, ending, listed


@dataclass
class Download:
    """One downloadable form of a file: the clean copy or the original."""

    item_id: UUID
    size: int
    sha256: str = field(repr=False)
    whole: bool  # False: the blob is missing, another one, or cut short


@dataclass
class File:
    """One file as the reporter sent it; `clean` or `original` or both are there."""

    name: str = field(repr=False)
    type: str
    claims: str  # what the reporter's browser called it, when that is something else
    cleaned: bool
    why_not: str
    found: list[str]
    stays: list[str]
    malware: str
    malware_name: str
    suspicious: bool
    sha256: str = field(repr=False)  # of the original: the same for a file that was sent twice
    clean: Download | None = None
    original: Download | None = None
    same_as: str = ""

    @property
    def alarm(self) -> bool:
        return any(copy is not None and not copy.whole for copy in (self.clean, self.original))


@dataclass
class EvidencePage:
    """All files of a report that this officer's keys open, and the ones that nobody can see yet."""

    files: list[File] = field(default_factory=list)
    waiting: int = 0  # still with the worker
    alarms: int = 0  # manifests that were altered, or files that the worker cannot open

    @property
    def is_empty(self) -> bool:
        return not (self.files or self.waiting or self.alarms)


def opened(work_item: WorkItem, ring: Keyring, items: Iterable[Item] | None = None) -> EvidencePage:
    """Opens the manifests; never a file. Raises nothing for closed or broken ones, it counts them.

    `items` saves asking for them again.
    """
    page = EvidencePage()
    found: dict[str, File] = {}
    if items is None:
        items = work_item.report.items.filter(kind__in=evidence_files.KINDS).prefetch_related("wraps")
    for item in items:
        try:
            manifest = Manifest.of(item, ring.key_of(item))
        except CannotOpen:
            page.alarms += item.given_up
            page.waiting += not item.given_up
            continue
        except (core.Broken, ValueError, TypeError):
            page.alarms += 1
            continue
        _place(found, item, manifest)
    page.files = sorted(found.values(), key=lambda each: each.name.casefold())
    _mark_twins(page.files)
    return page


def _place(found: dict[str, File], item: Item, manifest: Manifest) -> None:
    copy = Download(item.pk, manifest.size, manifest.sha256, evidence_files.looks_whole(item, manifest))
    is_clean = item.kind == ItemKind.FILE_CLEAN
    key = manifest.original if is_clean else str(item.pk)
    file = found.get(key)
    if file is None:
        file = found[key] = _file(manifest)
    if is_clean:
        file.clean = copy
        file.sha256 = manifest.original_sha256
    else:
        file.original = copy


def _file(manifest: Manifest) -> File:
    claims = manifest.claimed.lower()
    agrees = not manifest.type or claims in {"", "application/octet-stream", manifest.type}
    state = manifest.malware or malware.NOT_CHECKED
    return File(
        name=manifest.name,
        type=manifest.type or "",
        claims="" if agrees else claims,
        cleaned=manifest.cleaned == YES,
        why_not=str(WHY_NOT_CLEANED.get(manifest.cleaned, "")),
        found=listed(manifest.found, FOUND),
        stays=listed(manifest.found, STAYS),
        malware=str(MALWARE.get(state, state)),
        malware_name=manifest.malware_name,
        suspicious=state == malware.SUSPICIOUS,
        sha256=manifest.sha256,
    )


def _mark_twins(files: list[File]) -> None:
    first: dict[str, str] = {}
    for file in files:
        file.same_as = first.setdefault(file.sha256, "")
        first[file.sha256] = first[file.sha256] or file.name


def download_name(work_item: WorkItem, item: Item, manifest: Manifest) -> str:
    """A safe ASCII name that we make; nothing of the reporter's name is in it."""
    original = "-original" if item.kind == ItemKind.FILE else ""
    danger = ".suspicious" if manifest.malware == malware.SUSPICIOUS else ""  # no double click opens it
    return f"{work_item.report.reference}-{item.pk.hex[:6]}{original}.{ending(manifest.type)}{danger}"
