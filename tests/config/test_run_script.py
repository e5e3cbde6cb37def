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
# Makes an empty environment, whose pip behaves as $PIP_… and $CHECK_… say.
MAKES_VENV = NEW_ENOUGH + (
    '*"-m venv --clear"*) for v; do :; done; rm -rf "$v"; mkdir -p "$v/bin"; cp "$0" "$v/bin/python" ;; '
    '*"-m pip"*" check") echo "$CHECK_SAYS"; exit "${CHECK_CODE-0}" ;; '
    '*"-m pip"*) echo "$PIP_SAYS"; exit "$PIP_CODE" ;; '
    '*config.trial*) echo "started in $PWD with: $*" ;; esac'
)
READY = {"PIP_SAYS": "", "PIP_CODE": "0"}


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout in a folder with a blank in its name, on a machine with a shell and no Python."""
    checkout = tmp_path / "my checkout"
    checkout.mkdir()
    (checkout / "deploy").mkdir()
    for name in ("run", "deploy/install-lock", *(lock.name for lock in BASE_DIR.glob("*.lock"))):
        shutil.copy(BASE_DIR / name, checkout / name)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "dirname", "cksum", "cat", "grep", "tail", "mkdir", "cp", "rm"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    return checkout


def python(checkout: Path, script: str, name: str = "python3.11") -> None:
    """Puts a stand-in for Python on the machine's PATH."""
    stand_in = checkout.parent / "bin" / name
    stand_in.write_text(f"#!/bin/sh\n{script}\n")
    stand_in.chmod(0o755)


def run(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": str(checkout.parent / "bin"), "HOME": str(checkout.parent)} | environment
    command = [str(checkout / "run"), *arguments]
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


def test_packages_that_do_not_fit_together_are_said_in_one_line(bare: Path) -> None:
    python(bare, MAKES_VENV)
    incomplete = {"CHECK_SAYS": "kombu 5.7.0 requires vine, which is not installed.", "CHECK_CODE": "1"}

    assert "requirements-trial.lock do not fit together" in only_line(run(bare, **READY, **incomplete))
    assert "installing the packages" in run(bare, **READY).stderr, "it counts as not installed"


def test_an_unknown_command_points_to_the_help(bare: Path) -> None:
    assert "./run help" in only_line(run(bare, "strat"))


def test_the_help_needs_nothing(bare: Path) -> None:
    assert "./run test --all" in run(bare, "help").stdout


@pytest.mark.parametrize(
    ("command", "lock"),
    [
        ("", "requirements-trial.lock"),
        ("manage", "requirements-trial.lock"),
        ("test", "requirements-dev.lock"),
        ("bench", "requirements-dev.lock"),
    ],
)
def test_each_command_installs_what_it_needs(bare: Path, command: str, lock: str) -> None:
    python(bare, MAKES_VENV)

    assert f"installing the packages of {lock}" in run(bare, *command.split(), **READY).stderr


def test_the_second_start_installs_nothing_and_keeps_the_callers_folder(bare: Path) -> None:
    python(bare, MAKES_VENV)
    first = run(bare, "manage", "check", "a file.jsonl", **READY)
    assert "installing the packages" in first.stderr

    second = run(bare, "manage", "check", "a file.jsonl", PIP_SAYS="not asked", PIP_CODE="1")

    assert second.stderr == ""
    assert f"started in {os.path.realpath(bare.parent)} with:" in second.stdout
    assert second.stdout.strip().endswith("-m config.trial manage check a file.jsonl")


def test_the_tests_add_their_packages_to_the_environment_of_the_trial(bare: Path) -> None:
    python(bare, MAKES_VENV)
    run(bare, **READY)

    added = run(bare, "test", **READY).stderr

    assert "requirements-dev.lock" in added
    assert "making the environment" not in added
    assert run(bare, PIP_SAYS="not asked", PIP_CODE="1").stderr == ""


@pytest.mark.parametrize("changed", ["requirements-trial.lock", "requirements-dev.lock"])
def test_after_a_change_of_a_lock_nothing_of_the_old_environment_stays(bare: Path, changed: str) -> None:
    python(bare, MAKES_VENV)
    run(bare, **READY)
    left_over = bare / ".venv" / "left-over"
    left_over.touch()
    with (bare / changed).open("a") as lock:
        lock.write("# changed\n")

    assert "installing the packages" in run(bare, **READY).stderr
    assert not left_over.exists()


def test_an_environment_that_was_moved_is_made_anew(bare: Path) -> None:
    python(bare, MAKES_VENV)
    run(bare, **READY)
    moved = bare.rename(bare.parent / "moved")

    assert "making the environment" in run(moved, **READY).stderr
