"""The fixtures that every other test uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.test import Client
from django.urls import reverse


@pytest.mark.django_db
def test_the_keys_are_in_the_database() -> None:
    from reports.models import Key

    assert Key.objects.count() > 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_the_keys_are_back_after_a_flush(turn: int) -> None:
    from reports.models import Grant, Key

    assert Key.objects.count() > 3
    assert Grant.objects.count() == 3


@pytest.mark.django_db
def test_each_site_answers_with_its_own_urls(public: Client, staff_site: Client) -> None:
    assert public.get("/nl/").status_code == 200
    assert staff_site.get("/nl/").status_code in {302, 404}
    assert staff_site.get(reverse("admin:login")).status_code == 200
    assert public.get("/login/").status_code == 404


def test_redis_answers_on_the_broker_s_socket(redis_url: str, settings: Any) -> None:
    assert redis_url == settings.CELERY_BROKER_URL
    assert redis.Redis.from_url(redis_url.replace("redis+socket", "unix")).ping()


@pytest.mark.django_db
def test_another_process_works_on_the_same_database(manage: Callable[..., Any]) -> None:
    done = manage("shell", "-c", "from reports.models import Key; print(Key.objects.count())")

    from reports.models import Key

    assert done.stdout.strip().endswith(str(Key.objects.count())), done.stderr
