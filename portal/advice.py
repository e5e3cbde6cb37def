"""Safety advice per kind of incident, and which advice fits which answers.

Source: docs/policy.md, Advice and contacts. The Dutch words were agreed first; they are in the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from reports.choices import IncidentType


@dataclass(frozen=True)
class Advice:
    """One piece of advice: a heading and short sentences."""

    name: str
    title: Any
    lines: tuple[Any, ...]
    kinds: frozenset[str] = frozenset()


def _advice(name: str, title: Any, *lines: Any, kinds: Iterable[IncidentType] = ()) -> Advice:
    return Advice(name, title, lines, frozenset(kinds))


_K = IncidentType
ALL = (
    _advice(
        "threat",
        _("Threat or violence"),
        _("In danger, call 112."),
        _("Keep messages. Take screenshots that show the date."),
        _("Make a police report: call 0900-8844."),
        kinds=(_K.THREAT, _K.ASSAULT),
    ),
    _advice(
        "abduction",
        _("Someone wants to take you away or make you return"),
        _("Do not go alone to a meeting with people you do not know."),
        _("Tell someone where you are."),
        _("Do not leave on a journey if you suspect a trap."),
        _("In danger, call 112."),
        kinds=(_K.ABDUCTION_FORCED_RETURN,),
    ),
    _advice(
        "following",
        _("Followed, watched or filmed"),
        _("Write down day, time, place and number plate."),
        _("Do not follow anyone back."),
        _("For stalking, a police report with a complaint is needed."),
        kinds=(_K.STALKING_SURVEILLANCE, _K.PHOTOGRAPHING),
    ),
    _advice(
        "demonstration",
        _("At a demonstration"),
        _("Speak to a police officer on the spot."),
    ),
    _advice(
        "relatives",
        _("Pressure on your family in Belarus"),
        _("Do not put names of relatives in this form."),
        _("Talk with your family about ordinary things: their phone may be looked through."),
        kinds=(_K.COERCION_RELATIVES,),
    ),
    _advice(
        "papers",
        _("Passport and embassy"),
        _("You do not have to go to the embassy if you find that unsafe."),
        _("Ask your municipality about a passport for foreigners. Keep a letter of refusal."),
        kinds=(_K.CONSULAR_COERCION,),
    ),
    _advice(
        "wanted",
        _("Criminal case, list or wanted notice"),
        _("Do not travel outside the EU without advice from a lawyer. Contact Het Juridisch Loket."),
        kinds=(_K.IN_ABSENTIA, _K.EXTREMIST_LISTING, _K.EXTRADITION_INTERPOL),
    ),
    _advice(
        "digital",
        _("Hacked, false messages or spyware"),
        _("Do not click."),
        _("Change passwords on another device, switch on two-step verification and update your phone."),
        _("Delete nothing."),
        _("Do you suspect spyware? Have the device examined first, and do not reset it to factory settings."),
        kinds=(_K.DIGITAL_ATTACK,),
    ),
    _advice(
        "doxxing",
        _("Your data was published"),
        _("Take screenshots first, then ask the platform to remove it."),
        _("Make a police report (article 285d of the Criminal Code)."),
        kinds=(_K.DOXXING,),
    ),
    _advice(
        "recruitment",
        _("Asked to cooperate, or an informer in your group"),
        _("You are not the suspect."),
        _("Agree to nothing and give no names. Keep the messages and contact details."),
        _("Do not expose anyone in chats yourself."),
        kinds=(_K.RECRUITMENT, _K.INFILTRATION),
    ),
    _advice(
        "smear",
        _("Lies or images about you"),
        _("Do not respond in public. Keep the evidence."),
        kinds=(_K.SMEAR,),
    ),
    _advice(
        "property",
        _("Damage to your property or building"),
        _("Take photos before you clear anything away."),
        _("Make a police report: call 0900-8844."),
        kinds=(_K.PROPERTY_DAMAGE,),
    ),
    _advice(
        "feeling",
        _("You feel unsafe"),
        _("Your feeling is a valid signal."),
        _("Talk about it: Slachtofferhulp (victim support) is free of charge."),
        kinds=(_K.GENERAL_UNSAFETY, _K.OTHER),
    ),
)


def for_answers(kinds: Iterable[str], *, danger: bool, demonstration: bool) -> list[Advice]:
    """The advice that fits what was ticked, most urgent first; never empty."""
    ticked = set(kinds)
    fitting = [
        advice
        for advice in ALL
        if advice.kinds & ticked
        or (danger and advice.name == "threat")
        or (demonstration and advice.name == "demonstration")
    ]
    return fitting or [advice for advice in ALL if advice.name == "feeling"]
