"""Logging in opens the officer's member key, with the same password.

The session is split (docs/sealing.md, Members): the member's seed is sealed under a random
key; the sealed seed is in the session store, the key only in a cookie. A stolen
session id, database or Redis alone opens nothing.
"""

from __future__ import annotations

import logging
import secrets
from base64 import b64decode, b64encode

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from reports import audit
from reports.sealing import core
from reports.vault import members
from reports.vault.keyring import Keyring

log = logging.getLogger(__name__)

SESSION_NAME = "member_seed"


class SlotCostHasher(Argon2PasswordHasher):
    """Argon2id at the slot's cost: a cheaper hash of the same password would be the easier one to guess."""

    time_cost = core.PASSWORD_COST.passes
    memory_cost = core.PASSWORD_COST.memory
    parallelism = core.PASSWORD_COST.lanes


class PasswordChanged(Exception):
    """The officer changed their password after it was checked."""


def open_key(user: User, password: str) -> core.KeyPair:
    """The member key of an officer whose password was checked; the first login makes it.

    When the password is right and opens no slot, somebody else set it: the old key is lost for good, the
    officer gets a new one, and colleagues admit it. Raises PasswordChanged when the password that was checked
    is not the officer's any more: then their key is sealed under the new one, and nothing is lost.
    """
    pair = members.unlock(user=user, passphrase=password)
    if pair is None:
        with transaction.atomic():
            # `user` has the hash that was checked.
            if not User.objects.select_for_update().filter(pk=user.pk, password=user.password).exists():
                raise PasswordChanged
            pair = members.enrol(user=user, passphrase=password)
            audit.record(actor=user, verb="make_member_key", key=pair.kid)
    return pair


def keep(request: HttpRequest, response: HttpResponse, pair: core.KeyPair) -> None:
    """Splits the member's seed between the session store and a cookie of this browser."""
    half = secrets.token_bytes(core.KEY_SIZE)
    request.session[SESSION_NAME] = b64encode(core.seal(half, _context(request), pair.seed)).decode()
    response.set_cookie(
        settings.KEYRING_COOKIE_NAME,
        b64encode(half).decode(),
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Strict",
    )


def lock(response: HttpResponse) -> None:
    """Deletes the half in the cookie; logging out deletes the half in the session."""
    response.delete_cookie(settings.KEYRING_COOKIE_NAME, samesite="Strict")


def member_of(request: HttpRequest) -> core.KeyPair | None:
    """The signed-in officer's key pair, or None while locked."""
    sealed = request.session.get(SESSION_NAME, "")
    half = request.COOKIES.get(settings.KEYRING_COOKIE_NAME, "")
    if not sealed or not half:
        return None
    try:
        return core.KeyPair(core.open_sealed(b64decode(half), _context(request), b64decode(sealed)))
    except (core.Broken, ValueError):
        return None


def keyring_of(request: HttpRequest) -> Keyring:
    """The officer's keyring for this request: every queue they were admitted to; empty while locked."""
    ring: Keyring | None = getattr(request, "_keyring", None)
    if ring is None:
        ring = request._keyring = _ring(member_of(request))  # type: ignore[attr-defined]
    return ring


def _ring(pair: core.KeyPair | None) -> Keyring:
    if pair is None:
        return Keyring([])
    try:
        return Keyring.of_holder(pair)
    except core.Broken:
        log.critical("INTEGRITY ALARM: a grant to the key %s was altered", pair.kid)
        return Keyring([])


def _context(request: HttpRequest) -> bytes:
    user: User | AnonymousUser = request.user
    return b"session" + str(user.pk).encode()
