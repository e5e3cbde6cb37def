"""`python -m config.prepare`, which every installation runs after an update, applies the database's roles."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from config.settings import BASE_DIR
from tests.factories import make_receipt
from tests.roles import apply_roles, refused, rows
from tests.services import run_python

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_a_right_too_many_is_taken_away_and_a_missing_one_given_back(
    process_environment: Callable[[str], dict[str, str]],
) -> None:
    rows("GRANT SELECT ON auth_user TO baken_public")
    rows("REVOKE INSERT ON reports_mailbox FROM baken_public")
    try:
        refused("public", "INSERT INTO reports_mailbox (lookup) VALUES ('x')")
        environment = process_environment("console") | {"PYTHONPATH": str(BASE_DIR)}

        done = run_python("-m", "config.prepare", env=environment)

        assert done.returncode == 0, done.stderr
        refused("public", "SELECT * FROM auth_user")
        assert make_receipt().repeated is False  # filed with the rights of the public site
    finally:
        apply_roles()  # the tests after this one find the roles as they were
