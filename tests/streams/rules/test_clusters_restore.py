"""The state of clusters is what its stored entries say, no more."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.rules.clusters import Clusters
from streams.rules.reading import read
from streams.rules.signature import HeadlineVectors, sign
from streams.rules.step import Change
from wirewatch.codec import encode
from wirewatch.ids import identify
from wirewatch.messages import AnalysedStory, Figure, Story

WORDS = [
    "ferry",
    "quake",
    "Tarrow",
    "Lunden",
    "drones",
    "strike",
    "minister",
    "14",
    "472",
    "dead",
    "fire",
    "bridge",
]
VECTORS = HeadlineVectors()
START = datetime(2025, 6, 1, tzinfo=UTC)


def analysed(number: int, version: int, title: list[str], hours: int, outlet: int) -> AnalysedStory:
    at = START + timedelta(hours=hours)
    story = Story(
        id=f"story-{number}",
        version=str(version),
        feed="feed",
        source=f"outlet-{outlet}",
        title=" ".join(title),
        published=at,
        fetched=at,
    )
    figures = tuple(Figure("title", 0, 3, word, float(word), "drones") for word in title if word.isdigit())
    return AnalysedStory(story=story, figures=figures, signature=sign(read(story), figures, VECTORS))


messages = st.builds(
    analysed,
    st.integers(0, 12),
    st.integers(0, 1),
    st.lists(st.sampled_from(WORDS), min_size=0, max_size=6),
    st.integers(0, 72),
    st.integers(0, 4),
)


def seen(change: Change) -> tuple[object, ...]:
    return tuple((out.topic, out.key, encode(out.message)) for out in change.outputs), dict(change.puts)


@settings(max_examples=60, deadline=None)
@given(st.lists(messages, max_size=30), st.integers(0, 30))
def test_a_restart_at_any_point_changes_nothing_of_what_follows(
    stories: list[AnalysedStory], cut: int
) -> None:
    whole, stored = Clusters(window=86_400.0, capacity=15), dict[str, bytes]()
    restarted = Clusters(window=86_400.0, capacity=15)
    for place, story in enumerate(stories):
        if place == cut:
            restarted = Clusters(window=86_400.0, capacity=15)
            restarted.restore(reversed(list(stored.items())))
        expected = whole.handle(story)
        if place < cut:
            for key, value in expected.puts.items():
                stored.pop(key, None)
                if value is not None:
                    stored[key] = value
        else:
            assert seen(restarted.handle(story)) == seen(expected)


def test_a_story_that_left_and_comes_again_founds_a_cluster_of_its_own() -> None:
    clusters = Clusters(window=86_400.0, capacity=15)
    for story in (
        analysed(4, 0, ["minister"], 13, 0),
        analysed(5, 0, ["minister", "fire"], 37, 1),
        analysed(10, 0, ["quake"], 43, 2),
    ):
        clusters.handle(story)
    founded = identify("cluster", "story-4")
    again = clusters.handle(analysed(4, 1, ["Lunden", "ferry", "14"], 44, 0))
    assert founded not in {out.key for out in again.outputs}
    later = clusters.handle(analysed(0, 0, ["Tarrow", "bridge"], 200, 3))
    assert any(key.startswith("c/") and value is None for key, value in later.puts.items())
