"""The report form: one page, the questions of docs/policy.md, Form, values of reports.choices.

Required are only the two danger questions and the account, and the account may
stay empty when somebody is in danger now (docs/decisions.md 4).
"""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import layout
from portal.fields import WordsField, one_of, several_of
from reports import choices
from reports.facts import Facts


class ReportForm(forms.Form):
    """Reads a posted report. `facts`, `account_text` and `contact` are for reports.intake.receive()."""

    form_key = forms.CharField(widget=forms.HiddenInput, required=False)
    wait = forms.CharField(widget=forms.HiddenInput, required=False)  # portal/flood.py

    in_danger_now = one_of(
        choices.YesNoUnsure,
        _("Are you, or is someone else, in immediate danger now?"),
        note="portal/notes/danger.html",
        required=True,
    )
    feels_threatened = one_of(
        choices.YesNoUnsure, _("Do you feel threatened?"), note="portal/notes/threatened.html", required=True
    )
    incident_types = several_of(choices.IncidentType, _("What kind of event was it?"))
    severity = one_of(choices.Severity, _("How serious is it?"))
    account = WordsField(
        needed=True,
        label=_("Tell us in your own words"),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto", "spellcheck": "false", "autocomplete": "off"}),
        max_length=settings.ACCOUNT_MAX_LENGTH,
        required=False,
    )
    when = one_of(choices.When, _("When was it?"))
    frequency = one_of(choices.Frequency, _("How often?"))
    place = several_of(choices.Place, _("Where was it?"))
    demonstration = one_of(
        choices.Demonstration,
        _("Did it have to do with a demonstration?"),
        note="portal/notes/demonstration.html",
    )
    self_censorship = several_of(choices.SelfCensorship, _("Did you stop doing something because of it?"))
    suspected_actor = one_of(
        choices.SuspectedActor,
        _("Who is behind it, do you think?"),
        _("A guess is fine. You do not need proof."),
    )
    actor_certainty = one_of(choices.ActorCertainty, _("How certain are you?"))
    actor_signs = several_of(choices.ActorSign, _("Why do you think so?"))
    reporter_role = one_of(choices.ReporterRole, _("For whom do you report?"))
    minor = one_of(choices.Minor, _("Are you younger than 18?"), note="portal/notes/minor.html")
    risk_profile = several_of(
        choices.RiskProfile,
        _("Do you run extra risk?"),
        _(
            "You may skip this question. If you answer, you agree that we use your answer to read your report"
            " sooner. Skipping never counts against you. You can choose more than one answer."
        ),
    )
    police_contact = one_of(choices.PoliceContact, _("Have you already been in contact with the police?"))
    contact_way = one_of(
        choices.ContactWay, _("May we contact you? What is safe?"), initial=choices.ContactWay.CODE
    )
    contact_address = WordsField(
        label=_("Your e-mail address or phone number"),
        help_text=_(
            "Only if you chose e-mail or phone. Think about who else reads your e-mail or sees your phone."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "auto"}),
        max_length=200,
        required=False,
    )
    contact_safe_time = WordsField(
        label=_("When is it safe to contact you?"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "auto"}),
        max_length=200,
        required=False,
    )
    consent_police = one_of(
        choices.Consent, _("May we share your report with the police?"), initial=choices.Consent.ASK_FIRST
    )
    consent_obi = one_of(
        choices.Consent,
        _("May we share your report with the services that work against foreign interference?"),
        initial=choices.Consent.ASK_FIRST,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].help_text = gettext(
            "In any language. A few words are enough. Do not name relatives in Belarus."
            " You may report without proof. At most %(limit)s characters."
        ) % {"limit": number_format(settings.ACCOUNT_MAX_LENGTH, force_grouping=True)}
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True  # no cookie here; see portal.middleware.refuse_foreign_posts
        self.helper.layout = layout.of_the_report()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("account") == "" and cleaned.get("in_danger_now") != choices.YesNoUnsure.YES:
            self.add_error("account", _("Tell us in a few words what happened. One sentence is enough."))
        way = cleaned.get("contact_way")
        reachable = cleaned.get("contact_address") or "contact_address" in self.errors
        if way in {choices.ContactWay.EMAIL, choices.ContactWay.PHONE} and not reachable:
            self.add_error(
                "contact_address", _("Write your e-mail address or phone number, or choose another way.")
            )
        return cleaned

    @property
    def is_blank(self) -> bool:
        """Nothing was filled in yet."""
        return not set(self.changed_data) - {"form_key", "wait"}

    def as_pairs(self) -> list[tuple[str, str]]:
        """The given answers as names and values of hidden fields, without the wait; only after is_valid()."""
        return [
            (name, value)
            for name, given in self.cleaned_data.items()
            for value in (given if isinstance(given, list) else [given])
            if value and name != "wait"
        ]

    @property
    def facts(self) -> Facts:
        """The ticked answers; only after is_valid()."""
        questions = Facts.__dataclass_fields__
        return Facts.from_answers(
            {name: value for name, value in self.cleaned_data.items() if name in questions}
        )

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
