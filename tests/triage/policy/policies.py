"""A policy of the tests' own: the real one in a folder where a test may break or change it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from triage.policy.loader import POLICY_FOLDER


def changed_policy(folder: Path, file: str, change: Callable[[str], str]) -> Path:
    """A copy of the policy in `folder` with one file changed; the change must really change something."""
    copy = folder / "policy"
    shutil.copytree(POLICY_FOLDER, copy)
    path = copy / file
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, encoding="utf-8")
    return copy
