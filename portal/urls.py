"""Addresses of the public site, below the language."""

from django.urls import path

from portal import views

app_name = "portal"
urlpatterns = [
    path("", views.start, name="start"),
    path("report/", views.report, name="report"),
    path("leave/", views.leave, name="leave"),
]
