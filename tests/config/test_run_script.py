"""./run before there is an environment: what is missing is said in one line."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from config.settings import BASE_DIR
from tests.services import PATIENCE

NEW_ENOUGH = 'case "$*" in *version_info*) echo 3.11 ;; '
# Makes an environment whose pip behaves as $PIP says.
MAKES_VENV = NEW_ENOUGH + (
    '*"-m venv"*) for v; do :; done; mkdir -p "$v/bin"; cp "$0" "$v/bin/python"; cp "$0" "$v/bin/pip" ;; '
    '*"-m pip"*) echo "$PIP_SAYS"; exit "$PIP_CODE" ;; '
    '*config.trial*) echo "started in $PWD with: $*" ;; esac'
)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout in a folder with a blank in its name, on a machine with a shell and no Python."""
    checkout = tmp_path / "my checkout"
    checkout.mkdir()
    for name in ("run", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(BASE_DIR / name, checkout / name)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "dirname", "cksum", "cat", "grep", "tail", "mkdir", "cp"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    return checkout


def python(checkout: Path, script: str, name: str = "python3.11") -> None:
    """Puts a stand-in for Python on the machine's PATH."""
    stand_in = checkout.parent / "bin" / name
    stand_in.write_text(f"#!/bin/sh\n{script}\n")
    stand_in.chmod(0o755)


def run(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": str(checkout.parent / "bin"), "HOME": str(checkout.parent)} | environment
    command = [checkout / "run", *arguments]
    return subprocess.run(
        command, cwd=checkout.parent, env=env, capture_output=True, text=True, timeout=PATIENCE
    )


def only_line(done: subprocess.CompletedProcess[str]) -> str:
    """The one line it said before it gave up."""
    assert done.returncode == 1
    progress = ("making the environment", "installing the packages")
    lines = [line for line in done.stderr.splitlines() if not any(words in line for words in progress)]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_machine_without_python_is_told_what_to_install(bare: Path) -> None:
    assert "apt-get install python3.11 python3.11-venv" in only_line(run(bare))


def test_an_old_python_is_no_python(bare: Path) -> None:
    python(bare, 'case "$*" in *version_info*) ;; esac', name="python3")

    assert "Python 3.11, 3.12 or 3.13 is needed" in only_line(run(bare))


def test_a_python_without_ensurepip_names_its_package(bare: Path) -> None:
    python(bare, NEW_ENOUGH + "*ensurepip*) exit 1 ;; esac")

    assert "apt-get install python3.11-venv" in only_line(run(bare))


def test_no_network_is_said_in_one_line(bare: Path) -> None:
    python(bare, MAKES_VENV)

    said = only_line(run(bare, PIP_SAYS="WARNING: Temporary failure in name resolution", PIP_CODE="1"))

    assert "package index could not be reached" in said


def test_an_unknown_command_points_to_the_help(bare: Path) -> None:
    assert "./run help" in only_line(run(bare, "strat"))


def test_the_help_needs_nothing(bare: Path) -> None:
    assert "./run test --all" in run(bare, "help").stdout


def test_the_second_start_installs_nothing_and_keeps_the_callers_folder(bare: Path) -> None:
    python(bare, MAKES_VENV)
    ready = {"PIP_SAYS": "", "PIP_CODE": "0"}
    first = run(bare, "manage", "check", "a file.jsonl", **ready)
    assert "installing the packages" in first.stderr

    second = run(bare, "manage", "check", "a file.jsonl", PIP_SAYS="not asked", PIP_CODE="1")

    assert second.stderr == ""
    assert f"started in {os.path.realpath(bare.parent)} with:" in second.stdout
    assert second.stdout.strip().endswith("-m config.trial manage check a file.jsonl")


def test_a_changed_lock_is_installed(bare: Path) -> None:
    python(bare, MAKES_VENV)
    ready = {"PIP_SAYS": "", "PIP_CODE": "0"}
    run(bare, **ready)
    with open(bare / "requirements.lock", "a") as lock:
        lock.write("# changed\n")

    assert "installing the packages" in run(bare, **ready).stderr
