"""A single writer's clusters, back from what it stored, and a standby's, kept up with what another worker stores."""

from collections.abc import Iterable, Iterator

from msgspec import MsgspecError

from streams.rules.cluster_entries import (
    CLOCK,
    CLUSTER,
    STORY,
    ClockEntry,
    ClusterEntry,
    StoryEntry,
    decode_entry,
)
from streams.rules.cluster_window import ClusterWindow
from streams.rules.event_cluster import EventCluster
from streams.rules.shelf import fits


def restore(window: ClusterWindow, entries: Iterable[tuple[str, bytes]]) -> None:
    """Rebuild the state from stored entries, in any order."""
    stories: list[tuple[str, StoryEntry]] = []
    for key, raw in entries:
        try:
            if key.startswith(STORY):
                stories.append((key.removeprefix(STORY), decode_entry(StoryEntry, raw)))
            elif key.startswith(CLUSTER):
                _restore_cluster(window, key.removeprefix(CLUSTER), decode_entry(ClusterEntry, raw))
            elif key == CLOCK:
                clock = decode_entry(ClockEntry, raw)
                window.newest, window.decided = clock.newest, clock.decided
        except MsgspecError:
            window.unread[key] = None
    for absorbed in [name for name in window.merged if window.current(name) not in window.clusters]:
        window.unread[CLUSTER + absorbed] = None
    for absorbed in window.merged:
        if window.current(absorbed) in window.clusters:
            window.clusters[window.current(absorbed)].absorbed.append(absorbed)
    stories = sorted(_readable(window, stories), key=lambda pair: pair[1].order)
    if stories:
        window.shelve_all(stories)


def _readable(
    window: ClusterWindow, stories: list[tuple[str, StoryEntry]]
) -> Iterator[tuple[str, StoryEntry]]:
    for story, entry in stories:
        if window.current(entry.cluster) in window.clusters and fits(entry.packed):
            yield story, entry
        else:
            window.unread[STORY + story] = None


def update(window: ClusterWindow, entries: Iterable[tuple[str, bytes | None]]) -> None:
    """Take over what another worker stored since: a standby's state keeps up, and need not be made anew."""
    stories: dict[str, StoryEntry | None] = {}
    clusters: dict[str, ClusterEntry | None] = {}
    for key, raw in entries:
        window.unread.pop(key, None)
        try:
            if key.startswith(STORY):
                stories[key.removeprefix(STORY)] = decode_entry(StoryEntry, raw) if raw else None
            elif key.startswith(CLUSTER):
                clusters[key.removeprefix(CLUSTER)] = decode_entry(ClusterEntry, raw) if raw else None
            elif key == CLOCK and raw is not None:
                clock = decode_entry(ClockEntry, raw)
                window.newest, window.decided = clock.newest, clock.decided
        except MsgspecError:
            window.unread[key] = None
    _follow_clusters(window, clusters)
    for story in stories.keys() & window.stories.keys():
        window.drop(story)
    kept = [(story, entry) for story, entry in stories.items() if entry is not None]
    for story, entry in sorted(_readable(window, kept), key=lambda pair: pair[1].order):
        window.shelve(story, entry)
        window.keep(story, entry)
    for name in [name for name, entry in clusters.items() if entry is None]:
        window.clusters.pop(name, None)
        window.merged.pop(name, None)


def _follow_clusters(window: ClusterWindow, entries: dict[str, ClusterEntry | None]) -> None:
    """Have the clusters as another worker left them; those that ended still hold the stories that left."""
    absorbed: list[str] = []
    for name, entry in entries.items():
        if entry is None:
            continue
        if entry.merged_into is not None:
            absorbed += [name] * (name not in window.merged)
            window.merged[name] = entry.merged_into
        elif name in window.clusters:
            window.clusters[name].take(entry)
        else:
            window.clusters[name] = EventCluster(name, entry)
    for name in absorbed:
        kept = window.clusters[window.current(name)]
        younger = window.clusters.pop(name, None)
        kept.absorbed.append(name)
        if younger is not None:
            kept.join(younger)
            window.homes.update((window.slots[member], kept.id) for member in younger.members)


def _restore_cluster(window: ClusterWindow, name: str, entry: ClusterEntry) -> None:
    if entry.merged_into is None:
        window.clusters[name] = EventCluster(name, entry)
    else:
        window.merged[name] = entry.merged_into
