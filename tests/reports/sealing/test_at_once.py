"""Two derivations at the same moment in one process both end: two officers log in at once."""

from __future__ import annotations

from tests.services import run_python

TWO_AT_ONCE = """
import threading
from reports.sealing import core
cost, done = core.Cost(memory=16 * 1024, passes=3, lanes=4), []
def derive():
    for _ in range(20):
        done.append(core.stretch("a password", b"s" * 16, cost))
threads = [threading.Thread(target=derive, daemon=True) for _ in range(2)]
for each in threads: each.start()
for each in threads: each.join(40)
print(len(done), len(set(done)))
"""


def test_two_threads_derive_keys_with_several_lanes_at_once() -> None:
    """OpenSSL shares its threads among all derivations of a process: without a lock they wait for ever."""
    assert run_python("-c", TWO_AT_ONCE).stdout.split() == ["40", "1"]
