"""config.settings, with an environment of the tests' own: a folder in temp, keys made for this run.

`BAKEN_DB_*` in the caller's environment choose PostgreSQL (`./run test --all` starts one);
every other BAKEN_ setting of the caller is dropped. Role `console` sees both sites;
the fixtures `public` and `staff_site` (tests/conftest.py) switch to one of them.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

_DATABASE = ("BAKEN_DB_HOST", "BAKEN_DB_PORT", "BAKEN_DB_NAME", "BAKEN_DB_USER", "BAKEN_DB_PASSWORD")
_FOLDER = "BAKEN_TESTS_FOLDER"  # set by the first process of a run, found by its xdist workers

_TESTING = "pytest" in sys.modules  # mypy reads this file too; it must leave nothing behind

if _FOLDER not in os.environ:
    os.environ[_FOLDER] = tempfile.mkdtemp(prefix="baken-tests-") if _TESTING else tempfile.gettempdir()
    if _TESTING:
        atexit.register(shutil.rmtree, os.environ[_FOLDER], ignore_errors=True)

for _name in [name for name in os.environ if name.startswith("BAKEN_") and name not in {*_DATABASE, _FOLDER}]:
    del os.environ[_name]
_data = Path(os.environ[_FOLDER]) / os.environ.get("PYTEST_XDIST_WORKER", "main")
if _TESTING:
    _data.mkdir(mode=0o700, exist_ok=True)
# In the environment, so that processes started by a test get the same.
os.environ |= {
    "BAKEN_TRIAL": "1",
    "BAKEN_ROLE": "console",
    "BAKEN_DATA_DIR": str(_data),
    "BAKEN_SECRET_KEY": "only-for-tests-" + "x" * 40,
    # Nothing listens here until a test asks for the fixture redis_url.
    "BAKEN_REDIS_URL": f"redis+socket://{_data}/redis.sock",
}

from config.translations import compile_all  # noqa: E402

compile_all()  # before Django reads a catalogue: it keeps what it found, also when it found nothing

from config.settings import *  # noqa: E402, F403
from config.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402
from reports.sealing import core  # noqa: E402

ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
DATABASES["default"]["CONN_MAX_AGE"] = 0
if "BAKEN_DB_HOST" not in os.environ:
    # A file, not memory, and under its own name: processes that a test starts see it too.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "baken.sqlite3")}

# No manifest: a page can be tested before collectstatic has run.
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_AUTOREFRESH = True

# A login at full cost takes 0.3 s and 128 MB; the cost is stored with each slot, so nothing else changes.
if _TESTING:
    core.PASSWORD_COST = core.Cost(memory=64, passes=1, lanes=1)

REPORTS_PER_MINUTE = 1_000_000  # a suite is a flood; tests/portal/test_flood.py sets its own
