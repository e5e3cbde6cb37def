"""WSGI only: Django's ASGI handler writes large request bodies to disk in the clear."""

import os

from django.core.wsgi import get_wsgi_application

from config import whole_body

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = whole_body.required(get_wsgi_application())
