"""The intake key is made anew each week; an old one is destroyed when nothing needs it, and not before."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from reports.models import Key, KeyRole, Wrap, today
from reports.sealing import core
from reports.vault import bundle, intake_rotation, keys
from reports.vault.keyring import CannotOpen
from tests.factories import make_receipt, make_report, route
from tests.services import PATIENCE
from triage.tasks import rotate_intake as task

DAY = timedelta(days=1)


pytestmark = pytest.mark.usefixtures("own_vault")


def seeds() -> list[str]:
    """The kids of the private keys that the worker holds."""
    return [pair.kid for pair in bundle.worker().intake]


def current() -> str:
    return core.kid(keys.current(KeyRole.INTAKE, bundle.public()))


def wrapped_to(report: Any) -> set[str]:
    return set(Wrap.objects.filter(item__report=report).values_list("to", flat=True))


@pytest.mark.django_db
def test_what_is_filed_afterwards_is_sealed_to_the_new_key_and_triaged() -> None:
    old = current()
    call_command("vault_rotate", "intake")

    assert current() != old
    report = make_report()
    assert wrapped_to(report) == {current()}
    assert route(report.pk)


@pytest.mark.django_db
def test_what_was_filed_before_is_triaged_too() -> None:
    report = make_report()
    call_command("vault_rotate", "intake")

    assert route(report.pk)


@pytest.mark.django_db
def test_an_old_key_stays_while_a_report_is_wrapped_to_it_and_is_destroyed_after() -> None:
    report, old = make_report(), current()
    call_command("vault_rotate", "intake")

    with time_machine.travel(timezone.now() + 30 * DAY, tick=False):
        task()
        assert old in seeds(), "a report waits for it"
        assert route(report.pk)
        task()
        assert old not in seeds()
        assert current() in seeds()


@pytest.mark.django_db
def test_an_old_key_stays_for_a_while_even_when_nothing_seems_to_need_it() -> None:
    """A report may have been sealed to it and be committed after the new key was."""
    old = current()
    call_command("vault_rotate", "intake")
    assert old in seeds()

    with time_machine.travel(timezone.now() + DAY, tick=False):
        task()
        assert old in seeds()
    with time_machine.travel(timezone.now() + 3 * DAY, tick=False):
        task()
        assert old not in seeds()


@pytest.mark.django_db
def test_beat_makes_one_key_a_week_however_often_the_task_is_delivered(settings: Settings) -> None:
    assert settings.CELERY_BEAT_SCHEDULE["intake key"]["task"] == task.name
    start = timezone.now()
    for day in range(15):
        with time_machine.travel(start + day * DAY, tick=False):
            task()
            task()
    assert Key.objects.filter(role=KeyRole.INTAKE).count() == 3
    assert Key.objects.filter(role=KeyRole.INTAKE, retired=None).count() == 1


@pytest.mark.django_db
def test_after_many_weeks_the_key_still_descends_from_the_pin() -> None:
    for _ in range(9):
        intake_rotation.rotate_intake()
    keys._verified.clear()

    assert current() == Key.objects.get(role=KeyRole.INTAKE, epoch=9).kid
    assert len(seeds()) == 10


@pytest.mark.django_db
def test_a_rotation_that_broke_off_after_the_file_is_finished_by_the_next_one(own_vault: Path) -> None:
    """The seed is on disk, the row is not: what a crash between the two leaves."""
    file = own_vault / "worker" / "bundle.json"
    content = json.loads(file.read_text())
    left = core.KeyPair.generate()
    content["intake"].append(bundle.encode(left.seed))
    file.write_text(json.dumps(content))

    call_command("vault_rotate", "intake")

    assert current() == left.kid
    assert len(seeds()) == 2


@pytest.mark.django_db
def test_the_file_is_written_before_the_row_and_readable_by_the_worker_only(own_vault: Path) -> None:
    call_command("vault_rotate", "intake")

    file = own_vault / "worker" / "bundle.json"
    assert file.stat().st_mode & 0o777 == 0o600
    content = json.loads(file.read_text())
    assert set(content) == {"development", "pins", "intake", "index_key"}
    assert content["pins"]["intake"] == Key.objects.get(role=KeyRole.INTAKE, epoch=0).kid, "the pin stays"


@pytest.mark.django_db
def test_a_worker_whose_bundle_is_older_than_the_newest_key_makes_none(own_vault: Path) -> None:
    file = own_vault / "worker" / "bundle.json"
    before = file.read_text()
    call_command("vault_rotate", "intake")
    file.write_text(before)

    with pytest.raises(CommandError, match="does not hold the newest"):
        call_command("vault_rotate", "intake")
    with pytest.raises(CannotOpen):
        intake_rotation.rotate_intake()


@pytest.mark.django_db
def test_only_where_the_worker_s_bundle_is(own_vault: Path) -> None:
    shutil.rmtree(own_vault / "worker")
    bundle.forget()

    with pytest.raises(CommandError, match="No bundle"):
        call_command("vault_rotate", "intake")
    assert Key.objects.filter(role=KeyRole.INTAKE).count() == 1


@pytest.mark.django_db
def test_after_a_planted_key_nothing_is_signed() -> None:
    thief = core.KeyPair.generate()
    Key.objects.create(kid=thief.kid, role=KeyRole.INTAKE, epoch=1, public=thief.public, created=today())

    with pytest.raises(CommandError, match="not signed"):
        call_command("vault_rotate", "intake")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_runs_opens_what_is_sealed_to_the_key_another_one_made(
    manage: Callable[..., Any],
) -> None:
    """This process is a worker that has read its bundle; another process rotates under it."""
    before = seeds()

    done = manage("vault_rotate", "intake", role="worker")

    assert done.returncode == 0, done.stderr
    receipt = make_receipt()
    assert current() not in before
    assert route(receipt.report_id)


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_rotate_at_the_same_moment_lose_no_key(
    process_environment: Callable[[str], dict[str, str]],
) -> None:
    import subprocess
    import sys

    from config.settings import BASE_DIR

    command = [sys.executable, str(BASE_DIR / "manage.py"), "vault_rotate", "intake"]
    workers = [
        subprocess.Popen(command, env=process_environment("worker"), stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [worker.wait(PATIENCE) for worker in workers] == [0, 0]

    known = set(Key.objects.filter(role=KeyRole.INTAKE).values_list("kid", flat=True))
    assert len(known) == 3
    assert set(seeds()) == known
    assert route(make_receipt().report_id)
