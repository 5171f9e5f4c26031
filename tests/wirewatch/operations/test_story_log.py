"""A story leaves a line in the log of every stage, under the same id, and no words of a feed break it."""

import logging
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from wirewatch.messages import Alert, AnalysedStory, Story
from wirewatch.operations.canary import canary_story, handed_on
from wirewatch.operations.story_log import log_story

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


def way(story: Story) -> list[object]:
    message: object = AnalysedStory(story)
    found: list[object] = [story, message]
    while (onward := handed_on(message)) is not None:  # type: ignore[arg-type] # a struct, whatever its type
        message = onward[2]
        found.append(message)
    return found


def test_every_stage_says_a_line_under_the_story_s_id(caplog: pytest.LogCaptureFixture) -> None:
    story = canary_story(NOON)
    with caplog.at_level(logging.DEBUG):
        for message in way(story):
            log_story(logging.getLogger("a stage"), message)  # type: ignore[arg-type]
    assert len(caplog.records) == 5
    assert {getattr(record, "story", None) for record in caplog.records} == {story.id}


def test_usually_alerts_alone_are_logged_and_none_that_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    messages = way(canary_story(NOON))
    alert = messages[-1]
    assert isinstance(alert, Alert)
    with caplog.at_level(logging.INFO):
        for message in messages:
            log_story(logging.getLogger("a stage"), message)  # type: ignore[arg-type]
        assert caplog.records == []
        log_story(logging.getLogger("a stage"), replace(alert, endpoint="desk-hook"))
    assert len(caplog.records) == 1


def test_what_a_feed_wrote_stays_on_one_line_and_is_no_longer_than_that(
    caplog: pytest.LogCaptureFixture,
) -> None:
    story = replace(canary_story(NOON), title="One\r\n\x1b[2JINFO two\u2028" + 100_000 * "x")
    with caplog.at_level(logging.DEBUG):
        log_story(logging.getLogger("a stage"), story)
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.isprintable()
    assert len(said) < 300
