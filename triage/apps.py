from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig


class Triage(AppConfig):
    name = "triage"

    def ready(self) -> None:
        """With broken rules the worker must not start: reports wait until a person has mended them."""
        from triage.policy.loader import BrokenPolicy, the_policy

        if settings.ROLE == "worker":
            try:
                the_policy()
            except BrokenPolicy as broken:
                raise SystemExit(f"baken: {broken}") from None


class StaffAdmin(AdminConfig):
    default_site = "triage.staff.site.StaffSite"

    def ready(self) -> None:
        """Finds what Django and django-otp register, then puts our pages in their place."""
        super().ready()
        from django.contrib import admin

        from triage.admin import register

        register(admin.site)
