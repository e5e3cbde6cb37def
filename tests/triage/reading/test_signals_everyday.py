"""Everyday messages that are no reports: they stay in follow-up, low, also without a frame."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.facts import Facts
from triage.policy.engine import assess

MESSAGES = (Path(__file__).parent / "everyday_messages.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("account", MESSAGES)
def test_an_everyday_message_raises_nothing(account: str) -> None:
    result = assess(Facts(), account)

    assert (result.queues, result.urgency) == (("follow_up",), "low")
