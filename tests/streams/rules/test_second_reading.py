"""What the rules leave open is read again by what was learned, and only that."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from streams.rules.analysis import analyse_story
from streams.rules.vectors import HeadlineVectors
from tests.streams.rules.escalation_stories import rows
from wirewatch.messages import Escalation, Story

AT = datetime(2025, 6, 2, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def vectors() -> HeadlineVectors:
    return HeadlineVectors()


def found(
    title: str, vectors: HeadlineVectors | None, summary: str = "", lang: str = "en"
) -> Escalation | None:
    story = Story(title, "1", "f", "Agency", title, AT, summary=summary, lang=lang, published=AT)
    return next(iter(analyse_story(story, vectors).escalations), None)


def test_what_no_lexicon_has_a_word_for_is_read_by_its_meaning(vectors: HeadlineVectors) -> None:
    title = "Militants stroll into Mosul as army melts away"
    assert found(title, None) is None
    told = found(title, vectors)
    assert told is not None
    assert told.polarity == "escalation"
    assert "learned" in told.parts[0]


def test_the_words_that_decided_stand_where_they_are_said_to_stand(vectors: HeadlineVectors) -> None:
    title = "Militants stroll into Mosul as army melts away"
    told = found(title, vectors)
    assert told is not None
    assert told.cues
    assert all(title[cue.start : cue.end] == cue.text for cue in told.cues)


@pytest.mark.parametrize(
    "title",
    [
        # Denied; another domain's; no party named; an aside, and the news after its comma.
        "Kremlin denies plan to attack as army melts away",
        "Striker in heart of Mosul cup side's attack, defence melts away",
        "Chocolate in heart of cake melts away",
        "Chased from home, militants' victim in Mosul sees army melt away",
    ],
)
def test_what_speaks_against_a_turn_is_not_read_again(title: str, vectors: HeadlineVectors) -> None:
    assert found(title, vectors) is None


@pytest.mark.parametrize(
    "title",
    [
        "Hail bombards Madrid",
        "Chinese carmakers invade Brazil",
        "Nuclear plant in Belgium shuts reactor after leak",
        "Rio police end siege of bus, hostages safe",
    ],
)
def test_words_of_war_about_nobody_at_war_are_no_turn_where_their_meaning_is_none(
    title: str, vectors: HeadlineVectors
) -> None:
    assert found(title, None) is not None
    assert found(title, vectors) is None


def test_a_blow_between_parties_at_war_is_one_however_it_is_told(vectors: HeadlineVectors) -> None:
    told = found("Trump: Iran 'standing down' after missiles land at Iraq bases", vectors)
    assert told is not None


def test_what_the_rules_find_is_theirs(vectors: HeadlineVectors) -> None:
    title = "Russia attacks Kyiv with missiles overnight"
    assert found(title, vectors) == found(title, None)


def test_a_language_that_nothing_was_learned_of_is_not_read_again(vectors: HeadlineVectors) -> None:
    assert found("Bewaffnete wüten in einem Hotel in Kabul", vectors, lang="xx") is None


def test_a_story_without_a_headline_is_read_like_any_other(vectors: HeadlineVectors) -> None:
    assert found("", vectors, "Iran and Israel are at it again, the UN says") is None


@pytest.mark.parametrize(
    ("name", "least"),
    [
        # As they are read now. What each was before anybody looked at it: docs/escalation.md.
        ("turns-unseen", 0.85),
        ("turns-first", 0.95),
        ("turns-third", 0.85),
        ("turns-wide", 0.92),
        ("turns-plain", 0.92),
    ],
)
def test_stories_of_many_years_are_told_apart(name: str, least: float, vectors: HeadlineVectors) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    far = 0
    for row in rows(name):
        told = found(row["title"], vectors, row["summary"])
        label = "none" if told is None else told.polarity
        counts[row["label"], label] += 1
        far += told is not None and label == row["label"] and abs(told.severity - row["severity"]) > 1
    scores = [
        2 * counts[label, label] / (sum(n for pair, n in counts.items() for side in pair if side == label))
        for label in ("escalation", "de-escalation", "none")
    ]
    assert sum(scores) / 3 >= least, scores
    assert far <= 0.05 * sum(counts.values())


def test_an_idiom_is_heard_where_a_turn_is_likely_by_what_was_learned(vectors: HeadlineVectors) -> None:
    title, summary = (
        "Four Gulf states cut Qatar off by land, sea and air",
        "Shoppers emptied shelves in Doha.",
    )
    assert found(title, None, summary) is None
    told = found(title, vectors, summary)
    assert told is not None
    assert (told.polarity, told.severity) == ("escalation", 2)
    # The same idiom where nothing turns.
    assert found("Storm and floods cut Qatar off from its ferries", vectors) is None


def test_a_turn_by_plain_words_gives_way_to_what_was_learned_where_that_is_sure(
    vectors: HeadlineVectors,
) -> None:
    title = "PKK ends its armed fight after 47 years"
    plain, told = found(title, None), found(title, vectors)
    assert plain is not None
    assert told is not None
    assert (plain.polarity, told.polarity) == ("escalation", "de-escalation")


def test_neighbouring_words_are_read_together(vectors: HeadlineVectors) -> None:
    title = "Armenians and Azeris stop shooting at noon"
    told = found(title, vectors)
    assert found(title, None) is None
    assert told is not None
    assert told.polarity == "de-escalation"


def test_between_friends_nothing_turns_by_what_was_learned_alone(vectors: HeadlineVectors) -> None:
    assert found("Macron goes home early from summit in Canada", vectors) is None
    assert found("Japan's premier gives up after defeat", vectors) is None
