"""The sentences of the notes: many, whole, and each answer beside what it answers."""

from crm.samples import phrases
from crm.samples.phrases import Topic

TOPICS = [
    topic
    for group in vars(phrases).values()
    if isinstance(group, tuple)
    for topic in group
    if isinstance(topic, Topic)
]


def test_there_are_enough_sentences_to_read_like_five_years() -> None:
    sentences = {text for topic in TOPICS for text in (*topic.heard, *topic.told, *topic.replies)}
    assert len(sentences) >= 100


def test_every_sentence_is_whole_once_its_place_is_named() -> None:
    for topic in TOPICS:
        for text in (*topic.heard, *topic.told):
            said = text.format(town="潮見町", spot="公園の入口")
            assert said.endswith("。")
            assert "{" not in said


def test_answers_stand_beside_what_they_answer() -> None:
    for topic in TOPICS:
        assert len(topic.replies) in {0, len(topic.heard)}
