"""A busy day, then everything is stolen: no word of it is found, in any encoding.

Real processes of both sites and of the worker, a real Redis, the real database. What an attacker finds who
has keys too is in tests/reports/test_stolen_keys.py.
"""

from __future__ import annotations

import gzip
import re
import socket
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import redis
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from reports.choices import Queue
from reports.evidence import files as evidence_files
from reports.models import Item, ItemKind, Mailbox
from reports.sealing import receipt_code
from reports.vault import bundle, members
from tests.evidence_files import CAMERA, picture
from tests.factories import FOR_OBI, PASSWORD, make_officer, make_report
from tests.reports import seizure
from tests.reports.search import found
from tests.reports.visitors import Sent, Visitor
from tests.services import eventually, running
from tests.triage.worker.processes import worker
from triage import tasks
from triage.models import Subscription, WorkItem

pytestmark = pytest.mark.django_db(transaction=True)
Environment = Callable[[str], dict[str, str]]

WORDS = {
    "nl": "Zwanenbloem fluistert achter kozijnhout.",
    "be": "Зубраняты шапочуць за вільготнай брамай.",
    "ru": "Щеглёнок шепчет за берёзовой изгородью.",
    "en": "Quincewood lanterns whisper at midnight.",
}
CONTACT, SAFE_TIME = "loftbewoner-qx@voorbeeld.example", "Na vespertijd woensdag"
ADDED, RESENT = "Klokkenstoel vergeten te melden.", "Vlierbessen anders verteld."
MENDED = "Halfvol kommaneuker."
PHONE = "0648151623"  # in two reports, so that they are linked
REASON, OTHER_REASON = "Ooievaarsnest klopt met dossierrug.", "Gruttopolder vraagt opvolging."
WRONG_PASSWORD = "verkeerd-bijenwas-wachtwoord"
REVEALED = "Schuddebuikende verbinding onderzoeken."
ANSWER, NOTE = "Vuurtorenwachter belt donderdag terug.", "Kwartelkoning alleen onderling bespreken."
OPENED = "Weidemolenaar vroeg om opnameplaats."
# Files: (name, type, content). The first two are kept as they came, of the last only the clean copy.
PHOTO_NAME, TEXT_NAME, LATER_NAME = "Hooischelfzolder Зимородок", "Kattenluikbriefje", "Dakgootspreeuwen"
IN_PHOTO, IN_TEXT, IN_LATER = "Gemaakt vanachter jeneverbes", "Beukennootje lag ernaast.", "Rietzangeroever"
PHOTO = (f"{PHOTO_NAME}.jpg", "image/jpeg", picture("JPEG", comment=IN_PHOTO.encode()))
TEXT = (f"{TEXT_NAME}.txt", "text/plain", IN_TEXT.encode())
LATER = (f"{LATER_NAME}.jpg", "image/jpeg", picture("JPEG", comment=IN_LATER.encode()))
MARKED = [
    *WORDS.values(),
    *[CONTACT, SAFE_TIME, ADDED, RESENT, MENDED, PHONE.removeprefix("0")],
    *[REASON, OTHER_REASON, REVEALED, ANSWER, NOTE, OPENED],
    *[PHOTO_NAME, TEXT_NAME, LATER_NAME, IN_PHOTO, IN_TEXT, IN_LATER, CAMERA],
]
# Parts of them, as a log or an index may keep: and what was ticked.
PARTS = sorted({part for text in MARKED for part in re.findall(r"\w{9,}", text)})
TICKED = ["physical_threat", "coercion_relatives", "stopped_demonstrating", "human_rights"]

ANSWERS = {
    "in_danger_now": "no",
    "feels_threatened": "yes",
    "incident_types": ["threat", "coercion_relatives"],
    "severity": "physical_threat",
    "self_censorship": ["stopped_demonstrating"],
    "risk_profile": ["human_rights"],
    "minor": "yes",
    "suspected_actor": "belarus",
    "contact_way": "email",
    "contact_address": CONTACT,
    "contact_safe_time": SAFE_TIME,
}


@contextmanager
def site(role: str, env: dict[str, str], log: Path) -> Iterator[str]:
    """One of the two sites as in production: gunicorn with our own configuration."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-m", *["gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]]
    more = {"BAKEN_BIND": address, "BAKEN_WEB_WORKERS": "1"}
    with log.open("a") as out, running(command, env=env | more, stdout=out, stderr=out) as process:

        def answers() -> bool:
            assert process.poll() is None, log.read_text()
            try:
                return bool(urlopen(f"http://{address}/healthz", timeout=5).status == 200)
            except OSError:
                return False

        eventually(answers, what=f"an answer of the {role} site")
        yield f"http://{address}"


def file_report(public: str, language: str, files: Sequence[Sent] | None = None, **answers: Any) -> str:
    """Files a report in a browser; returns the code that the page shows."""
    visitor = Visitor(public)
    visitor.get(f"/{language}/report/")
    page = visitor.post(f"/{language}/report/", {**ANSWERS, "account": WORDS[language], **answers}, files)
    assert visitor.status == 200, page
    return code_in(page)


def code_in(page: str) -> str:
    text = re.sub(r"<[^>]+>", " ", page)
    codes = {receipt_code.parse(shown) for shown in re.findall(r"\d{5}(?:\s+\d{5}){5}", text)}
    (code,) = codes - {None}
    assert code is not None
    return code


def mistakes_of_a_reporter(public: str) -> None:
    """A form with an error and all its words; then sent twice; then again with other words."""
    visitor = Visitor(public)
    visitor.get("/nl/report/")
    visitor.post("/nl/report/", {"account": MENDED, "contact_address": CONTACT, "contact_way": "email"})
    assert visitor.status != 200
    assert MENDED in visitor.page
    first = dict(re.findall(r'name="(form_key)" value="([^"]+)"', visitor.page))
    code = code_in(visitor.post("/nl/report/", {**ANSWERS, **first, "account": MENDED}))
    assert code_in(visitor.post("/nl/report/", {**ANSWERS, **first, "account": RESENT})) == code
    visitor.post("/nl/report/", {**ANSWERS, "account": MENDED * 2000})
    assert visitor.status >= 400


def visit_mailbox(public: str, code: str) -> Visitor:
    visitor = Visitor(public)
    visitor.get("/nl/mailbox/")
    visitor.post("/nl/mailbox/", {"code": receipt_code.show(code)})
    assert visitor.status == 200, visitor.page
    return visitor


def add_words(visitor: Visitor) -> None:
    """Words and a file, to a report that is there already."""
    visitor.get("/nl/mailbox/add/")
    visitor.post("/nl/mailbox/add/", {"words": ADDED}, [LATER])
    assert visitor.status == 200, visitor.page


def all_is_triaged() -> bool:
    """Sweeps as the beat does; true when the worker has done it all, the files too."""
    tasks.sweep()
    return not Item.objects.untriaged().exists()


def log_in(staff: str) -> Visitor:
    """An officer mistypes the password, then logs in."""
    officer = Visitor(staff)
    officer.get("/login/")
    officer.post("/login/?next=/", {"username": "anna", "password": WRONG_PASSWORD})
    officer.post("/login/?next=/", {"username": "anna", "password": PASSWORD})
    return officer


def read_and_decide(officer: Visitor, work_item: WorkItem) -> None:
    """The officer reads, opens the files, does everything that takes words, and closes; stays logged in."""
    address = f"/triage/policereferral/{work_item.pk}/"
    page = officer.get(f"{address}change/")
    for word in (WORDS["be"], CONTACT, ADDED, PHOTO[0], TEXT[0], LATER[0]):
        assert word in page
    clean_copies = set(re.findall(rf'href="({address}evidence/[^"]+)"', page))
    assert len(clean_copies) == 2
    for clean in clean_copies:
        assert officer.get(clean)
        assert officer.content.startswith(b"\xff\xd8")
    originals = {}
    for original in set(re.findall(rf'action="({address}evidence/[^"]+)"', page)):
        officer.get(f"{address}change/")
        officer.post(original, {"reason": OPENED})
        originals[officer.content] = original
    assert set(originals) == {PHOTO[2], TEXT[2]}
    for verb, answers in [
        ("confirm", {"reason": REASON}),
        ("reveal_links", {"reason": REVEALED}),
        ("reply", {"words": ANSWER}),
        ("note", {"words": NOTE}),
        ("close", {"reason": OTHER_REASON, "decision": "watch"}),
    ]:
        officer.get(f"{address}change/")
        page = officer.post(f"{address}do/{verb}/", answers)
        assert next(iter(answers.values())) in page
    assert OPENED in page


def seeds() -> list[bytes]:
    """Every private key there is, and the keys of the members."""
    anna = members.unlock(user=get_user_model().objects.get(username="anna"), passphrase=PASSWORD)
    assert anna is not None
    pairs = [anna, bundle.recovery().pair, *bundle.worker().intake, *bundle.mail().summary]
    public = bundle.public()
    return [
        *(pair.seed for pair in pairs),
        public.site_salt,
        public.form_secret,
        public.cookie_secret,
        bundle.worker().index_key,
    ]


def test_after_a_busy_day_no_word_of_it_can_be_stolen(
    redis_url: str,
    process_environment: Environment,
    manage: Callable[..., object],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    client = redis.Redis.from_url(redis_url.replace("redis+socket", "unix"))
    client.flushall()
    logs, scratch = tmp_path / "logs", tmp_path / "scratch"
    logs.mkdir()
    scratch.mkdir()
    mail = Path(settings.EMAIL_FILE_PATH)
    for left in mail.glob("*"):
        left.unlink()

    def env(role: str) -> dict[str, str]:
        return process_environment(role) | {"TMPDIR": str(scratch)}

    manage("collectstatic", "--noinput")
    make_officer("anna", [Queue.POLICE_REFERRAL], is_superuser=True)
    for queue in Queue.values:
        Subscription.objects.create(email=f"{queue}@ministry.example", kind=queue)

    with ExitStack() as day:
        public = day.enter_context(site("public", env("public"), logs / "public"))
        codes = [file_report(public, language) for language in ("nl", "ru")]
        linked = f"{WORDS['be']} {PHONE}"
        code = file_report(public, "be", [PHOTO, TEXT], account=linked, keep_originals="1")
        codes += [code, file_report(public, "be", None, account=linked, **FOR_OBI)]
        codes.append(file_report(public, "en", in_danger_now="yes"))
        mistakes_of_a_reporter(public)
        tasks.sweep()
        stolen = seizure.broker(client, "before the worker")
        assert any(place.endswith(" triage") for place in stolen)

        with (
            worker(env("worker"), logs / "worker", queues="triage"),
            worker(env("mail"), logs / "mail", queues="mail"),
        ):
            eventually(all_is_triaged, what="triage")
            add_words(visit_mailbox(public, code))
            eventually(all_is_triaged, what="triage of what was added")
            tasks.send_due_alerts.delay()
            eventually(lambda: list(mail.glob("*.eml")), what="a mail")
            stolen |= seizure.broker(client, "with the worker")

        staff = day.enter_context(site("staff", env("staff"), logs / "staff"))
        of_be = receipt_code.identity(code, bundle.public().site_salt, bundle.public().code_costs[0])
        report = Mailbox.objects.get(pk=of_be.lookup.hex()).report
        officer = log_in(staff)
        read_and_decide(officer, report.work_items.get(queue=Queue.POLICE_REFERRAL))
        assert ANSWER in visit_mailbox(public, code).page
        halves = [cookie.value or "" for cookie in officer.cookies if "keyring" in cookie.name]
        assert len(halves) == 1

        codes.append(file_report(public, "be"))  # nobody has triaged these two
        codes.append(file_report(public, "ru", in_danger_now="unsure"))
        assert Item.objects.filter(kind=ItemKind.REPORT).untriaged().count() == 2
        assert Session.objects.exists()
        stolen |= seizure.broker(client, "in the evening")
        stolen |= seizure.database()
        stolen |= seizure.folder(scratch)

    stolen |= seizure.folder(logs)
    stolen |= seizure.folder(Path(settings.DATA_DIR), but=("vault", "static", "redis.sock"))
    stolen |= seizure.folder(Path(settings.EVIDENCE_DIR)) | seizure.folder(mail)
    blobs = Item.objects.filter(kind__in=evidence_files.KINDS)
    assert len(blobs) == 4  # two originals, the clean copy of one, and of what was added only that
    assert {f"evidence/{blob.pk}" for blob in blobs} <= set(stolen)
    stolen["log of this process"] = caplog.text.encode()

    shown = [receipt_code.show(code) for code in codes]
    numbers = [int(code).to_bytes(13, "big") for code in codes]
    secret: list[str | bytes] = [*MARKED, *PARTS, *TICKED, *codes, *shown, *numbers]
    assert found([*secret, PASSWORD, WRONG_PASSWORD, *seeds(), *halves], stolen) == []


def test_a_word_that_did_leak_would_be_found_in_each_place(redis_url: str, tmp_path: Path) -> None:
    """Without this the empty result above would prove nothing."""
    # A word for each place: the database's log keeps what was deleted from its tables.
    word, in_account, in_session, in_body = WORDS["be"], "Meerkoet wadend", WORDS["ru"], WORDS["nl"]
    client = redis.Redis.from_url(redis_url.replace("redis+socket", "unix"))
    client.flushall()
    planted = [word, in_account, in_session, in_body]
    assert found(planted, seizure.database() | seizure.broker(client, "now")) == []

    tasks.triage_item.delay(word)
    assert found([word], seizure.broker(client, "now"))
    client.flushall()
    client.hset("cache", "key", gzip.compress(word.encode()))
    assert found([word], seizure.broker(client, "now"))
    client.flushall()

    get_user_model().objects.create_user(username="planted", first_name=in_account)
    assert found([in_account], seizure.database())

    SessionStore().create()
    session = SessionStore(Session.objects.get().pk)
    session["words"] = in_session
    session.save()
    assert found([in_session], seizure.database())

    make_report(account=in_body)
    assert found([in_body], seizure.database()) == []
    Item.objects.update(body=zlib.compress(in_body.encode()))
    assert found([in_body], seizure.database())

    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "upload").write_bytes(word.encode("utf-16"))
    assert found([word], seizure.folder(tmp_path)) == [
        f"{tmp_path.name}/folder/upload: utf-16-le of {word!r}"
    ]
