"""Signs out an officer who went away, because anybody could read reports at an unattended screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from triage.officers import unlock

_SINCE, _SEEN = "signed_in", "last_seen"
_STEP = 60  # seconds: not every click needs a write


def sign_out_the_idle(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Ends a session after STAFF_IDLE without a request, and after SESSION_COOKIE_AGE in any case."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated or _goes_on(request):
            return get_response(request)
        logout(request)
        response = get_response(request)
        unlock.lock(response)
        return response

    return middleware


def begin(session: Any) -> None:
    """Starts both clocks; called when somebody logs in."""
    session[_SINCE] = session[_SEEN] = int(time.time())


def _goes_on(request: HttpRequest) -> bool:
    now, session = int(time.time()), request.session
    since, seen = session.setdefault(_SINCE, now), session.setdefault(_SEEN, now)
    if now - seen > settings.STAFF_IDLE.total_seconds() or now - since > settings.SESSION_COOKIE_AGE:
        return False
    if now - seen >= _STEP:
        session[_SEEN] = now
    return True
