"""The public site. Its language is always in the path; it has no session and no cookie."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config.urls.health import healthz
from triage.policy_page import policy

urlpatterns = [
    path("healthz", healthz),
    *i18n_patterns(path("policy/", policy, name="policy"), path("", include("portal.urls"))),
]
handler400 = "portal.error_pages.bad_request"
handler403 = "portal.error_pages.forbidden"
handler404 = "portal.error_pages.not_found"
handler500 = "portal.error_pages.server_error"
