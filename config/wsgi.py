"""WSGI only: Django's ASGI handler writes large request bodies to disk in the clear."""

from django.core.wsgi import get_wsgi_application

from config import start, whole_body

start.begin()
application = whole_body.required(get_wsgi_application())
