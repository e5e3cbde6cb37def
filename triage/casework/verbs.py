"""What an officer may do with a work item: one row for each verb.

A new verb is a row here, its function in this folder and its form in forms.py. A verb that seals a
decision (decisions.seal_decision) also needs templates/triage/verbs/NAME.html: the history of the report
shows the decision in these words. note and remove_after_all seal none and have no template.
open_original has a template and no row: it is sent with the file that it opens (staff/evidence_download.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django import forms
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.choices import Queue, Urgency
from triage.casework import decisions, links, removal, replies
from triage.casework.forms import (
    AddQueueForm,
    CloseForm,
    ConfirmForm,
    NoteForm,
    RemoveAfterAllForm,
    RemoveQueueForm,
    ReplyForm,
    RevealLinksForm,
    UrgencyForm,
)
from triage.choices import FollowUp, WorkState
from triage.models import WorkItem


class Place(StrEnum):
    """Where the report's page offers a verb."""

    DECIDE = "decide"
    CORRECT = "correct"
    CONVERSATION = "conversation"
    WITHDRAWAL = "withdrawal"  # beside a request to withdraw that the worker did not carry out
    LINKS = "links"


@dataclass(frozen=True)
class Verb:
    """One verb. `do` takes keywords only: work_item, officer, the fields of the form, and with `needs_ring`
    the officer's keyring as `ring`. It raises items.NotNow and, with `needs_ring`, keyring.CannotOpen."""

    do: Callable[..., object]
    label: str | Promise
    form: type[forms.Form]
    place: Place
    may: Callable[[WorkItem], bool]  # offered in this state; `do` itself checks again, under a lock
    needs_ring: bool = False
    leaves_queue: bool = False  # afterwards this queue cannot open the report: back to the list
    # Fields of the sealed decision that are read as the label of a choice.
    labels: Mapping[str, type[TextChoices]] = field(default_factory=dict)


def _proposed(work_item: WorkItem) -> bool:
    return work_item.state == WorkState.PROPOSED


def _confirmed(work_item: WorkItem) -> bool:
    return work_item.state == WorkState.CONFIRMED


def _open(work_item: WorkItem) -> bool:
    return work_item.is_open


def _in_queue(work_item: WorkItem) -> bool:
    return work_item.state != WorkState.REMOVED


VERBS: dict[str, Verb] = {
    "confirm": Verb(
        decisions.confirm,
        _("Confirm: it belongs in this queue"),
        ConfirmForm,
        Place.DECIDE,
        _proposed,
        needs_ring=True,
    ),
    "close": Verb(
        decisions.close,
        _("Close with a follow-up decision"),
        CloseForm,
        Place.DECIDE,
        _confirmed,
        labels={"decision": FollowUp},
    ),
    "add_queue": Verb(
        decisions.add_queue,
        _("Add another queue"),
        AddQueueForm,
        Place.CORRECT,
        _open,
        needs_ring=True,
        labels={"after": Queue},
    ),
    "remove_queue": Verb(
        decisions.remove_queue,
        _("Remove it from this queue"),
        RemoveQueueForm,
        Place.CORRECT,
        _open,
        needs_ring=True,
        leaves_queue=True,
    ),
    "change_urgency": Verb(
        decisions.change_urgency,
        _("Change the urgency"),
        UrgencyForm,
        Place.CORRECT,
        _open,
        needs_ring=True,
        labels={"before": Urgency, "after": Urgency},
    ),
    "reply": Verb(replies.reply, _("Answer the reporter"), ReplyForm, Place.CONVERSATION, _in_queue),
    "note": Verb(replies.note, _("Write a note for this queue"), NoteForm, Place.CONVERSATION, _in_queue),
    "remove_after_all": Verb(
        removal.remove_after_all,
        _("Remove the report for good"),
        RemoveAfterAllForm,
        Place.WITHDRAWAL,
        _in_queue,
        leaves_queue=True,
    ),
    "reveal_links": Verb(
        links.reveal,
        _("Name the reports in other queues"),
        RevealLinksForm,
        Place.LINKS,
        _in_queue,
        needs_ring=True,
    ),
}


@dataclass(frozen=True)
class Offer:
    """A verb as the page offers it: its name in the address, its label and its form."""

    name: str
    label: str | Promise
    form: forms.Form


def offers(work_item: WorkItem, filled_in: Mapping[str, forms.Form]) -> dict[str, list[Offer]]:
    """What may be done with this work item now, by place. `filled_in`: forms that were sent and refused."""
    found: dict[str, list[Offer]] = {place.value: [] for place in Place}
    for name, verb in VERBS.items():
        if verb.may(work_item):
            offer = Offer(name, verb.label, filled_in.get(name) or form_of(name))
            found[verb.place].append(offer)
    return found


def form_of(name: str, data: Mapping[str, object] | None = None) -> forms.Form:
    """The form of a verb. The ids of its fields begin with the verb's name: one page has several forms."""
    return VERBS[name].form(data, auto_id=f"id_{name}_%s")
