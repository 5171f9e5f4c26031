"""The state of clusters is what its stored entries say, no more."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.rules.cluster_entries import ClockEntry, encode_entry
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


@settings(max_examples=100, deadline=None)
@given(st.lists(messages, max_size=40), st.integers(0, 20), st.integers(1, 12), st.integers(0, 40))
def test_a_standby_that_kept_up_decides_as_the_one_before_it(
    stories: list[AnalysedStory], begun: int, step: int, taken_over: int
) -> None:
    whole, standby = Clusters(window=86_400.0, capacity=15), Clusters(window=86_400.0, capacity=15)
    stored, changed = dict[str, bytes](), dict[str, bytes | None]()
    for place, story in enumerate(stories):
        expected = whole.handle(story)
        if place >= max(begun, taken_over):
            standby.update(changed.items())
            changed = {}
            assert seen(standby.handle(story)) == seen(expected)
            continue
        for key, value in expected.puts.items():
            changed[key] = value
            stored.pop(key, None)
            if value is not None:
                stored[key] = value
        if place == begun - 1:
            standby.restore(stored.items())
            changed = {}
        elif place >= begun and place % step == 0:
            standby.update(changed.items())
            changed = {}


def test_state_of_a_form_that_is_not_read_is_let_go_and_the_rest_goes_on() -> None:
    first, stored = Clusters(), dict[str, bytes | None]()
    for number in range(4):
        stored |= first.handle(analysed(number, 0, ["ferry", f"place{number}"], number, number)).puts
    clusters = sorted(key for key in stored if key.startswith("c/"))
    stored |= {
        "s/story-0": b"\xc1 of another form",
        clusters[0]: encode_entry(ClockEntry(1.0, 1)),
        "s/x": b"",
    }
    again = Clusters()
    again.restore((key, value) for key, value in stored.items() if value is not None)
    assert set(again.unread) >= {"s/story-0", clusters[0], "s/x"}
    unread = set(again.unread)
    change = again.handle(analysed(9, 0, ["quake"], 9, 1))
    assert {key for key, value in change.puts.items() if value is None} == unread
    assert change.outputs


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
