"""The vocabulary of the answers: every value a reporter can choose.

Source: docs/policy.md, Form; case files use the same values (docs/triage.md).
Labels are what the reporter reads; the Dutch ones follow the answers of
16 July 2021, where "onveilig" and "bedreigd" are different words with
different consequences.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Language(TextChoices):
    NL = "nl", "Nederlands"
    EN = "en", "English"
    BE = "be", "Беларуская"
    RU = "ru", "Русский"


class YesNoUnsure(TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNSURE = "unsure", _("I do not know")


class IncidentType(TextChoices):
    THREAT = "threat", _("Someone threatens me or my family")
    ASSAULT = "assault", _("Someone attacked me")
    STALKING_SURVEILLANCE = "stalking_surveillance", _("I am followed or watched")
    PHOTOGRAPHING = "photographing", _("I was filmed at a rally or meeting")
    COERCION_RELATIVES = "coercion_relatives", _("My family in Belarus is under pressure")
    CONSULAR_COERCION = "consular_coercion", _("Problems with passport or embassy")
    IN_ABSENTIA = "in_absentia", _("Criminal case or trial in Belarus without me")
    EXTREMIST_LISTING = "extremist_listing", _('Put on an "extremist" list')
    DIGITAL_ATTACK = "digital_attack", _("Hacked, fake messages or spy app")
    DOXXING = "doxxing", _("My private data was published")
    SMEAR = "smear", _("Lies or images about me spread")
    INFILTRATION = "infiltration", _("Perhaps an informer in our group")
    RECRUITMENT = "recruitment", _("Asked to spy or cooperate")
    EXTRADITION_INTERPOL = "extradition_interpol", _("Wanted, Interpol or extradition")
    ABDUCTION_FORCED_RETURN = "abduction_forced_return", _("Attempt to take me or make me return")
    PROPERTY_DAMAGE = "property_damage", _("My property or our building damaged")
    GENERAL_UNSAFETY = "general_unsafety", _("I feel unsafe")
    OTHER = "other", _("Something else")


class Severity(TextChoices):
    CONCERN = "concern", _("A feeling or a worry")
    INCIDENT = "incident", _("Something concrete happened")
    PHYSICAL_THREAT = "physical_threat", _("Violence, or a threat of violence")


class When(TextChoices):
    TODAY = "today", _("Today")
    THIS_WEEK = "this_week", _("This week")
    THIS_MONTH = "this_month", _("This month")
    THIS_YEAR = "this_year", _("This year")
    EARLIER = "earlier", _("Earlier")
    ONGOING = "ongoing", _("It is still going on")


class Place(TextChoices):
    HOME = "home", _("At home")
    STREET = "street", _("In the street")
    WORK_OR_SCHOOL = "work_or_school", _("At work or school")
    DEMONSTRATION = "demonstration", _("At a demonstration")
    EMBASSY = "embassy", _("At the embassy")
    ONLINE_OR_PHONE = "online_or_phone", _("Online or by phone")
    IN_BELARUS = "in_belarus", _("In Belarus")
    ELSEWHERE_IN_NETHERLANDS = "elsewhere_in_netherlands", _("Somewhere else in the Netherlands")
    ABROAD = "abroad", _("In another country")


class Frequency(TextChoices):
    ONCE = "once", _("Once")
    A_FEW_TIMES = "a_few_times", _("A few times")
    CONTINUING = "continuing", _("It keeps happening")


class SuspectedActor(TextChoices):
    BELARUS = "belarus", _("The Belarusian authorities")
    OTHER_STATE_FOR_BELARUS = "other_state_for_belarus", _("Another country, for Belarus")
    OTHER_STATE = "other_state", _("Another country")
    NO_STATE = "no_state", _("No government")
    UNKNOWN = "unknown", _("I do not know")


class ActorCertainty(TextChoices):
    CERTAIN = "certain", _("I am certain")
    MAYBE = "maybe", _("Maybe")


class ActorSign(TextChoices):
    SAID_SO = "said_so", _("They said so themselves")
    KNEW_PRIVATE_DETAILS = "knew_private_details", _("They knew private things about me")
    KNOWN_PERSON = "known_person", _("I know who this person is")
    RELATIVES_CONTACTED_TOO = "relatives_contacted_too", _("My family was contacted at the same time")
    OTHER = "other", _("Another reason")


class Demonstration(TextChoices):
    BEFORE = "before", _("Before a demonstration")
    DURING = "during", _("During a demonstration")
    AFTER = "after", _("After a demonstration")
    NO = "no", _("No")


class SelfCensorship(TextChoices):
    STOPPED_DEMONSTRATING = "stopped_demonstrating", _("I stopped going to demonstrations")
    STOPPED_SPEAKING = "stopped_speaking", _("I stopped speaking openly")
    CUT_FAMILY_CONTACT = "cut_family_contact", _("I broke off contact with my family")
    NONE = "none", _("No, nothing")


class ReporterRole(TextChoices):
    SELF = "self", _("Myself")
    RELATIVE = "relative", _("A family member")
    OTHER_PERSON = "other_person", _("Someone else")
    ORGANISATION = "organisation", _("An organisation")
    WITNESS = "witness", _("I saw it happen")


class RiskProfile(TextChoices):
    PREFER_NOT_TO_SAY = "prefer_not_to_say", _("I prefer not to say")
    OPPOSITION = "opposition", _("Member of the opposition")
    ACTIVIST = "activist", _("Political activist")
    JOURNALIST = "journalist", _("Journalist")
    HUMAN_RIGHTS = "human_rights", _("Human rights defender")
    TRANSGENDER = "transgender", _("Transgender person")
    OTHER = "other", _("Another risk")
    NONE = "none", _("No")


class Minor(TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    PREFER_NOT_TO_SAY = "prefer_not_to_say", _("I prefer not to say")


class PoliceContact(TextChoices):
    FORMAL_REPORT = "formal_report", _("Yes, I made a formal police report (aangifte)")
    NOTIFICATION = "notification", _("Yes, I told the police without a formal report")
    NOT_AFRAID_TO = "not_afraid_to", _("No, I am afraid to")
    NO_OTHER = "no_other", _("No, for another reason")


class Consent(TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    ASK_FIRST = "ask_first", _("Ask me first")


class ContactWay(TextChoices):
    NONE = "none", _("Do not contact me")
    CODE = "code", _("Only with my receipt code, on this site")
    EMAIL = "email", _("By e-mail")
    PHONE = "phone", _("By phone")


class Queue(TextChoices):
    """Where a report goes to be read by people (never a Celery queue)."""

    POLICE_REFERRAL = "police_referral", _("Police referral")
    OBI_APPROACH = "obi_approach", _("OBI approach")
    FOLLOW_UP = "follow_up", _("Follow-up")


class Urgency(TextChoices):
    """How soon a person must have read it. Order matters: `rank` compares."""

    IMMEDIATE = "immediate", _("Immediate")
    HIGH = "high", _("High")
    NORMAL = "normal", _("Normal")
    LOW = "low", _("Low")

    @property
    def rank(self) -> int:
        """0 for low up to 3 for immediate."""
        return list(reversed(Urgency)).index(self)


class ReportStatus(TextChoices):
    """What the reporter may know about where their report is."""

    RECEIVED = "received", _("Received")
    IN_REVIEW = "in_review", _("Being read")
    DECIDED = "decided", _("Decided")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
