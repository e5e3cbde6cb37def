from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from reports.vault import bundle


@pytest.fixture
def outside_the_trial(db: None, settings: Settings, tmp_path: Path) -> Iterator[None]:
    """The run's keys as real ones, and no trial: the second factor is compulsory."""
    vault = tmp_path / "vault"
    shutil.copytree(settings.VAULT_DIR, vault)
    for file in vault.glob("*/bundle.json"):
        file.write_text(file.read_text().replace('"development": true', '"development": false'))
    settings.VAULT_DIR, settings.TRIAL = vault, False
    bundle.forget()
    yield
    bundle.forget()
