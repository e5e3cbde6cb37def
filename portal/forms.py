"""The report form: one page, the questions of policy section 5, values of reports.choices.

Required are only the two danger questions and the account, and the account may
stay empty when somebody is in danger now (DECISIONS 4).
"""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Fieldset, Layout
from django import forms
from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reports import choices
from reports.facts import Facts

_INVALID = _("Choose one of the answers in the list.")


def _one(kind: type[TextChoices], label: Any, help_text: Any = "", **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=help_text,
        choices=kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer."), "invalid_choice": _INVALID},
        **{"required": False, **more},
    )


def _several(kind: type[TextChoices], label: Any, help_text: Any = _("You can choose more than one answer.")) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        help_text=help_text,
        choices=kind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": _INVALID, "invalid_list": _INVALID},
    )


class ReportForm(forms.Form):
    """Reads a posted report. `facts`, `account` and `contact` are for reports.intake.receive()."""

    form_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    in_danger_now = _one(
        choices.YesNoUnsure, _("Are you, or is someone else, in immediate danger now?"),
        _("In danger? Call 112 first. You can report later."), required=True,
    )
    feels_threatened = _one(
        choices.YesNoUnsure, _("Do you feel threatened?"), required=True,
    )
    account = forms.CharField(
        label=_("Tell us in your own words what happened"),
        help_text=_("In any language. Do not name relatives in Belarus. You may report without proof."),
        widget=forms.Textarea(attrs={"rows": 9, "dir": "auto"}),
        max_length=settings.ACCOUNT_MAX_LENGTH,
        required=False,
        error_messages={"max_length": _("Your text has %(show_value)d characters. At most %(limit_value)d are possible. Please make it shorter.")},
    )
    incident_types = _several(choices.IncidentType, _("What happened?"))
    severity = _one(choices.Severity, _("How serious is it?"))
    when = _one(choices.When, _("When did it happen?"))
    place = _several(choices.Place, _("Where did it happen?"))
    frequency = _one(choices.Frequency, _("How often?"))
    suspected_actor = _one(choices.SuspectedActor, _("Who do you think is behind it?"))
    actor_certainty = _one(choices.ActorCertainty, _("How certain are you about that?"))
    actor_signs = _several(choices.ActorSign, _("Why do you think so?"))
    demonstration = _one(choices.Demonstration, _("Did it have to do with a demonstration?"))
    self_censorship = _several(choices.SelfCensorship, _("Did you stop doing something because of it?"))
    reporter_role = _one(choices.ReporterRole, _("For whom do you report?"))
    risk_profile = _several(
        choices.RiskProfile, _("Do you run extra risk?"),
        _("You may skip this question. If you answer, you agree that we use the answer to read your report sooner."),
    )
    minor = _one(choices.Minor, _("Are you younger than 18?"))
    police_contact = _one(choices.PoliceContact, _("Have you been in contact with the police about this?"))
    consent_police = _one(choices.Consent, _("May we share your report with the police?"), initial="ask_first")
    consent_obi = _one(
        choices.Consent,
        _("May we share your report with the services that work against foreign interference?"),
        initial="ask_first",
    )
    contact_way = _one(
        choices.ContactWay, _("May we contact you? What is safe?"), initial="code",
    )
    contact_address = forms.CharField(
        label=_("Your e-mail address or phone number"), required=False, max_length=200,
        help_text=_("Only if you chose e-mail or phone. Think about who else can read your e-mail or see your phone."),
    )
    contact_safe_time = forms.CharField(
        label=_("When is it safe to contact you?"), required=False, max_length=200,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True  # no cookie here; see portal.middleware.refuse_foreign_posts
        self.helper.layout = Layout(
            "form_key",
            Fieldset(_("Your safety"), "in_danger_now", "feels_threatened"),
            Fieldset(_("What happened"), "account", "incident_types", "severity"),
            Fieldset(_("When and where"), "when", "place", "frequency", "demonstration"),
            Fieldset(_("Who is behind it"), "suspected_actor", "actor_certainty", "actor_signs"),
            Fieldset(
                _("About you"),
                "reporter_role", "self_censorship", "risk_profile", "minor", "police_contact",
            ),
            Fieldset(
                _("Contact and sharing"),
                "contact_way", "contact_address", "contact_safe_time", "consent_police", "consent_obi",
            ),
        )

    def clean_contact_address(self) -> str:
        return str(self.cleaned_data.get("contact_address", "")).strip()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        account = cleaned.get("account")
        if account == "" and cleaned.get("in_danger_now") != choices.YesNoUnsure.YES:
            self.add_error("account", _("Tell us what happened. One sentence is enough."))
        way = cleaned.get("contact_way")
        if way in {choices.ContactWay.EMAIL, choices.ContactWay.PHONE} and not cleaned.get("contact_address"):
            self.add_error("contact_address", _("Write the e-mail address or phone number, or choose another way."))
        return cleaned

    @property
    def facts(self) -> Facts:
        """The ticked answers; only after is_valid()."""
        answers = {name: value for name, value in self.cleaned_data.items() if name in Facts.__dataclass_fields__}
        return Facts.from_answers(answers)

    @property
    def account_text(self) -> str:
        """The reporter's own words; only after is_valid()."""
        return str(self.cleaned_data["account"])

    @property
    def contact(self) -> dict[str, str] | None:
        """How to reach the reporter, or None when they gave nothing to reach them with."""
        given = {
            name.removeprefix("contact_"): self.cleaned_data[name]
            for name in ("contact_way", "contact_address", "contact_safe_time")
            if self.cleaned_data[name]
        }
        return given or None
