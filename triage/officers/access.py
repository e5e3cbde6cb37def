"""The officer who sends a request, and the queues they hold: read once a request."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from reports.vault import members


def officer_of(request: HttpRequest) -> User:
    """The officer who is signed in. Raises PermissionDenied when nobody is."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def queues_of(request: HttpRequest) -> frozenset[str]:
    """The queues this officer is a member of; empty for a closed account."""
    queues: frozenset[str] | None = getattr(request, "_queues", None)
    if queues is None:
        queues = members.queues_of(request.user) if request.user.is_active else frozenset()
        request._queues = queues  # type: ignore[attr-defined]
    return queues
