"""How the form is laid out: sections, and optional questions folded away (crispy layout objects)."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import TEMPLATE_PACK, Layout, LayoutObject
from django.forms import Form
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _


class Section(LayoutObject):  # type: ignore[misc]
    """A heading with its questions. `name` becomes the id."""

    template = "layout/section.html"

    def __init__(self, name: str, title: Any, *fields: str, lead: Any = "") -> None:
        self.name, self.title, self.lead, self.fields = name, title, lead, list(fields)

    def render(
        self, form: Form, context: Context, template_pack: str = TEMPLATE_PACK, **_: Any
    ) -> SafeString:
        return render_to_string(
            f"{template_pack}/{self.template}",
            {
                "name": self.name,
                "title": self.title,
                "lead": self.lead,
                "open": self._is_open(form),
                "fields": self.get_rendered_fields(form, context, template_pack),
            },
        )

    def _is_open(self, form: Form) -> bool:
        """A folded group opens by itself when something in it was answered or must be corrected."""
        return form.is_bound and any(name in form.errors or name in form.changed_data for name in self.fields)


class Folded(Section):
    """Optional questions, folded away until the reader opens them; works without scripts."""

    template = "layout/folded.html"


def of_the_report() -> Layout:
    """The report form: what is needed first, the rest folded, so that it is short on a phone."""
    return Layout(
        "form_key",
        "wait",
        Section("safety", _("Your safety"), "in_danger_now", "feels_threatened"),
        Section("event", _("Your account"), "incident_types", "severity", "account"),
        Folded(
            "when-where",
            _("When, where and how often"),
            "when", "frequency", "place", "demonstration", "self_censorship",
        ),
        Folded("who", _("Who is behind it"), "suspected_actor", "actor_certainty", "actor_signs"),
        Folded("you", _("About you"), "reporter_role", "minor", "risk_profile", "police_contact"),
        Folded(
            "contact",
            _("Contact, and whom we may share with"),
            "contact_way", "contact_address", "contact_safe_time", "consent_police", "consent_obi",
            lead=_("If you skip this, we do not write or call, and we ask you before we share your report."),
        ),
    )  # fmt: skip
