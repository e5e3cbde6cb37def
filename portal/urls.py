"""Addresses of the public site, below the language."""

from django.urls import path

from portal import mailbox_views, views

app_name = "portal"
urlpatterns = [
    path("", views.start, name="start"),
    path("report/", views.report, name="report"),
    path("receipt/", views.receipt, name="receipt"),
    path("receipt/files/", views.receipt_files, name="receipt_files"),
    path("advice/", views.safety_advice, name="advice"),
    path("privacy/", views.privacy, name="privacy"),
    path("contact/", views.contact, name="contact"),
    path("addresses/", views.addresses, name="addresses"),
    path("helpers/", views.page, {"name": "helpers"}, name="helpers"),
    path("organisations/", views.page, {"name": "organisations"}, name="organisations"),
    path("under-18/", views.page, {"name": "under_18"}, name="under_18"),
    path("accessibility/", views.page, {"name": "accessibility"}, name="accessibility"),
    path("mailbox/", mailbox_views.index, name="mailbox"),
    path("mailbox/add/", mailbox_views.add, name="mailbox_add"),
    path("mailbox/withdraw/", mailbox_views.withdraw, name="mailbox_withdraw"),
    path("mailbox/delete/", mailbox_views.delete, name="mailbox_delete"),
    path("mailbox/out/", mailbox_views.out, name="mailbox_out"),
    path("leave/", views.leave, name="leave"),
]
