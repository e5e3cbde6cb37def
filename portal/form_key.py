"""The form key: 32 random bytes, signed and dated, hidden in every form.

Receipt code and report id derive from it, so a form sent twice is one report
with one code (docs/decisions.md 1). Nothing about it is stored.
"""

from __future__ import annotations

import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner, b62_decode, b62_encode

from reports.vault import bundle

SIZE = 32  # bytes
__all__ = ["BadSignature", "SignatureExpired", "age", "new", "verified"]


def new(*, for_a_filled_form: bool = False) -> str:
    """A new key, signed and dated, for the hidden field of a form.

    `for_a_filled_form`: its form was filled in before, so that sending it soon does not look automated.
    """
    dated_back = settings.AUTOMATED_BELOW if for_a_filled_form else timedelta()
    return _Signer(dated_back).sign(urlsafe_b64encode(secrets.token_bytes(SIZE)).decode())


def verified(token: str) -> bytes:
    """The 32 bytes of a key we gave out. Raises SignatureExpired (too old) or BadSignature (not ours)."""
    value = _Signer().unsign(token, max_age=settings.FORM_KEY_MAX_AGE)
    return urlsafe_b64decode(value)


def age(token: str) -> timedelta:
    """How long ago a key was made, in whole seconds; for a token that `verified` took."""
    _value, stamp, _signature = token.rsplit(":", 2)
    return timedelta(seconds=int(time.time()) - b62_decode(stamp))


class _Signer(TimestampSigner):
    def __init__(self, dated_back: timedelta = timedelta()) -> None:
        super().__init__(key=bundle.public().form_secret, salt="portal.form_key")
        self._dated_back = dated_back

    def timestamp(self) -> str:
        return b62_encode(int(time.time() - self._dated_back.total_seconds()))
