"""Phrases as people write them, in four languages: what must alarm, what must not."""

from __future__ import annotations

import pytest

from reports.facts import Facts
from triage.policy.engine import assess

THREATS = [
    "Ze schreven dat ze weten waar mijn dochter naar school gaat.",
    "Hij zei: jij komt in een kist terug naar Minsk.",
    "Er staat nu een man voor mijn deur, hij gaat niet weg.",
    "Ik krijg elke nacht telefoontjes, iemand ademt en zegt mijn adres.",
    "They wrote: next time it won't be your car.",
    "A stranger told me 'accidents happen in The Hague too'.",
    "Someone is trying to get in right now, please help.",
    "Мне напісалі, што ведаюць, дзе я жыву, і хутка прыедуць.",
    "Казалі, што я не даеду да працы.",
    "Нехта ломіцца ў дзверы, дапамажыце!",
    "Пагражаюць адабраць дзяцей, калі я не змоўкну.",
    "Mnie pahražajuć, pišuć, što znojduć.",
    "Пишут: мы знаем, в какой садик ходит твой сын.",
    "Сказали, что закопают и никто не найдёт.",
    "Прямо сейчас ломятся в квартиру, я одна.",
    "Прислали фото моего подъезда и подписали «скоро».",
    "oni skazali chto menya naidut i ubyut",
]
FOLLOWED = [
    "Na de demonstratie op het Plein liep dezelfde man tot aan de tram achter mij aan.",
    "Een auto met donkere ramen staat al drie avonden in onze straat.",
    "Op de Dam filmde iemand onze gezichten van dichtbij.",
    "I keep seeing the same grey jacket on my way home from rehearsals.",
    "I found a tracker under my bicycle seat.",
    "A man at the rally photographed only those without masks.",
    "Пасля акцыі ў Гаазе за мной ішлі двое да самага вакзала.",
    "Каля дома ўжо тыдзень стаіць чужая машына, мне здаецца, што за мной сочаць.",
    "Незнаёмы чалавек фатаграфаваў усіх, хто быў са сцягам.",
    "Па дарозе дадому нехта йшоў сьледам, потым зьнік за рогам.",
    "Один и тот же мужчина второй раз едет со мной в электричке до Утрехта.",
    "За мной следят, машина с польскими номерами стоит у дома.",
    "На митинге нас снимал человек, которого никто не знает.",
]
PRESSED = [
    "Mijn moeder moest mij bellen vanuit het KGB-gebouw.",
    "De consul vroeg wie de avonden organiseert, anders geen papieren.",
    "Ze boden mij een paspoort als ik foto's van de groep stuur.",
    "My brother lost his job the day after my speech.",
    "An old classmate suddenly asks who comes to our meetings.",
    "They want me to 'just describe' people in the choir; in return my mum is left alone.",
    "I got a court letter from Minsk, I was never asked anything.",
    "Да бацькоў прыходзілі з КДБ, пыталіся, чым я тут займаюся.",
    "Маму выклікалі на допыт праз маё інтэрв'ю.",
    "Прапанавалі супрацоўнічаць, абяцалі пашпарт і спакойнае вяртанне.",
    "У консульстве адмовілі і сказалі: едзьце ў Менск.",
    "Наш чат прызналі экстрэмісцкім, цяпер усе баяцца.",
    "К родителям пришли с обыском, спрашивали про меня.",
    "Сотрудник КГБ звонил через маму, требовал, чтобы я вернулась через комиссию.",
    "Предложили сдать людей из диаспоры, иначе посадят брата.",
    "В посольстве сказали: сначала расскажите, кто организует встречи.",
    "Узнала, что меня осудили заочно, квартиру опечатали.",
    "Взломали телеграм и пишут от моего имени.",
]
WEAK = [
    "Sinds dat vliegtuig slaap ik slecht, verder is er niets gebeurd.",
    "Ik durf niet meer met de vlag te lopen.",
    "I cut contact with my parents to keep them safe.",
    "I removed my surname from the doorbell.",
    "Нічога канкрэтнага, але я больш не адчуваю сябе ў бяспецы.",
    "Я перастала хадзіць на акцыі, бо баюся за сястру.",
    "Вроде ничего не было, но после новостей страшно выходить.",
    "Попросила родителей не звонить мне.",
]
NO_ALARM = [
    "Niemand bedreigt mij, ik wil alleen weten waar ik terecht kan.",
    "Ik schrok me dood van de rekening.",
    "No threats so far, I am only worried about my passport.",
    "The deadline is killing me.",
    "Мне ніхто не пагражаў, проста хачу параіцца.",
    "Никто мне не угрожал, просто хочу узнать про паспорт.",
    "Этот дождь меня убьёт.",
]


def queues_and_urgency(account: str) -> tuple[tuple[str, ...], str]:
    result = assess(Facts(), account)
    return result.queues, result.urgency


@pytest.mark.parametrize("account", THREATS)
def test_a_threat_goes_to_the_police_desk_the_same_day(account: str) -> None:
    queues, urgency = queues_and_urgency(account)

    assert "police_referral" in queues
    assert urgency in ("high", "immediate")


@pytest.mark.parametrize("account", FOLLOWED)
def test_being_followed_or_filmed_is_not_left_in_follow_up(account: str) -> None:
    assert queues_and_urgency(account)[0] != ("follow_up",)


@pytest.mark.parametrize("account", PRESSED)
def test_pressure_and_recruitment_are_not_left_in_follow_up(account: str) -> None:
    assert queues_and_urgency(account)[0] != ("follow_up",)


@pytest.mark.parametrize("account", WEAK + NO_ALARM)
def test_a_weak_signal_or_a_figure_of_speech_does_not_alarm(account: str) -> None:
    assert queues_and_urgency(account) == (("follow_up",), "low")
