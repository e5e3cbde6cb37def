"""Wrote known_answers.json beside it, once: `python -m tests.reports.sealing.make_known_answers > FILE`.

Kept so that everybody can see how the frozen blobs came to be. Do not run it to make a red test green:
a change in these answers means that reports stored yesterday no longer open. A new suite adds a new file.
"""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from unittest import mock

from reports.sealing import core, receipt_code

SEED = bytes(range(32))
KEY = bytes(range(32, 64))
SALT = bytes(range(64, 96))
FORM_KEY = bytes(range(96, 128))
TEXT = "Яны пытаюцца пра маю маці. Ze stonden voor de deur."
COST = core.Cost(memory=8 * 1024, passes=1, lanes=1)
LONG = 2 * core.CHUNK + 1  # bytes: three chunks


def long_blob() -> bytes:
    """A body of three chunks; its salt is fixed here, in production it is random."""
    with mock.patch("secrets.token_bytes", return_value=SALT):
        return core.seal(KEY, b"item", bytes(LONG))


def make() -> dict[str, object]:
    pair = core.KeyPair(SEED)
    code = receipt_code.from_form_key(FORM_KEY, SALT)
    identity = receipt_code.identity(code, SALT, COST)

    def shown(value: bytes) -> str:
        return b64encode(value).decode()

    return {
        "seed": SEED.hex(),
        "public": shown(pair.public),
        "kid": pair.kid,
        "key": KEY.hex(),
        "wrap": shown(core.wrap(KEY, pair.public, b"item")),
        "text": TEXT,
        "sealed": shown(core.seal(KEY, b"item", TEXT.encode(), step=64)),
        "long_sha256": sha256(long_blob()).hexdigest(),
        "signature": pair.sign(b"epoch/intake/1", b"message").hex(),
        "form_key": FORM_KEY.hex(),
        "salt": SALT.hex(),
        "cost": [COST.memory, COST.passes, COST.lanes],
        "code": code,
        "lookup": identity.lookup.hex(),
        "reporter_kid": identity.pair.kid,
        "derived": core.derive(KEY, "label", b"one", b"two").hex(),
    }


if __name__ == "__main__":
    print(json.dumps(make(), ensure_ascii=False, indent=1))
