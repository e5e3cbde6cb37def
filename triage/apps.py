from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class Triage(AppConfig):
    name = "triage"


class StaffAdmin(AdminConfig):
    default_site = "triage.site.StaffSite"
