"""A filled-in form becomes one report, and its sender gets one code."""

from __future__ import annotations

import pytest
from django.test import Client

from portal import receipts
from reports.models import Item, Report
from tests.portal.conftest import ANSWERS, LANGUAGES, Send, code_in, key_in

pytestmark = pytest.mark.django_db


def test_three_answers_are_enough(send: Send) -> None:
    page = send()

    assert page.status_code == 200
    assert len(code_in(page).split()) == 6
    assert Report.objects.count() == 1


def test_in_danger_no_words_are_needed(send: Send) -> None:
    page = send(in_danger_now="yes", account="")

    assert code_in(page)
    assert 'class="box urgent"' in page.content.decode()


def test_every_question_may_be_answered(send: Send) -> None:
    from portal.forms import ReportForm

    everything = {}
    for name, field in ReportForm.base_fields.items():
        values = [value for value, _label in getattr(field, "choices", []) if value]
        if values:
            everything[name] = values if "Multiple" in type(field).__name__ else values[0]
    page = send(
        **everything | {"contact_way": "email", "contact_address": "a@b.example", "contact_safe_time": "10"}
    )

    assert code_in(page)
    assert set(Item.objects.values_list("kind", flat=True)) == {"report", "contact"}


def test_sent_twice_it_is_one_report_with_one_code(send: Send) -> None:
    first, second = send(), send()

    assert code_in(first) == code_in(second)
    assert Report.objects.count() == 1
    assert "Deze melding was er al" not in first.content.decode()
    assert "Deze melding was er al" in second.content.decode()


def test_changed_text_of_a_form_sent_again_is_not_stored_and_the_page_says_so(send: Send) -> None:
    send()
    page = send(account="Iets heel anders.").content.decode()

    assert "Dan is de veranderde tekst niet bewaard" in page
    assert "open daarmee uw brievenbus" in page
    assert Item.objects.count() == 1


def test_two_forms_get_two_codes(public: Client) -> None:
    codes = set()
    for _turn in range(2):
        key = key_in(public.get("/nl/report/"))
        codes.add(code_in(public.post("/nl/report/", {**ANSWERS, "form_key": key})))

    assert len(codes) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_works_in_every_language(language: str, send: Send) -> None:
    page = send(language)

    assert code_in(page)
    assert f'<html lang="{language}"' in page.content.decode()


def test_the_receipt_can_be_read_in_another_language(public: Client, send: Send) -> None:
    page = send(incident_types=["recruitment"])
    token = page.context["token"]

    again = public.post("/be/receipt/", {"receipt": token})

    assert code_in(again) == code_in(page)
    assert "Вас ні ў чым не падазраюць." in again.content.decode()
    assert Report.objects.count() == 1


@pytest.mark.parametrize("token", ["", "made up", "eyJhIjoxfQ:1x:abc"])
def test_a_made_up_receipt_shows_nothing(public: Client, token: str) -> None:
    assert public.post("/be/receipt/", {"receipt": token})["Location"] == "/be/"
    assert public.get("/be/receipt/")["Location"] == "/be/"


def test_a_receipt_does_not_tell_its_code_in_a_log() -> None:
    shown = receipts.Shown("1" * 30, False, False, False, False, False, ())

    assert "1" * 30 not in repr(shown)


@pytest.mark.parametrize(
    ("answers", "advice"),
    [
        ({"incident_types": ["threat"]}, "Bewaar berichten"),
        ({"incident_types": ["abduction_forced_return"]}, "Ga niet alleen naar een afspraak"),
        ({"incident_types": ["stalking_surveillance"]}, "Volg niemand terug"),
        ({"incident_types": ["coercion_relatives"]}, "hun telefoon kan bekeken worden"),
        ({"incident_types": ["consular_coercion"]}, "vreemdelingenpaspoort"),
        ({"incident_types": ["in_absentia"]}, "Reis niet buiten de EU"),
        ({"incident_types": ["digital_attack"]}, "Klik niet"),
        ({"incident_types": ["doxxing"]}, "285d"),
        ({"incident_types": ["infiltration"]}, "U bent niet de verdachte"),
        ({"incident_types": ["smear"]}, "Reageer niet in het openbaar"),
        ({"incident_types": ["property_damage"]}, "Maak foto"),
        ({"incident_types": ["general_unsafety"]}, "Uw gevoel is een geldig signaal"),
        ({"demonstration": "during"}, "Spreek ter plaatse een agent aan"),
        ({}, "Uw gevoel is een geldig signaal"),
    ],
)
def test_the_receipt_shows_the_advice_that_fits(send: Send, answers: dict[str, object], advice: str) -> None:
    assert advice in send(**answers).content.decode()


def test_every_kind_of_incident_has_advice() -> None:
    from portal.advice import ALL
    from reports.choices import IncidentType

    assert set().union(*(advice.kinds for advice in ALL)) == set(IncidentType.values)


def test_every_receipt_names_112_and_113_and_when_people_read(send: Send) -> None:
    page = send().content.decode()

    assert 'href="tel:112"' in page
    assert 'href="tel:113"' in page
    assert "maandag tot en met vrijdag van 09:00 tot 17:00 uur" in page
