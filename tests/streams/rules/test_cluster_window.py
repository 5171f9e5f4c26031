"""What of clusters is kept, and what endless, empty and copied stories cost."""

import pytest
from msgspec import structs

from streams.rules.clusters import Clusters
from tests.streams.rules.clustering import clustered, told
from wirewatch.codec import encode
from wirewatch.messages import Cluster, ClusteredStory

FERRY = (
    "A commuter ferry hit a concrete pier in fog while docking at Port Lunden on Sunday, injuring 14 people, the "
    "coast guard said. The Island Maid had come from Hestrey with 86 passengers. Divers examined the hull."
)
QUAKE = (
    "A magnitude 5.8 earthquake shook Sarvan province, killing two people in Kelat, civil protection said."
)


def test_old_stories_leave_the_window_and_take_their_clusters_along() -> None:
    clusters = Clusters(window=86_400.0)
    story = told("Ferry hits pier", FERRY)
    home = clustered(clusters.handle(story)).cluster
    puts = clusters.handle(told("Two dead in Sarvan quake", QUAKE, hours=30)).puts
    assert puts[f"s/{story.story.id}"] is None
    assert puts[f"c/{home}"] is None


def test_a_story_older_than_the_window_is_decided_all_the_same() -> None:
    clusters = Clusters(window=86_400.0)
    clusters.handle(told("Two dead in Sarvan quake", QUAKE, hours=100))
    assert clustered(clusters.handle(told("Ferry hits pier", FERRY))).verdict == "new"


def test_no_more_stories_are_kept_than_the_capacity() -> None:
    clusters, kept = Clusters(capacity=5), dict[str, bytes]()
    for place in range(20):
        for key, value in clusters.handle(told(f"Tale {place} of town{place * 7}", hours=place)).puts.items():
            kept.pop(key, None)
            if value is not None:
                kept[key] = value
    assert sum(key.startswith("s/") for key in kept) <= 5


def test_ten_thousand_copies_at_once_are_one_cluster_whose_message_and_state_stay_small() -> None:
    clusters, largest, kept, message = Clusters(), 0, dict[str, bytes](), None
    first = told("Ferry hits pier at Port Lunden", FERRY)
    for place in range(10_000):
        copy = structs.replace(first.story, id=str(place), source=f"outlet {place}")
        change = clusters.handle(structs.replace(first, story=copy))
        largest = max(largest, *(len(value) for value in change.puts.values() if value is not None))
        for key, value in change.puts.items():
            kept.pop(key, None)
            if value is not None:
                kept[key] = value
        message = next((out.message for out in change.outputs if isinstance(out.message, Cluster)), message)
    assert message is not None
    assert message.outlets == 10_000
    assert len(message.reports) == 300
    assert len(kept) <= 1_002
    assert largest < 2_500
    assert len(encode(message)) < 100_000


@pytest.mark.parametrize(
    "title", ["", " ", "x" * 100_000, "🦆🦆🦆", "١٢٣ طائرة مسيرة", "乌克兰击落四百架无人机", "1,2,3.4.5.6 of 9" * 500],
    ids=["empty", "blank", "endless", "signs", "arabic", "chinese", "figures"],
)  # fmt: skip
def test_a_title_of_any_kind_is_decided(title: str) -> None:
    clusters = Clusters()
    for place in range(3):
        change = clusters.handle(told(title, name=str(place), hours=place))
        assert isinstance(change.outputs[0].message, ClusteredStory)


def test_empty_stories_are_no_event() -> None:
    clusters = Clusters()
    found = {clustered(clusters.handle(told("", name=str(place)))).cluster for place in range(5)}
    assert len(found) == 5
