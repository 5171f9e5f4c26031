"""The newsroom's own words win over the lexicons', and change without a restart."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.own_words import LOOK, OwnWords
from streams.rules.analysis import analyse_story
from streams.rules.user_words import compile_words
from tests.clock import ManualClock
from wirewatch.lexicon_file import UserPolarity, UserWord
from wirewatch.messages import AnalysedStory, Story

AT = datetime(2025, 6, 1, tzinfo=UTC)


def analysed(title: str, *words: UserWord, summary: str = "") -> AnalysedStory:
    story = Story("s", "1", "f", "Agency", title, AT, summary=summary, lang="en", published=AT)
    return analyse_story(story, None, compile_words(words))


def word(
    phrase: str, polarity: UserPolarity = "escalation", severity: int = 2, unless: tuple[str, ...] = ()
) -> UserWord:
    return UserWord((phrase,), polarity, severity, unless)


def turn(found: AnalysedStory) -> tuple[str, int] | None:
    return next(((one.polarity, one.severity) for one in found.escalations), None)


def test_words_of_ones_own_escalate_where_the_rules_are_silent() -> None:
    title = "Grain corridor closed until further notice"
    assert turn(analysed(title)) is None
    found = analysed(title, word("grain corridor closed"))
    assert turn(found) == ("escalation", 2)
    assert [cue.text for cue in found.escalations[0].cues] == ["Grain corridor closed"]


def test_a_weight_of_ones_own_replaces_the_rules() -> None:
    title = "Russian missile strike hits Kyiv market"
    known = turn(analysed(title))
    assert known is not None
    assert turn(analysed(title, word("missile strike", severity=1))) == ("escalation", 1)


def test_words_that_count_for_nothing_are_not_read() -> None:
    title = "Russia bombs Kyiv"
    assert turn(analysed(title)) is not None
    assert turn(analysed(title, word("bombs kyiv", "none"))) is None


def test_another_act_in_the_same_sentence_still_counts_and_is_quoted_whole() -> None:
    title = "Border skirmish reported as Russia bombs Kyiv"
    found = analysed(title, word("border skirmish", "none"))
    assert turn(found) is not None
    assert found.escalations[0].sentence.text == title


def test_an_exclusion_of_ones_own_holds_the_word_back() -> None:
    film = word("grain corridor closed", unless=("film",))
    assert turn(analysed("Grain corridor closed in new film", film)) is None


def test_a_star_stands_for_the_rest_of_a_word() -> None:
    assert turn(analysed("Skies full of droneswarms", word("droneswarm*"))) == ("escalation", 2)


def test_another_language_has_no_words_of_this_one() -> None:
    story = Story("s", "1", "f", "Agency", "Grain corridor closed", AT, lang="fr", published=AT)
    assert analyse_story(story, None, compile_words([word("grain corridor closed")])).escalations == ()


@pytest.mark.parametrize("title", ["grain " * 20_000, "grain corridor " * 9_000, "g" * 99_000])
def test_a_huge_text_ends(title: str) -> None:
    assert analysed(title, word("grain corridor closed"), word("gra*", "none")).story.title == title


def test_a_changed_file_holds_without_a_restart_and_a_bad_one_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, clock = tmp_path / "lexicon.toml", ManualClock()
    words = OwnWords(file, clock)
    assert words.current() == ()
    file.write_text('[[word]]\nwords = ["grain corridor"]\npolarity = "escalation"\n')
    assert words.current() == ()
    clock.advance(LOOK)
    (held,) = words.current()
    assert list(held.entries) == ["grain corridor"]
    file.write_text('[[word]]\nwords = ["*"]\npolarity = "escalation"\n')
    clock.advance(LOOK)
    assert words.current() == (held,)
    assert "line 2: word.words: '*' would match everything" in caplog.text
    file.unlink()
    clock.advance(LOOK)
    assert words.current() == ()
