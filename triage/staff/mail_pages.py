"""The admin pages of subscriptions and of sent mails: there staff see a mail that may have gone twice."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from reports.choices import Queue
from triage.choices import MailKind
from triage.models import Delivery, Subscription
from triage.officers.access import queues_of
from triage.staff.audited_admin import AuditedAdmin


class SubscriptionAdmin(AuditedAdmin):
    """The addresses that get the weekly summary, or the alerts of one queue."""

    list_display = ("email", "kind", "language")
    list_filter = ("kind",)

    def facts_of(self, obj: Subscription) -> dict[str, Any]:
        return {"kind": obj.kind}

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """The mails that an address was sent go with it, although nobody may delete those by themselves."""
        rows, counts, missing_rights, protected = super().get_deleted_objects(objs, request)
        return rows, counts, missing_rights - {str(Delivery._meta.verbose_name)}, protected


class DeliveryAdmin(AuditedAdmin):
    """Members see the summaries and the alerts of their own queues, administrators all of them."""

    list_display = ("recipient", "kind", "about", "claimed", "sent", "tried")
    list_display_links = None
    list_filter = ("subscription__kind",)
    list_select_related = ("subscription",)
    list_per_page = 50
    ordering = ("-claimed", "-id")
    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        user = request.user
        if not (user.is_active and user.is_staff):
            return False
        return user.is_superuser or bool(queues_of(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        rows: QuerySet[Delivery] = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        kinds = [MailKind.SUMMARY, *queues_of(request)]
        return rows.filter(subscription__kind__in=kinds)

    @admin.display(description=_("recipient"))
    def recipient(self, delivery: Delivery) -> str:
        return delivery.subscription.email

    @admin.display(description=_("receives"))
    def kind(self, delivery: Delivery) -> Any:
        return delivery.subscription.get_kind_display()

    @admin.display(description=_("about"))
    def about(self, delivery: Delivery) -> str:
        """The week of a summary. Empty for an alert: this officer's queue may have lost the work item."""
        return "–" if delivery.subscription.kind in Queue.values else delivery.subject

    @admin.display(description=_("tries"))
    def tried(self, delivery: Delivery) -> SafeString | str:
        if delivery.tries < 2:
            return str(delivery.tries)
        return format_html('{} <span class="flag">{}</span>', delivery.tries, _("may have gone twice"))
