from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig


class Triage(AppConfig):
    name = "triage"

    def ready(self) -> None:
        """With broken rules the worker must not start: reports wait until a person has mended them."""
        from triage.rules import BrokenPolicy, the_policy

        if settings.ROLE == "worker":
            try:
                the_policy()
            except BrokenPolicy as broken:
                raise SystemExit(f"baken: {broken}") from None


class StaffAdmin(AdminConfig):
    default_site = "triage.site.StaffSite"

    def ready(self) -> None:
        """An administrator neither reads the secret of an officer's phone nor makes one."""
        super().ready()
        from django.contrib import admin
        from django_otp.plugins.otp_static.models import StaticDevice
        from django_otp.plugins.otp_totp.models import TOTPDevice

        admin.site.unregister([TOTPDevice, StaticDevice])
