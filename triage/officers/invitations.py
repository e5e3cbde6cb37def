"""The one-time link of a new officer: handed over by an administrator, never mailed (docs/decisions.md 19).

Only the officer ever knows the password, because it opens their key. An
officer who forgot it gets the same kind of link; then the old key is lost and
colleagues admit the new one.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from reports import audit
from reports.sealing import core
from reports.vault import members
from triage.models.officers import Invitation
from triage.officers import lockout, second_factor

LASTS = timedelta(hours=72)


class Spent(Exception):
    """The link was used, replaced or is too old."""


def invite(*, user: User, by: User) -> str:
    """A new link's token, to be shown once; an earlier link of this officer stops working."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Invitation.objects.update_or_create(
            user=user,
            defaults={"token": _stored(token), "expires": timezone.now() + LASTS, "made_by": by},
        )
        audit.record(actor=by, verb="invite", subject=user)
    return token


def invited(token: str) -> User:
    """The officer for whom this link was made. Raises Spent."""
    found = (
        Invitation.objects.filter(token=_stored(token), expires__gt=timezone.now(), user__is_active=True)
        .select_related("user")
        .first()
    )
    if found is None:
        raise Spent
    return found.user


def accept(*, token: str, password: str) -> tuple[User, core.KeyPair]:
    """The officer sets their password and so makes their key; the link is used up. Raises Spent.

    An earlier password, key and phone are gone.
    """
    hashed = make_password(password)  # slow: before the transaction
    with transaction.atomic():
        user = invited(token)
        used, _rows = Invitation.objects.filter(token=_stored(token)).delete()
        if not used:
            raise Spent  # twice at the same moment
        user.password = hashed
        user.save(update_fields=["password"])
        second_factor.take_away(user)
        lockout.forget(user)
        pair = members.enrol(user=user, passphrase=password)
        audit.record(actor=user, verb="accept_invitation", key=pair.kid)
    return user, pair


def _stored(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
