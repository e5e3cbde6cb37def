"""The kinds of question in the form: one answer, several answers, own words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

_UNKNOWN_ANSWER = _("Choose one of the answers in the list.")


class WordsField(forms.CharField):
    """The reporter's own words, kept as typed.

    Line ends become one character, so that the limit counts as a person counts; NUL
    bytes are left out, because nobody typed them. Text that is not valid UTF-8
    is refused: a report must not be stored partly unreadable.
    """

    def __init__(self, *, needed: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.needed = needed  # marked "required", though form.clean() knows an exception
        self.error_messages["max_length"] = _(
            "Your text is too long: %(show_value)d characters. The limit is %(limit_value)d."
            " Please make it shorter."
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No maxlength: a browser would cut off a pasted text without a message."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "")
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if "\ufffd" in value:
            raise ValidationError(
                _("Some letters did not arrive well and now read “�”. Please write them again.")
            )


def one_of(
    kind: type[TextChoices], label: Any, help_text: Any = "", *, note: str = "", **more: Any
) -> forms.ChoiceField:
    """A question with one answer. `note` names a template under it unfolded by the answer (CSS only)."""
    field = forms.ChoiceField(
        label=label,
        help_text=help_text,
        choices=kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer."), "invalid_choice": _UNKNOWN_ANSWER},
        **{"required": False, **more},
    )
    field.note = note  # type: ignore[attr-defined]
    return field


def several_of(
    kind: type[TextChoices], label: Any, help_text: Any = "", *, note: str = ""
) -> forms.MultipleChoiceField:
    """A question with any number of answers."""
    field = forms.MultipleChoiceField(
        label=label,
        help_text=help_text or _("You can choose more than one answer."),
        choices=kind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": _UNKNOWN_ANSWER, "invalid_list": _UNKNOWN_ANSWER},
    )
    field.note = note  # type: ignore[attr-defined]
    return field
