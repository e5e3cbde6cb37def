"""deploy/install-lock with a real pip and packages made here: a lock file is a list, pip chooses nothing."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from config.settings import BASE_DIR


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has only the pip that comes with Python."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder / "bin" / "python"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """A package `plugin` that names `core` with an extra, as pytest-cov does; `core` has a newer release."""
    wheel(tmp_path, "plugin", "1", "Requires-Dist: core[toml]>=1")
    wheel(tmp_path, "core", "1", "Provides-Extra: toml")
    wheel(tmp_path, "core", "2", "Provides-Extra: toml")
    return tmp_path


def wheel(folder: Path, name: str, version: str, *metadata: str) -> None:
    """Writes an empty package of that name into the folder."""
    info = f"{name}-{version}.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *metadata, ""]
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{info}/METADATA", "\n".join(lines))
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")


def pin(index: Path, name: str) -> str:
    """The line of a lock file for version 1 of that package."""
    content = (index / f"{name}-1-py3-none-any.whl").read_bytes()
    return f"{name}==1 --hash=sha256:{hashlib.sha256(content).hexdigest()}"


def install(environment: Path, index: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    """Installs a lock file of these lines, from the index alone."""
    lock = index / "requirements.lock"
    lock.write_text("\n".join(lines), encoding="utf-8")
    return subprocess.run(
        [BASE_DIR / "deploy" / "install-lock", environment, lock],
        env={"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index)},
        capture_output=True,
        text=True,
    )


def test_a_release_that_is_newer_than_the_lock_is_not_looked_at(environment: Path, index: Path) -> None:
    done = install(environment, index, pin(index, "plugin"), pin(index, "core"))

    assert done.returncode == 0, done.stdout + done.stderr
    installed = subprocess.run([environment, "-m", "pip", "freeze"], capture_output=True, text=True).stdout
    assert installed.split() == ["core==1", "plugin==1"]


def test_a_lock_that_lacks_a_package_is_an_error(environment: Path, index: Path) -> None:
    subprocess.run([environment, "-m", "pip", "uninstall", "--yes", "core"], check=True, capture_output=True)

    done = install(environment, index, pin(index, "plugin"))

    assert done.returncode == 1
    assert "requires core, which is not installed" in done.stdout
    assert "do not fit together" in done.stderr


def test_a_package_with_another_content_is_refused(environment: Path, index: Path) -> None:
    wheel(index, "other", "1")

    done = install(environment, index, f"other==1 --hash=sha256:{'0' * 64}")

    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr
