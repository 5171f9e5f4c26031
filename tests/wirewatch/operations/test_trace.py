"""A story's way is told from what stands on the topics about it, and about no other."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from wirewatch.cli.trace import Way
from wirewatch.messages import AnalysedStory
from wirewatch.operations.canary import canary_story, handed_on

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


def walked(wanted: str, *stories: Any) -> list[str]:
    way = Way(wanted)
    return [said for message in stories if (said := way.follow(message)) is not None]


def all_of(moment: datetime) -> list[Any]:
    story = replace(canary_story(moment), url=f"https://example.org/{moment:%S}")
    message: Any = AnalysedStory(story)
    found = [story, message]
    while (onward := handed_on(message)) is not None:
        message = onward[2]
        found.append(message)
    return found


def test_a_way_is_followed_by_id_or_url_to_the_alert() -> None:
    messages = all_of(NOW)
    told = walked(messages[0].id, *messages)
    assert len(told) == 5
    assert told[-1].startswith("alert ")
    assert walked("https://example.org/00", *messages) == told


def test_another_story_is_passed_over() -> None:
    first, second = all_of(NOW), all_of(NOW + timedelta(seconds=1))
    assert len(walked(first[0].id, *first, *second)) == 5
    assert walked("no such story", *first) == []


def test_the_steps_stand_in_the_order_of_time_whatever_topic_was_read_first() -> None:
    way = Way("x")
    way.steps = [(NOW + timedelta(seconds=3), "alerts", "later"), (NOW, "stories", "first")]
    told = way.told()["steps"]
    assert [(step["topic"], step["seconds"]) for step in told] == [("stories", 0.0), ("alerts", 3.0)]
