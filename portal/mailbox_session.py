"""The session of a mailbox: one sealed cookie for 15 minutes, nothing on the server.

The cookie carries what the code gave (a look-up id and the reporter's seed),
sealed under a secret of the public process's bundle: a stolen cookie alone,
database alone or both open nothing (docs/decisions.md 2). Forms carry an HMAC of the
cookie in place of a CSRF token.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from reports.mailbox import CodeHolder
from reports.sealing import core
from reports.vault import bundle

LASTS = timedelta(minutes=15)
TOKEN = "token"  # noqa: S105 - the name of the form field
_CONTEXT = b"mailbox session"


class NotOpen(Exception):
    """There is no mailbox open in this browser."""


class Expired(NotOpen):
    """There was one, and its 15 minutes are over."""


@dataclass(frozen=True)
class Session:
    """An open mailbox: the holder of the code, and the end of the session."""

    holder: CodeHolder
    ends: datetime
    cookie: str = field(repr=False)

    @property
    def token(self) -> str:
        """The token in every form of this session."""
        return hmac.new(_secret("mailbox form"), self.cookie.encode(), hashlib.sha256).hexdigest()

    def sent(self, request: HttpRequest) -> bool:
        """True when the posted form was one of this session's own."""
        return hmac.compare_digest(request.POST.get(TOKEN, "").encode(), self.token.encode())


def cookie_name() -> str:
    """A name the staff side does not use; a __Host- cookie needs https, which the trial has not."""
    return "baken_mailbox" if settings.TRIAL else "__Host-baken_mailbox"


def begin(holder: CodeHolder) -> Session:
    """A new session, from now; `keep` hands it to the browser."""
    issued = int(timezone.now().timestamp())
    data = issued.to_bytes(8, "big") + holder.lookup + holder.seed
    cookie = urlsafe_b64encode(core.seal(_secret("mailbox session"), _CONTEXT, data)).decode()
    return Session(holder, _moment(issued) + LASTS, cookie)


def keep(response: HttpResponse, session: Session) -> None:
    """Puts the session into the browser: deleted when the browser closes, invalid after 15 minutes."""
    response.set_cookie(
        cookie_name(), session.cookie, path="/", httponly=True, secure=not settings.TRIAL, samesite="Strict"
    )


def current(request: HttpRequest) -> Session:
    """The session of this browser. Raises Expired, or NotOpen when there is none or it is not ours."""
    cookie = request.COOKIES.get(cookie_name(), "")
    try:
        data = core.open_sealed(_secret("mailbox session"), _CONTEXT, urlsafe_b64decode(cookie))
    except (core.Broken, ValueError):
        raise NotOpen from None
    ends = _moment(int.from_bytes(data[:8], "big")) + LASTS
    if timezone.now() >= ends:
        raise Expired
    return Session(CodeHolder(data[8 : 8 + core.KEY_SIZE], data[8 + core.KEY_SIZE :]), ends, cookie)


def end(response: HttpResponse) -> None:
    """Deletes the session in the browser, and all else that the browser kept of this site."""
    response.delete_cookie(cookie_name(), path="/", samesite="Strict")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'


def _secret(purpose: str) -> bytes:
    return core.derive(bundle.public().cookie_secret, purpose)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
