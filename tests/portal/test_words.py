"""The words of the public room: promises as policy has them, nothing forbidden, four whole catalogues."""

from __future__ import annotations

import re

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from config.translations import faults
from reports.choices import IncidentType
from tests.portal.conftest import LANGUAGES, PAGES, Send

# Policy section 5, word for word.
PROMISES = (
    "Wij hebben uw melding ontvangen. Wij hebben begrip voor dit gevoel van onveiligheid. Een medewerker"
    " leest uw melding. Waar nodig geven wij hier op gepaste wijze opvolging aan.",
    "Dit formulier is geen aangifte. Wordt u bedreigd of is er iets gebeurd? Dan kunt u aangifte doen bij de"
    " politie. Voelt u zich bedreigd? Wij roepen u op om aangifte te doen.",
    "Denkt u dat een ander land erachter zit? Dan kijken wij of de aanpak tegen ongewenste buitenlandse"
    " inmenging past. Die geldt voor alle vormen.",
    "Wij kunnen niet beloven: bescherming, een onderzoek, een diplomatiek bezwaar, of dat wij u vertellen"
    " wat er precies is gedaan.",
    "Dit is geen noodnummer en geen speciaal meldpunt. Wij lezen meldingen op werkdagen.",
    "Wij gaan heel voorzichtig om met uw gegevens. Alleen bij levensgevaar of als de wet het eist, kunnen wij"
    " zonder uw toestemming de politie inlichten.",
    "Deze melding is geen onderdeel van een asielprocedure. Wij vragen er niet naar.",
)
# Policy section 7: English text and its Dutch, Belarusian and Russian.
SCREEN_TEXTS = {
    "Are you in danger now? Call 112.": (
        "Bent u nu in gevaar? Bel 112.",
        "Вы зараз у небяспецы? Тэлефануйце 112.",
        "Вы сейчас в опасности? Звоните 112.",
    ),
    "This is not a police report. Are you threatened? Report to the police: 0900-8844.": (
        "Dit is geen aangifte. Wordt u bedreigd? Doe aangifte bij de politie: 0900-8844.",
        "Гэта не заява ў паліцыю. Вам пагражаюць? Падайце заяву: 0900-8844.",
        "Это не заявление в полицию. Вам угрожают? Подайте заявление: 0900-8844.",
    ),
    "A person reads every report. Where necessary we follow up in an appropriate way.": (
        "Een medewerker leest elke melding. Waar nodig geven wij op gepaste wijze opvolging.",
        "Кожнае паведамленне чытае чалавек. Калі трэба, мы рэагуем належным чынам.",
        "Каждое сообщение читает человек. При необходимости мы реагируем надлежащим образом.",
    ),
    "We cannot promise protection or an investigation.": (
        "Wij kunnen geen bescherming of onderzoek beloven.",
        "Мы не можам абяцаць абарону ці расследаванне.",
        "Мы не можем обещать защиту или расследование.",
    ),
    "Do not name relatives in Belarus.": (
        "Noem geen namen van familie in Belarus.",
        "Не называйце імёны сваякоў у Беларусі.",
        "Не называйте имена родственников в Беларуси.",
    ),
    "You may report without proof.": (
        "Ook zonder bewijs mag u melden.",
        "Паведаміць можна і без доказаў.",
        "Сообщить можно и без доказательств.",
    ),
    "Keep this code; only with it can you read our reply.": (
        "Bewaar deze code. Alleen hiermee leest u ons antwoord.",
        "Захавайце гэты код: толькі з ім можна прачытаць наш адказ.",
        "Сохраните этот код: только с ним можно прочитать наш ответ.",
    ),
}
# Policy section 7, "Form labels of the 18 types", in the order of IncidentType.
LABELS = {
    "nl": (
        "Iemand bedreigt mij of mijn gezin",
        "Iemand heeft mij aangevallen",
        "Ik word gevolgd of bespied",
        "Ik ben gefilmd bij een demonstratie of bijeenkomst",
        "Mijn familie in Belarus wordt onder druk gezet",
        "Problemen met paspoort of ambassade",
        "Strafzaak of proces in Belarus zonder mij",
        'Op een "extremistische" lijst gezet',
        "Gehackt, nepberichten of spionage-app",
        "Mijn privégegevens zijn verspreid",
        "Leugens of beelden over mij verspreid",
        "Misschien een verklikker in onze groep",
        "Gevraagd om te spioneren of samen te werken",
        "Gezocht, Interpol of uitlevering",
        "Poging mij mee te nemen of terug te laten gaan",
        "Mijn spullen of ons gebouw beschadigd",
        "Ik voel mij onveilig",
        "Iets anders",
    ),
    "en": (
        "Someone threatens me or my family",
        "Someone attacked me",
        "I am followed or watched",
        "I was filmed at a rally or meeting",
        "My family in Belarus is under pressure",
        "Problems with passport or embassy",
        "Criminal case or trial in Belarus without me",
        'Put on an "extremist" list',
        "Hacked, fake messages or spy app",
        "My private data was published",
        "Lies or images about me spread",
        "Perhaps an informer in our group",
        "Asked to spy or cooperate",
        "Wanted, Interpol or extradition",
        "Attempt to take me or make me return",
        "My property or our building damaged",
        "I feel unsafe",
        "Something else",
    ),
    "be": (
        "Мне або маёй сям'і пагражаюць",
        "На мяне напалі",
        "За мной сочаць",
        "Мяне здымалі на акцыі ці сустрэчы",
        "На маіх родных у Беларусі ціснуць",
        "Праблемы з пашпартам ці амбасадай",
        "Справа ці завочны суд у Беларусі",
        "Унесены ў «экстрэмісцкі» спіс",
        "Узлом, фальшывыя паведамленні, сачэнне праз тэлефон",
        "Апублікавалі мае асабістыя дадзеныя",
        "Пра мяне распаўсюджваюць хлусню ці здымкі",
        "Магчыма, у нашай групе даносчык",
        "Прапаноўвалі супрацоўнічаць ці шпіёніць",
        "Вышук, Інтэрпол, экстрадыцыя",
        "Спроба вывезці мяне ці прымусіць вярнуцца",
        "Пашкодзілі маю маёмасць ці наш будынак",
        "Я не адчуваю сябе ў бяспецы",
        "Нешта іншае",
    ),
    "ru": (
        "Мне или моей семье угрожают",
        "На меня напали",
        "За мной следят",
        "Меня снимали на акции или встрече",
        "На моих родных в Беларуси давят",
        "Проблемы с паспортом или посольством",
        "Уголовное дело или заочный суд в Беларуси",
        "Внесён в «экстремистский» список",
        "Взлом, поддельные сообщения, слежка через телефон",
        "Опубликовали мои личные данные",
        "Обо мне распространяют ложь или снимки",
        "Возможно, в нашей группе доносчик",
        "Предлагали сотрудничать или шпионить",
        "Розыск, Интерпол, экстрадиция",
        "Попытка вывезти меня или заставить вернуться",
        "Повредили моё имущество или наше здание",
        "Я не чувствую себя в безопасности",
        "Другое",
    ),
}
# Nobody may be told these: policy sections 1 and 5.
FORBIDDEN = {
    "nl": r"hotline|meldlijn|\bgarand|volledig anoniem|wij beschermen|nooit gedeeld|delen nooit|\bIND\b",
    "en": r"hotline|guarantee|fully anonymous|we protect|never share|\bIND\b",
    "be": r"гарачая лінія|гарант|цалкам ананімн|мы абаронім|ніколі не перада",
    "ru": r"горячая линия|гарант|полностью анонимн|мы защитим|никогда не переда",
}


def catalogue(language: str) -> polib.POFile:
    path = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po"
    return polib.pofile(str(path))


def public_entries(language: str) -> list[polib.POEntry]:
    """The strings of the public room."""
    return [
        entry
        for entry in catalogue(language)
        if not entry.obsolete
        and any(place.startswith(("portal/", "reports/")) for place, _line in entry.occurrences)
    ]


def test_no_string_is_untranslated_or_fuzzy() -> None:
    assert faults() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_keeps_its_placeholders(language: str) -> None:
    def holders(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)[sd]|%%|\{\w+\}", text))

    for entry in catalogue(language):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                assert holders(text) == holders(entry.msgid) | holders(entry.msgid_plural), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_public_string_is_forgotten_in_english_or_grows_out_of_its_place(language: str) -> None:
    for entry in public_entries(language):
        for text in [*entry.msgstr_plural.values()] or [entry.msgstr]:
            if language in {"be", "ru"} and re.search("[a-z]{3}", entry.msgid):
                assert re.search("[а-яё]", text, re.IGNORECASE), entry.msgid
            assert len(text) <= max(40, 2.2 * len(entry.msgid)), entry.msgid


@pytest.mark.parametrize("language", ["be", "ru"])
def test_letters_of_the_other_alphabet_do_not_slip_in(language: str) -> None:
    foreign = {"be": "[ищъ]", "ru": "[іў]"}[language]
    for entry in public_entries(language):
        assert not re.search(foreign, entry.msgstr, re.IGNORECASE), entry.msgstr
        assert not re.search(r"[а-яёіў][a-z]|[a-z][а-яёіў]", entry.msgstr, re.IGNORECASE), entry.msgstr


def test_belarusian_is_in_the_official_orthography() -> None:
    """The soft sign between two soft consonants is the mark of the other one (taraškievica)."""
    for entry in public_entries("be"):
        assert not re.search("сьв|сьн|сьц|зьн|зьв|дзьв|ньн|льл|сьл|плян|ляг", entry.msgstr), entry.msgstr


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_promised_that_policy_does_not_promise(language: str) -> None:
    for entry in public_entries(language):
        assert not re.search(FORBIDDEN[language], entry.msgstr, re.IGNORECASE), entry.msgstr


def test_the_word_meldpunt_stands_only_where_we_say_that_we_are_none() -> None:
    texts = [entry.msgstr for entry in public_entries("nl") if "meldpunt" in entry.msgstr.lower()]

    assert texts == [PROMISES[4]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_says_that_belarus_did_it(language: str) -> None:
    who = {"nl": "Belarus", "en": "Belarus", "be": "Беларус", "ru": "Беларус"}[language]
    did = r"(heeft|hebben|has|have|did|зрабіл|сделал)\b"
    for entry in public_entries(language):
        assert not re.search(rf"{who}\w*\s+{did}", entry.msgstr), entry.msgstr


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.django_db
def test_the_page_of_promises_has_each_word_for_word(public: Client, promise: str) -> None:
    assert promise in public.get("/nl/privacy/").content.decode()


@pytest.mark.django_db
def test_the_receipt_repeats_the_first_two(send: Send) -> None:
    page = send().content.decode()

    assert PROMISES[0] in page
    assert PROMISES[1] in page


@pytest.mark.parametrize("english", SCREEN_TEXTS)
def test_the_screen_texts_are_those_of_policy(english: str) -> None:
    for language, text in zip(("nl", "be", "ru"), SCREEN_TEXTS[english], strict=True):
        with translation.override(language):
            assert translation.gettext(english) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_18_types_have_the_labels_of_policy(language: str) -> None:
    with translation.override(language):
        assert [str(label) for label in IncidentType.labels] == list(LABELS[language])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.django_db
def test_readers_are_addressed_formally_throughout(public: Client, language: str) -> None:
    informal = {
        "nl": r"\b(jij|jou|jouw|je)\b",
        "en": "$^",
        "be": r"\b(ты|твой|табе|цябе)\b",
        "ru": r"\b(ты|твой|тебе|тебя)\b",
    }
    for path in PAGES:
        text = public.get(f"/{language}/{path}").content.decode()

        assert not re.search(informal[language], text, re.IGNORECASE), path
