"""All tables of the ministry's side; Django looks for models here."""

from triage.models.figures import SealedCount, SealedRow, Tally, WeekSums
from triage.models.mail import Delivery, DeliveryQuerySet, Subscription
from triage.models.officers import Invitation, Lockout
from triage.models.work import (
    OF_QUEUE,
    ORDER,
    FollowUpItem,
    ObiApproach,
    PoliceReferral,
    WorkItem,
    WorkItemQuerySet,
)

__all__ = [
    "OF_QUEUE",
    "ORDER",
    "Delivery",
    "DeliveryQuerySet",
    "FollowUpItem",
    "Invitation",
    "Lockout",
    "ObiApproach",
    "PoliceReferral",
    "SealedRow",
    "SealedCount",
    "Subscription",
    "Tally",
    "WeekSums",
    "WorkItem",
    "WorkItemQuerySet",
]
