"""The words of casework: states of a work item and kinds of follow-up decision."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class WorkState(TextChoices):
    PROPOSED = "proposed", _("Proposed by the rules")
    CONFIRMED = "confirmed", _("Confirmed by a person")
    CLOSED = "closed", _("Closed")
    REMOVED = "removed", _("Removed from this queue")


OPEN_STATES = (WorkState.PROPOSED, WorkState.CONFIRMED)


class FollowUp(TextChoices):
    """What was decided. Answer 6 of 16 July 2021: reports "zullen worden opgevolgd"; answer 3:
    "waar nodig" and "op gepaste wijze". So there is always a decision, not always an action."""

    REFERRED_TO_POLICE = (
        "referred_to_police",
        _("Follow-up: referred to the police, by the person themselves"),
    )
    OBI_APPROACH = "obi_approach", _("Follow-up: taken up in the OBI approach")
    ADVICE = "advice", _("Follow-up: advice or an answer was given")
    OTHER_ACTION = "other_action", _("Follow-up: something else (see the reason)")
    WATCH = "watch", _("No action now: the report stays in view")
    NO_ACTION = "no_action", _("No further action")


class MailKind(TextChoices):
    """What a subscription receives: the weekly summary, or alerts of one queue."""

    SUMMARY = "summary", _("Weekly summary")
    POLICE_REFERRAL = "police_referral", _("Alerts: police referral")
    OBI_APPROACH = "obi_approach", _("Alerts: OBI approach")
    FOLLOW_UP = "follow_up", _("Alerts: follow-up")
