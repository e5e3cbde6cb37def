"""The questions of the form as officers read them beside the answers; shorter than on the form."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

QUESTIONS = {
    "in_danger_now": _("In danger now"),
    "feels_threatened": _("Feels threatened"),
    "incident_types": _("What happened"),
    "severity": _("How serious"),
    "when": _("When"),
    "place": _("Where"),
    "frequency": _("How often"),
    "suspected_actor": _("Who is behind it, says the reporter"),
    "actor_certainty": _("How certain"),
    "actor_signs": _("Why they think so"),
    "demonstration": _("About a demonstration"),
    "self_censorship": _("Stopped doing"),
    "reporter_role": _("Reports for"),
    "risk_profile": _("Extra risk"),
    "minor": _("Younger than 18"),
    "police_contact": _("Contact with the police"),
    "consent_police": _("May be shared with the police"),
    "consent_obi": _("May be shared with OBI partners"),
}
