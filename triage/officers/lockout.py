"""After a few wrong attempts an account is closed for minutes: guessing is slow, a lock-out is short.

Counted per officer in the database; no address of a visitor is looked at. Names that do not exist are not
counted, but get the same answer in the same time.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone

from triage.models.officers import Lockout

FAILURES = 5
COOL_OFF = timedelta(minutes=5)


def is_locked_out(username: str, password: str) -> bool:
    """True while this name is closed; takes as long as checking the password would."""
    closed = Lockout.objects.filter(user__username=username, until__gt=timezone.now()).exists()
    if closed:
        make_password(password)
    return closed


def count_failure(username: str) -> None:
    """Counts one more wrong attempt; the fifth closes the name and starts the count anew."""
    user = User.objects.filter(username=username).first()
    if user is None:
        return
    Lockout.objects.get_or_create(user=user)
    Lockout.objects.filter(user=user).update(failures=F("failures") + 1)
    Lockout.objects.filter(user=user, failures__gte=FAILURES).update(
        failures=0, until=timezone.now() + COOL_OFF
    )


def forget(user: User) -> None:
    """Deletes the count, after a login or a new invitation."""
    Lockout.objects.filter(user=user).delete()
