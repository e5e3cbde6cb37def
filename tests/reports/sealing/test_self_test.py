"""A process whose crypto library does not open yesterday's reports does not start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps

from reports.sealing import core, self_test


def test_it_passes_on_this_machine() -> None:
    self_test.run()


def test_it_fails_when_a_wrap_opens_to_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.KeyPair, "unwrap", lambda *_: bytes(32))

    with pytest.raises(self_test.SelfTestFailed, match="does not open"):
        self_test.run()


def test_it_fails_when_keys_come_out_differently(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = core.derive
    monkeypatch.setattr(
        core, "derive", lambda key, label, *more, **size: honest(key, label + "!", *more, **size)
    )

    with pytest.raises(self_test.SelfTestFailed, match="does not open"):
        self_test.run()


def test_it_fails_when_alterations_are_not_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(self: core.Opener, nonce: bytes, chunk: bytes) -> bytes:
        try:
            return honest(self, nonce, chunk)
        except core.Broken:
            return b""

    honest: Callable[[Any, bytes, bytes], bytes] = core.Opener._work
    monkeypatch.setattr(core.Opener, "_work", careless)

    with pytest.raises(self_test.SelfTestFailed, match="altered"):
        self_test.run()


def test_no_process_starts_when_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "verify", lambda *_: False)

    with pytest.raises(SystemExit, match="cryptography library"):
        apps.get_app_config("reports").ready()
