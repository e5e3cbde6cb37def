"""Any answers end somewhere, and saying more never makes less of a report."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from reports.choices import Queue, Urgency
from reports.facts import MULTIPLE, SINGLE, Facts
from triage.policy.assessment import Assessment
from triage.policy.engine import assess

ANSWERS = some.fixed_dictionaries(
    {},
    optional={
        **{question: some.sampled_from(choices.values) for question, choices in SINGLE.items()},
        **{
            question: some.lists(some.sampled_from(choices.values), unique=True, max_size=4)
            for question, choices in MULTIPLE.items()
        },
    },
)
# Sentences that carry one signal each; none of them is a frame such as "in the film".
SENTENCES = some.lists(
    some.sampled_from(
        [
            "Я больше не хочу жить.",
            "They know where my daughter goes to school.",
            "Hij zei dat hij mijn benen breekt.",
            "К маме пришли из КГБ и спрашивали про меня.",
            "Меня судили заочно.",
            "Somebody smashed the windows of our hall.",
            "Мой тэлеграм узламалі.",
            "The consulate refused to renew my passport.",
            "Het regent vandaag.",
        ]
    ),
    max_size=3,
)


def not_less(before: Assessment, after: Assessment) -> bool:
    queues = set(before.queues) - {Queue.FOLLOW_UP}
    return queues <= set(after.queues) and Urgency(before.urgency).rank <= Urgency(after.urgency).rank


@settings(max_examples=300, deadline=None)
@given(answers=ANSWERS, sentences=SENTENCES)
def test_any_report_ends_in_at_least_one_queue_and_follow_up_stands_alone(
    answers: dict[str, Any], sentences: list[str]
) -> None:
    result = assess(Facts.from_answers(answers), " ".join(sentences))

    assert result.queues
    assert list(result.queues) == [queue for queue in Queue.values if queue in result.queues]
    assert Queue.FOLLOW_UP not in result.queues or len(result.queues) == 1
    assert Urgency(result.urgency)
    assert not result.needs_person


@settings(max_examples=300, deadline=None)
@given(answers=ANSWERS, more=ANSWERS, sentences=SENTENCES, added=SENTENCES)
def test_adding_an_answer_or_a_signal_never_lowers_anything(
    answers: dict[str, Any], more: dict[str, Any], sentences: list[str], added: list[str]
) -> None:
    grown = dict(answers)
    for question, value in more.items():
        if question in MULTIPLE:
            grown[question] = list(dict.fromkeys([*answers.get(question, []), *value]))
        else:
            grown.setdefault(question, value)

    before = assess(Facts.from_answers(answers), " ".join(sentences))
    after = assess(Facts.from_answers(grown), " ".join([*sentences, *added]))

    assert not_less(before, after)


@settings(max_examples=100, deadline=None)
@given(account=some.text(max_size=600))
def test_any_text_can_be_read(account: str) -> None:
    assert assess(Facts(), account).failed_rules == ()
