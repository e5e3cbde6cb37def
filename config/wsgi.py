"""WSGI only: Django's ASGI handler writes large request bodies to disk in the clear."""

from django.core.wsgi import get_wsgi_application

from config import complete_body, startup

startup.begin()
application = complete_body.required(get_wsgi_application())
