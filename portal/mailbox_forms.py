"""The forms of the mailbox: the code, and words to add."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.fields import WordsField

_QUIET = {"autocomplete": "off", "spellcheck": "false"}


class ReceiptCodeForm(forms.Form):
    """The receipt code. `words` and `form_key` go along when a session ended while somebody wrote."""

    code = forms.CharField(
        label=_("Your code"),
        help_text=_("30 digits, in six groups of five. You may leave out the spaces."),
        max_length=100,
        widget=forms.TextInput(attrs={**_QUIET, "inputmode": "numeric", "translate": "no"}),
        error_messages={
            "required": _("Type the code that you got when you sent your report."),
            "max_length": _("This is not a code: it is too long. A code has 30 digits."),
        },
    )
    words = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    form_key = forms.CharField(widget=forms.HiddenInput, required=False)


class WordsForm(forms.Form):
    """Words to add to a report."""

    form_key = forms.CharField(widget=forms.HiddenInput, required=False)
    words = WordsField(
        label=_("What do you want to add?"),
        widget=forms.Textarea(attrs={**_QUIET, "rows": 8, "dir": "auto"}),
        max_length=settings.ACCOUNT_MAX_LENGTH,
        error_messages={"required": _("Write a few words. One sentence is enough.")},
    )

    def __init__(self, *args: Any, files: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].required = not files  # with files there need not be words
        self.fields["words"].help_text = gettext(
            "In any language. Do not name relatives in Belarus, and do not write your code here."
            " At most %(limit)s characters."
        ) % {"limit": number_format(settings.ACCOUNT_MAX_LENGTH, force_grouping=True)}
