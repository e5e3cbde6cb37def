"""Addresses of the public site, below the language."""

from django.urls import path

from portal import views

app_name = "portal"
urlpatterns = [
    path("", views.start, name="start"),
    path("report/", views.report, name="report"),
    path("receipt/", views.receipt, name="receipt"),
    path("advice/", views.safety_advice, name="advice"),
    path("privacy/", views.privacy, name="privacy"),
    path("contact/", views.contact, name="contact"),
    path("addresses/", views.addresses, name="addresses"),
    path("helpers/", views.page, {"name": "helpers"}, name="helpers"),
    path("organisations/", views.page, {"name": "organisations"}, name="organisations"),
    path("under-18/", views.page, {"name": "under_18"}, name="under_18"),
    path("accessibility/", views.page, {"name": "accessibility"}, name="accessibility"),
    path("leave/", views.leave, name="leave"),
]
