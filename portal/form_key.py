"""The form key: 32 random bytes, signed and dated, hidden in every form.

Receipt code and report id derive from it, so a form sent twice is one report
with one code (DECISIONS 1). Nothing about it is stored.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner

from reports.vault import bundle

SIZE = 32  # bytes
__all__ = ["BadSignature", "SignatureExpired", "new", "read"]


def new() -> str:
    """A fresh key as it stands in the form."""
    return _signer().sign(urlsafe_b64encode(secrets.token_bytes(SIZE)).decode())


def read(token: str) -> bytes:
    """The 32 bytes of a key we gave out. Raises SignatureExpired (too old) or BadSignature (not ours)."""
    value = _signer().unsign(token, max_age=settings.FORM_KEY_MAX_AGE)
    return urlsafe_b64decode(value)


def _signer() -> TimestampSigner:
    return TimestampSigner(key=bundle.public().form_secret, salt="portal.form_key")
