"""The second factor: a code from the officer's phone (TOTP), or one of ten recovery codes.

It protects the login and adds nothing to the key: the server knows a TOTP secret,
so it could not keep anything from the server (docs/sealing.md, Members). Compulsory, except
in the trial with development keys, where every page says so.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from reports import audit
from reports.vault import bundle
from triage.officers.access import officer_of

RECOVERY_CODES = 10
_SETTING_UP = "second_factor_device"


def has_one(user: User) -> bool:
    """True when the officer confirmed a phone."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def passed(user: User) -> bool:
    """True when this session may go on: a code was given, or this is the trial and there is no phone."""
    is_verified = getattr(user, "is_verified", None)
    if is_verified is not None and is_verified():
        return True
    if not settings.TRIAL or not bundle.staff().development:
        return False
    waived: bool | None = getattr(user, "_second_factor_waived", None)
    if waived is None:
        waived = not has_one(user)
        user._second_factor_waived = waived  # type: ignore[attr-defined] # for the rest of this request
    return waived


def match(user: User, typed: str) -> TOTPDevice | StaticDevice | None:
    """The officer's device that made this code, or None. A code works once; a wrong one delays the next."""
    code = re.sub(r"[\s\-]", "", typed).lower()
    model = TOTPDevice if code.isdigit() else StaticDevice
    with transaction.atomic():
        for device in model.objects.select_for_update().filter(user=user, confirmed=True):
            if code and device.verify_token(code):
                return device
    return None


def begin(request: HttpRequest) -> TOTPDevice:
    """A phone to be confirmed in this session; its secret is shown to this browser only."""
    waiting = TOTPDevice.objects.filter(user=request.user, confirmed=False)
    device = waiting.filter(pk=request.session.get(_SETTING_UP)).first()
    if device is None:
        with transaction.atomic():
            waiting.delete()
            device = TOTPDevice.objects.create(user=request.user, name="phone", confirmed=False)
        request.session[_SETTING_UP] = device.pk
    return device


def confirm(request: HttpRequest, typed: str) -> TOTPDevice | None:
    """Makes the phone of `begin` the officer's own when the code fits; an earlier phone is dropped."""
    user = officer_of(request)
    device = begin(request)
    with transaction.atomic():
        if not device.verify_token(re.sub(r"\s", "", typed)):
            return None
        TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        audit.record(actor=user, verb="link_phone")
    del request.session[_SETTING_UP]
    return device


def new_recovery_codes(user: User) -> list[str]:
    """Ten codes for a day without the phone, to be shown once; earlier ones stop working."""
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery codes", confirmed=True)
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
        audit.record(actor=user, verb="make_recovery_codes", count=len(codes))
    return codes


def recovery_codes_left(user: User) -> int:
    """How many recovery codes were not used yet."""
    return int(StaticToken.objects.filter(device__user=user).count())


def take_away(user: User) -> None:
    """Deletes phone and recovery codes: a password then opens only the page where they are set up."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
