"""What an officer fills in to do something with a work item: one small form for each verb."""

from __future__ import annotations

import secrets

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.choices import Queue, Urgency
from triage.choices import FollowUp


def _reason(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        required=required,
        max_length=2000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write the reason in a few words.")},
    )


class ConfirmForm(forms.Form):
    reason = _reason(required=False)


class UrgencyForm(forms.Form):
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices)
    reason = _reason(required=True)


class AddQueueForm(forms.Form):
    queue = forms.ChoiceField(label=_("Queue"), choices=Queue.choices)
    reason = _reason(required=True)


class RemoveQueueForm(forms.Form):
    reason = _reason(required=True)


class CloseForm(forms.Form):
    decision = forms.ChoiceField(label=_("Follow-up decision"), choices=FollowUp.choices)
    reason = _reason(required=True)


class _WordsForm(forms.Form):
    words = forms.CharField(
        label=_("Text"),
        max_length=10_000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        error_messages={"required": _("Write a few words.")},
    )
    # Two clicks on the button are one reply.
    once = forms.CharField(initial=lambda: secrets.token_hex(16), max_length=64, widget=forms.HiddenInput)


class ReplyForm(_WordsForm):
    pass


class NoteForm(_WordsForm):
    pass


class RemoveAfterAllForm(forms.Form):
    reason = _reason(required=True)


class RevealLinksForm(forms.Form):
    reason = _reason(required=True)


class OpenOriginalForm(forms.Form):
    """No verb of the report's page: it is sent with the file that it opens (staff/evidence_download.py)."""

    reason = _reason(required=True)
