"""How words are read: scripts, spellings, negation, frames, and the original words as quotation."""

from __future__ import annotations

import pytest

from triage.policy.loader import the_policy


def found(account: str) -> dict[str, str]:
    return {signal.name: signal.quote for signal in the_policy().signals.find(account)}


@pytest.mark.parametrize(
    "account",
    [
        "Мне пагражаюць.",
        "МНЕ ПАГРАЖАЮЦЬ!",
        "Mnie pahražajuć, heta nie žart.",
        "Mne ugrozhayut, ya ne znayu chto delat.",
        "Мнe yгpoжaют.",  # Latin letters hidden in a Cyrillic word
        "Мне угро\u00adжа\u200bют.",
        "Ik word bedreigd.",
        "I was threatened.",
    ],
)
def test_a_threat_is_seen_in_every_script_and_spelling(account: str) -> None:
    assert "threat" in found(account)


@pytest.mark.parametrize(
    "account",
    [
        "Niemand bedreigt mij.",
        "Wij zijn niet bedreigd.",
        "Bedreigd zijn wij niet.",
        "There was no threat.",
        "Nobody has ever threatened or followed me.",
        "Никто мне не угрожал.",
        "Угроз не было.",
        "Пагроз няма, усё ціха.",
        "Мне ніхто не пагражаў, за мной ніхто не сочыць.",
    ],
)
def test_a_denied_danger_is_no_signal(account: str) -> None:
    assert not {"threat", "followed", "veiled_threat"} & found(account).keys()


@pytest.mark.parametrize(
    ("account", "signal"),
    [
        ("I do not know who is following me.", "followed"),
        ("Ik weet niet wie mij achtervolgt.", "followed"),
        ("Не знаю, кто за мной следит.", "followed"),
        ("Сказали, что я не доеду до работы.", "threat"),
        ("Казалі, што я не даеду да працы.", "threat"),
    ],
)
def test_a_negation_of_something_else_denies_nothing(account: str, signal: str) -> None:
    assert signal in found(account)


@pytest.mark.parametrize(
    "account",
    [
        "In the play the hero says: we know where you live. Nobody has ever bothered us, all is well.",
        "Ik las in de krant over een ontvoering. Met mij is niets aan de hand.",
        "Мне казалось, что за мной следят. Оказалось, это сосед. Дело закрыли.",
        "Глядзела серыял, дзе героя атруцілі. У нас усё добра, ніхто нас не чапае.",
        "The deadline is killing me.",
        "Ik schrok me dood van de rekening.",
        "Этот дождь меня убьёт.",
    ],
)
def test_a_film_the_news_a_solved_scare_or_a_saying_is_no_danger(account: str) -> None:
    classes = the_policy().signals.classes
    assert not [name for name in found(account) if classes[name] == "danger"]


@pytest.mark.parametrize(
    "account",
    [
        "De volgens de planning gevolgen van de opvolging zijn bekend.",
        "Завтра следующий автобус, уберу комнату, куплю ножницы, есть ментальный подножка.",
        "Мая справа ў судзе з падаткамі, дом справа.",
        "There is a film festival and an estate agent; the shop has an акция.",
        "Возьму брать хлеб и звонить бабушке.",
    ],
)
def test_words_that_only_look_like_danger_are_none(account: str) -> None:
    # state_sign adds nothing alone: it only counts beside a danger.
    classes = the_policy().signals.classes
    assert not [name for name in found(account) if classes[name] != "topic" and name != "state_sign"]


def test_a_quotation_is_what_was_really_written() -> None:
    account = "Учора.  Нехта ЛОМІЦЦА ў дзверы!!"

    assert found(account)["danger_now"] in account


def test_a_real_danger_after_a_film_is_still_seen() -> None:
    account = (
        "Yesterday I saw a film about spies. It was nice. We walked home and talked. "
        "At the corner a man told me that he will kill me on Friday."
    )

    assert "threat_concrete" in found(account)
