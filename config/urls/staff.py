"""The staff site: the Django admin on a host or port of its own."""

from django.contrib import admin
from django.urls import include, path

from config.urls.health import healthz

urlpatterns = [
    path("healthz", healthz),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", admin.site.urls),
]
