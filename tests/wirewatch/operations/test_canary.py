"""The canary passes every stage, and is news in none."""

from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from wirewatch.codec import decode, encode
from wirewatch.messages import Alert, AnalysedStory, Delivery, Story
from wirewatch.operations.canary import CANARY, canary_story, handed_on, is_canary
from wirewatch.topics import BY_NAME

NOW = datetime(2025, 6, 1, tzinfo=UTC)
NEWS = Story(id="s", version="1", feed="f", source="Agency", title="News", fetched=NOW)


def test_the_canary_passes_from_topic_to_topic_to_its_own_endpoint() -> None:
    message: Any = AnalysedStory(canary_story(NOW))
    topics = []
    while (found := handed_on(message)) is not None:
        topic, _key, onward = found
        topics.append(topic)
        message = decode(BY_NAME[topic], encode(onward))
        assert is_canary(message)
    assert topics == ["stories.clustered", "detections", "alerts"]
    assert isinstance(message, Alert)
    assert (message.endpoint, message.at) == (CANARY, NOW)


def test_a_delivery_to_its_sink_is_the_canary_s_and_no_other() -> None:
    delivery = Delivery("a", 1, CANARY, "w", 1, "delivered", "accepted", NOW)
    assert is_canary(delivery)
    assert not is_canary(replace(delivery, endpoint="desk"))


def test_news_is_left_to_the_rules() -> None:
    assert handed_on(AnalysedStory(NEWS)) is None
    assert not is_canary(NEWS)
