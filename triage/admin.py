"""Which tables the staff site shows, and with which pages. triage.apps.StaffAdmin calls it."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.auth.models import Group, User
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from triage.models import Delivery, FollowUpItem, ObiApproach, PoliceReferral, Subscription
from triage.staff.mail_pages import DeliveryAdmin, SubscriptionAdmin
from triage.staff.officer_accounts import OfficerAdmin
from triage.staff.queue_list import FollowUpAdmin, ObiApproachAdmin, PoliceReferralAdmin


def register(site: AdminSite) -> None:
    """Puts our pages in the place of what Django and django-otp registered; call it once, after them."""
    # An administrator neither reads the secret of an officer's phone nor makes one.
    site.unregister([TOTPDevice, StaticDevice])
    site.unregister([User, Group])  # groups give nothing here: a queue's members hold its key
    site.register(User, OfficerAdmin)
    site.register(PoliceReferral, PoliceReferralAdmin)
    site.register(ObiApproach, ObiApproachAdmin)
    site.register(FollowUpItem, FollowUpAdmin)
    site.register(Subscription, SubscriptionAdmin)
    site.register(Delivery, DeliveryAdmin)
