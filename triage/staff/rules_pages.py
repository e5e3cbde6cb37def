"""Pages for people who edit the rules: try a text, see what a new policy would change, how the rules do.

For members of a queue and administrators. Nothing that is typed here is stored or logged; what is answered is
never cached (the staff site sends no-store with every page).
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from reports.choices import Demonstration, IncidentType, Language, Queue, SelfCensorship, Severity, Urgency
from reports.facts import MULTIPLE, SINGLE, Facts
from reports.vault import members
from triage.casework.links import KINDS
from triage.figures import agreement, week_sums
from triage.figures.sealed_counts import NO_RULE, NOT_GIVEN, List
from triage.figures.weeks import week_of
from triage.officers.access import officer_of
from triage.officers.unlock import keyring_of, member_of
from triage.policy.engine import assess
from triage.policy.loader import BrokenPolicy, the_policy
from triage.selectors.find import find
from triage.staff import rules_preview
from triage.staff.questions import QUESTIONS
from triage.staff.report_content import articles, explain, suggested

YEAR = timedelta(days=364)


class TryForm(forms.Form):
    """A text and the ticks of the form, all optional."""

    account = forms.CharField(
        label=_("Text"),
        max_length=settings.ACCOUNT_MAX_LENGTH,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto", "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for question, label in QUESTIONS.items():
            if question in SINGLE:
                choices = [("", "–"), *SINGLE[question].choices]
                field: forms.Field = forms.ChoiceField(label=label, choices=choices, required=False)
            else:
                field = forms.MultipleChoiceField(
                    label=label,
                    choices=MULTIPLE[question].choices,
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                )
            self.fields[question] = field


class PreviewForm(forms.Form):
    """The text of a candidate rules.toml."""

    rules = forms.CharField(
        label=_("The whole text of the new rules.toml"),
        max_length=500_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("Paste the text of the new rules.toml.")},
    )


def urls(site: AdminSite) -> list[URLPattern]:
    """The pages, for the site to take in."""
    pages = {"try": _try, "preview": _preview, "agreement": _agreement}
    found = []
    for name, view in pages.items():
        shown = sensitive_post_parameters()(require_http_methods(["GET", "POST"])(partial(view, site=site)))
        found.append(path(f"rules/{name}/", site.admin_view(never_cache(shown)), name=f"rules_{name}"))
    return found


@sensitive_variables()
def _try(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Shows which signals, rules and selectors a text gives, with words and grounds. Stores nothing."""
    context = _context(request, site, _("Try a text"))
    context["form"] = form = TryForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        account = form.cleaned_data.pop("account")
        assessment = assess(Facts.from_answers(form.cleaned_data), account)
        context |= {
            "assessment": assessment,
            "queues": [Queue(queue).label for queue in assessment.queues],
            "urgency": Urgency(assessment.urgency).label,
            "reasons": [explain(reason) for reason in assessment.reasons],
            "articles": articles(assessment),
            "suggested": suggested(assessment),
            "signals": the_policy().signals.find(account),
            "selectors": [(KINDS[each.kind], each.value) for each in find(account)],  # type: ignore[index]
        }
    return TemplateResponse(request, "triage/try.html", context, status=422 if form.errors else 200)


@sensitive_variables()
def _preview(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Open reports under the present policy and a pasted one. Stores nothing."""
    context = _context(request, site, _("What a new policy would change"))
    context["form"] = form = PreviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            new = rules_preview.candidate(form.cleaned_data["rules"])
        except BrokenPolicy as error:
            form.add_error("rules", str(error))
        else:
            queues, ring = members.queues_of(officer_of(request)), keyring_of(request)
            context["versions"] = (the_policy().version, new.version)
            context["comparison"] = rules_preview.compare(new, queues=queues, ring=ring)
    return TemplateResponse(request, "triage/preview.html", context, status=422 if form.errors else 200)


@sensitive_variables()
def _agreement(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """How often people agreed with each rule in the last year, from sums that the officer's own key opens."""
    context = _context(request, site, _("Results of the rules"))
    weeks = week_sums.opened(keyring_of(request), since=week_of(timezone.now() - YEAR))
    reported = agreement.reported(weeks)
    context |= {
        "weeks": len(weeks),
        "records": [(each, _why(each.rule)) for each in agreement.records(weeks)],
        "threshold": round(agreement.THRESHOLD * 100),
        "floor": agreement.FLOOR,
        "reported": [
            (title, [(_label(name, line), count) for line, count in reported[name]])
            for name, title in _TITLES.items()
            if reported[name]
        ],
    }
    return TemplateResponse(request, "triage/agreement.html", context)


_TITLES = {
    List.SCALE: QUESTIONS["severity"],
    List.TYPE: QUESTIONS["incident_types"],
    List.DEMONSTRATION: QUESTIONS["demonstration"],
    List.SELF_CENSORSHIP: QUESTIONS["self_censorship"],
    List.LANGUAGE: _("Language of the form"),
}
_LABELS = {
    List.SCALE: Severity,
    List.TYPE: IncidentType,
    List.DEMONSTRATION: Demonstration,
    List.SELF_CENSORSHIP: SelfCensorship,
    List.LANGUAGE: Language,
}


def _label(name: List, line: str) -> str:
    if line == NOT_GIVEN:
        return str(_("not filled in"))
    kind = _LABELS[name]
    return str(kind(line).label) if line in kind.values else line  # a value of an earlier form


def _why(rule: str) -> str:
    if rule == NO_RULE:
        return str(_("No rule fired: to be read in follow-up."))
    return the_policy().why(rule, get_language() or Language.NL)


def _context(request: HttpRequest, site: AdminSite, title: Any) -> dict[str, Any]:
    if not request.user.is_superuser and not members.queues_of(officer_of(request)):
        raise PermissionDenied
    return {**site.each_context(request), "title": title, "locked": member_of(request) is None}
