"""`./run test`: the suite on SQLite; with --all also on PostgreSQL, and then in Chromium.

Three passes, each a pytest of its own. Playwright's loop stays in its process until the end, and Django then
refuses every query of a later test (SynchronousOnlyOperation): so the browser tests come last and alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from config.env import Misconfigured
from config.trial import broker, tied
from config.trial.environment import BASE_DIR
from config.trial.postgres import temporary_cluster

_PARALLEL = ["-n", "2"]
_NOTHING_CHOSEN = 5  # pytest's exit code when no test was collected


def run_tests(arguments: list[str]) -> int:
    """Runs pytest with the arguments and returns its exit code; its summary is the last line printed.

    Raises Misconfigured, naming the package, when a program that the tests need is missing.
    """
    everything = "--all" in arguments
    arguments = [argument for argument in arguments if argument != "--all"]
    broker.program()
    if not everything:
        return _pytest(["-m", "not browser and not postgresql"], arguments)

    _chromium()
    coverage = ["--cov", "--cov-branch", "--cov-report="]
    together = [*coverage, "--cov-append"]
    # A red pass ends the run, so that the last line never hides it. A pass that the caller's arguments
    # leave empty is none.
    _say("on SQLite")
    first = _pytest(["-m", "not browser and not postgresql", *coverage], arguments)
    if first not in {0, _NOTHING_CHOSEN}:
        return first
    _say("on PostgreSQL, every process with its own rights")
    with temporary_cluster() as database:
        second = _pytest(["-m", "not browser", *together], arguments, database)
    if second not in {0, _NOTHING_CHOSEN}:
        return second
    _say("in Chromium")
    third = _pytest(["-m", "browser", *together, "--cov-report=term:skip-covered"], arguments)
    return min(first, second) if third == _NOTHING_CHOSEN else third


def _pytest(own: list[str], callers: list[str], extra: dict[str, str] | None = None) -> int:
    chosen_workers = any(argument.startswith("-n") or argument == "--pdb" for argument in callers)
    command = [sys.executable, "-m", "pytest", *([] if chosen_workers else _PARALLEL), *own, *callers]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BAKEN_")}
    with subprocess.Popen(
        command,
        cwd=BASE_DIR,
        env=environment | (extra or {}),
        preexec_fn=tied.to_this_process(),  # noqa: PLW1509 (one thread)
    ) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # pytest got the Ctrl-C too and is writing its summary


def _chromium() -> None:
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        raise Misconfigured("./run test --all needs Chromium: apt-get install chromium")


def _say(what: str) -> None:
    print(f"\nbaken: the tests {what}", flush=True)
