"""`./run test`: the suite on SQLite; with --all also on PostgreSQL and in Chromium."""

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
    # Two passes: a red first one ends the run, so that the last line never hides it.
    coverage = ["--cov", "--cov-branch", "--cov-report="]
    _say("on SQLite")
    if code := _pytest(["-m", "not browser and not postgresql", *coverage], arguments):
        return code
    with temporary_cluster() as database:
        _say("on PostgreSQL, with the browser tests")
        report = ["--cov-append", "--cov-report=term:skip-covered"]
        return _pytest([*coverage, *report], arguments, database)


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
