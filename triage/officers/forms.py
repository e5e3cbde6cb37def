"""Forms of an officer's own account: logging in, the second factor, the password that opens the key."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from reports import audit
from reports.vault import members
from triage.officers import lockout, second_factor, unlock


class _Code(forms.CharField):
    def __init__(self, **given: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"})
        super().__init__(widget=widget, max_length=20, **given)


class LoginForm(AdminAuthenticationForm):
    """Name, password and code in one step, with one error for all: none can be tried alone."""

    code = _Code(label=_("Code from your phone, or a recovery code"), required=False)
    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": _(
            "The name, the password or the code is not right. After five wrong attempts a name is closed for "
            "five minutes; each code works once."
        ),
    }

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username is None or not password:
            return self.cleaned_data
        if lockout.is_locked_out(username, password):
            raise self.get_invalid_login_error()
        try:
            super().clean()
            user: Any = self.user_cache  # an officer; the site adds a device and a key to it
            if second_factor.has_one(user):
                device = second_factor.match(user, self.cleaned_data.get("code", ""))
                if device is None:
                    raise self.get_invalid_login_error()
                user.otp_device = device  # django_otp keeps it in the session when the login is done
        except ValidationError:
            lockout.count_failure(username)
            raise
        lockout.forget(user)
        try:
            user.member_pair = unlock.open_key(user, password)
        except unlock.PasswordChanged:
            raise self.get_invalid_login_error() from None
        with transaction.atomic():
            audit.record(actor=user, verb="log_in")
        return self.cleaned_data


class PhoneCodeForm(forms.Form):
    """The first code from a new phone."""

    code = _Code(label=_("The six digits your phone shows now"))


class InvitationForm(SetPasswordForm):  # type: ignore[type-arg]
    """An invited officer's own password; invitations.accept stores it."""


class OwnPasswordForm(AdminPasswordChangeForm):
    """Changing one's password keeps the key: its slot is sealed anew together with the hash."""

    @sensitive_variables()
    def save(self, commit: bool = True) -> Any:
        old, new = self.cleaned_data["old_password"], self.cleaned_data["new_password1"]
        user = super().save(commit=False)
        with transaction.atomic():
            if not members.rekey(user=user, old=old, new=new):
                pair = members.enrol(user=user, passphrase=new)
                audit.record(actor=user, verb="make_member_key", key=pair.kid)
            user.save(update_fields=["password"])
            audit.record(actor=user, verb="change_password")
        return user
