"""Addresses of the public site, below the language."""

from django.urls import path

from portal import mailbox_views, pages, views

app_name = "portal"
urlpatterns = [
    path("", pages.start, name="start"),
    path("report/", views.report, name="report"),
    path("receipt/", views.receipt, name="receipt"),
    path("receipt/files/", views.receipt_files, name="receipt_files"),
    path("advice/", pages.safety_advice, name="advice"),
    path("privacy/", pages.privacy, name="privacy"),
    path("contact/", pages.contact, name="contact"),
    path("addresses/", pages.addresses, name="addresses"),
    path("helpers/", pages.page, {"name": "helpers"}, name="helpers"),
    path("organisations/", pages.page, {"name": "organisations"}, name="organisations"),
    path("under-18/", pages.page, {"name": "under_18"}, name="under_18"),
    path("accessibility/", pages.page, {"name": "accessibility"}, name="accessibility"),
    path("mailbox/", mailbox_views.index, name="mailbox"),
    path("mailbox/add/", mailbox_views.add, name="mailbox_add"),
    path("mailbox/withdraw/", mailbox_views.withdraw, name="mailbox_withdraw"),
    path("mailbox/delete/", mailbox_views.delete, name="mailbox_delete"),
    path("mailbox/out/", mailbox_views.out, name="mailbox_out"),
    path("leave/", pages.leave, name="leave"),
]
