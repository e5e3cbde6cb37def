"""pyproject.toml lists a package with those who need it: the product, its trial, or tests and tools."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from config.settings import BASE_DIR

PROJECT = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
LOCKS = ["requirements.lock", "requirements-trial.lock", "requirements-dev.lock"]
OURS = {"config", "portal", "reports", "triage", "tests"}


def names(requirements: Iterable[str]) -> set[str]:
    """The packages that these requirements name, in the spelling of a lock file."""
    found = (re.match(r"[\w.-]+", requirement) for requirement in requirements)
    return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in found if match}


RUNTIME = names(PROJECT["dependencies"])
TRIAL = RUNTIME | names(EXTRAS["trial"])
DEV = TRIAL | names(EXTRAS["dev"])


def sources(*folders: str, trial: bool = False) -> list[Path]:
    """The Python files of these folders; those of config/trial only when asked for."""
    files = [file for folder in folders for file in (BASE_DIR / folder).rglob("*.py")]
    return [file for file in files if trial or "trial" not in file.relative_to(BASE_DIR).parts]


def imported(files: Iterable[Path]) -> set[str]:
    """The top-level modules of other people that these files import, inside functions too."""
    found: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - OURS - sys.stdlib_module_names


@pytest.mark.parametrize(
    ("files", "declared"),
    [
        (sources("config", "portal", "reports", "triage"), RUNTIME),
        (sources("config/trial", trial=True), TRIAL),
        (sources("tests"), DEV),
    ],
    ids=["product", "trial", "tests"],
)
def test_what_is_imported_is_declared_for_those_who_need_it(files: list[Path], declared: set[str]) -> None:
    providers = packages_distributions()

    undeclared = [name for name in imported(files) if not names(providers.get(name, [name])) & declared]

    assert undeclared == []


def pins(lock: str) -> set[str]:
    """The lines of a lock file that name a package, its version and where it is needed."""
    lines = (BASE_DIR / lock).read_text(encoding="utf-8").splitlines()
    return {line.removesuffix(" \\") for line in lines if "==" in line and not line.startswith(" ")}


def test_each_lock_holds_the_one_before_and_its_own_group() -> None:
    runtime, trial, dev = (pins(lock) for lock in LOCKS)

    assert runtime < trial < dev
    assert names(EXTRAS["trial"]).isdisjoint(names(runtime))
    for lock, declared in zip((runtime, trial, dev), (RUNTIME, TRIAL, DEV), strict=True):
        assert declared <= names(lock)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_place_to_fetch_from(lock: str) -> None:
    text = (BASE_DIR / lock).read_text(encoding="utf-8")

    assert not re.search(r"://|^\s*-[^-]|^\s*--(?!hash=sha256:)", text, re.MULTILINE)
