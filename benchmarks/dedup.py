"""How many stories a second the one writer of clusters decides with a full window behind it, and how long one takes.

    python -m benchmarks.dedup [--window 100000] [--stories 2000] [--profile]

The stories are headlines with summaries, made up: events of invented names, told by one to six outlets each in words
drawn as unevenly as a language's, so that indexes meet both rare and common ones. The window is filled as a restart
fills it. In the same run, over the same window: the nearest neighbour by TF-IDF, looked for in all of it, and
datasketch's MinHash LSH where that is installed (`pip install datasketch`; nothing else of Wirewatch wants it). Both
find a nearest story only; what is measured of ours is the whole decision, with its state.
"""

import argparse
import cProfile
import gc
import importlib
import pstats
import random
import resource
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from time import process_time

import numpy as np
from msgspec import structs

from streams.rules.cluster_entries import (
    CLOCK,
    CLUSTER,
    STORY,
    ClockEntry,
    ClusterEntry,
    encode_entry,
    store,
)
from streams.rules.clusters import WINDOW, Clusters
from streams.rules.reading import read
from streams.rules.signature import HeadlineVectors, sign
from wirewatch.messages import AnalysedStory, Story

START = datetime(2025, 6, 1, tzinfo=UTC)
SYLLABLES = [
    "ba",
    "be",
    "do",
    "ka",
    "ki",
    "la",
    "lo",
    "ma",
    "mo",
    "na",
    "ni",
    "or",
    "pa",
    "ra",
    "ri",
    "sa",
    "so",
    "ta",
    "ti",
    "to",
    "va",
    "ve",
    "za",
    "ul",
    "en",
    "ar",
    "is",
    "on",
]
KINDS = ("dead", "injured", "houses", "drones", "cases", "people", "tonnes", "votes", "arrests", "flights")
BRUTE = 40
VOCABULARY = 1 << 18


def made_up_stories(seed: int) -> Iterator[tuple[str, Story]]:
    """Yield events and stories of them without end, in time order; events overlap in time as news do."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    common = ["".join(draw.choices(SYLLABLES, k=draw.choice((2, 2, 3)))) for _ in range(6_000)]
    weights = [*accumulate(1 / (place + 10) for place in range(len(common)))]
    open_events: list[tuple[list[str], list[str], int]] = []
    number = 0
    while True:
        if len(open_events) < 40 or draw.random() < 0.35:
            names = ["".join(draw.choices(SYLLABLES, k=4)).capitalize() for _ in range(3)]
            open_events.append(
                (names, draw.choices(common, cum_weights=weights, k=24), draw.randrange(3, 900))
            )
        names, subject, figure = draw.choice(open_events)
        if draw.random() < 0.3:
            open_events.remove((names, subject, figure))
        words = draw.sample(subject, 14) + draw.choices(common, cum_weights=weights, k=22)
        draw.shuffle(words)
        at = START + timedelta(seconds=7 * number)
        title = f"{names[0]} {' '.join(words[:5])}, {figure} {draw.choice(KINDS)} in {names[1]}"
        text = f"{' '.join(words[5:20])} {names[1]} {figure} {' '.join(words[20:])} {names[2]}. On {at:%A} {names[0]}."
        number += 1
        yield (
            names[0],
            Story(
                id=f"s{number}",
                version="1",
                feed="f",
                source=f"outlet-{draw.randrange(300)}",
                title=title,
                summary=text,
                published=at,
                fetched=at,
            ),
        )


class Entries:
    """The window as it is stored, made one by one: a million stories are not held at once."""

    def __init__(self, told: Iterator[tuple[str, Story]], count: int) -> None:
        self._told = told
        self._count = count
        self._vectors = HeadlineVectors()
        self.bytes = 0
        self.words = Bags()

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Yield keys and stored entries, each cluster's after its stories."""
        clusters: dict[str, ClusterEntry] = {}
        newest = 0.0
        for order, (event, story) in enumerate(islice(self._told, self._count)):
            entry = structs.replace(store(signed(story, self._vectors), order), cluster=event)
            known = clusters.setdefault(
                event, ClusterEntry(entry.title, None, entry.at, entry.at, 0, 0, order)
            )
            clusters[event] = structs.replace(
                known, last=entry.at, stories=known.stories + 1, outlets=known.outlets + 1
            )
            newest = max(newest, entry.at)
            self.words.add(story)
            yield self._stored(STORY + story.id, encode_entry(entry))
        for event, known in clusters.items():
            yield self._stored(CLUSTER + event, encode_entry(known))
        yield self._stored(CLOCK, encode_entry(ClockEntry(newest, self._count)))

    def _stored(self, key: str, value: bytes) -> tuple[str, bytes]:
        self.bytes += len(key) + len(value)
        return key, value


def signed(story: Story, vectors: HeadlineVectors) -> AnalysedStory:
    """Return a story with its signature, as `analyse` hands it on."""
    return AnalysedStory(story=story, signature=sign(read(story), (), vectors))


class Bags:
    """Stories as bags of hashed words in flat arrays: what a search through all of them reads."""

    def __init__(self) -> None:
        self._words = array("i")
        self._counts = array("f")
        self._starts = array("q")

    def add(self, story: Story) -> None:
        """Add a story."""
        self._starts.append(len(self._words))
        for word, count in bag(story).items():
            self._words.append(word)
            self._counts.append(count)

    def searched(self, queries: Sequence[Story]) -> float:
        """Return how many stories' nearest neighbours by TF-IDF are found a second, in all of the window."""
        words = np.frombuffer(self._words, dtype=np.int32)
        starts = np.frombuffer(self._starts, dtype=np.int64)
        rarity = np.log(len(starts) / (1 + np.bincount(words, minlength=VOCABULARY))).astype(np.float32)
        weights = np.frombuffer(self._counts, dtype=np.float32) * rarity[words]
        weights /= np.sqrt(np.add.reduceat(weights * weights, starts)).repeat(
            np.diff(starts, append=len(words))
        )
        begun = process_time()
        for story in queries:
            asked = np.zeros(VOCABULARY, dtype=np.float32)
            for word, count in bag(story).items():
                asked[word] = count * rarity[word]
            np.add.reduceat(weights * asked[words], starts).argmax()
        return len(queries) / (process_time() - begun)


def bag(story: Story) -> Counter[int]:
    """Return a story's words, hashed, and how often each stands there."""
    return Counter(
        zlib.crc32(word.encode()) % VOCABULARY for word in f"{story.title} {story.summary}".lower().split()
    )


def by_lsh(stories: Sequence[Story]) -> float | None:
    """Return how many stories a second datasketch's LSH looks up and takes in; None where it is not installed."""
    try:
        datasketch = importlib.import_module("datasketch")
    except ImportError:
        return None
    index = datasketch.MinHashLSH(threshold=0.5, num_perm=64)
    begun = process_time()
    for story in stories:
        sketch = datasketch.MinHash(num_perm=64)
        words = f"{story.title} {story.summary}".lower().split()
        sketch.update_batch([" ".join(words[at : at + 4]).encode() for at in range(len(words) - 3)])
        index.query(sketch)
        index.insert(story.id, sketch)
    return len(stories) / (process_time() - begun)


def resident() -> int:
    """Return how much memory the process has, in bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--window", type=int, default=100_000, help="stories in the window before measuring")
    parser.add_argument("--stories", type=int, default=2_000, help="stories measured")
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    told = made_up_stories(seed=1)
    entries = Entries(told, args.window)
    clusters = Clusters(WINDOW, args.window + args.stories + 1)
    # As a step does that comes back: what is there for good need not be looked through again and again.
    gc.disable()
    stored = list(entries)
    before = resident()
    begun = process_time()
    clusters.restore(stored)
    took = process_time() - begun
    used = resident() - before
    gc.enable()
    gc.freeze()
    print(f"restored            {args.window / took:8,.0f} stories/s: {args.window:,} in {took:.1f} s")
    print(
        f"memory              {used / args.window:8,.0f} bytes a story, and stored {entries.bytes / args.window:,.0f} bytes a story",
        flush=True,
    )
    stories = [story for _, story in islice(told, args.stories)]
    vectors = HeadlineVectors()
    begun = process_time()
    messages = [signed(story, vectors) for story in stories]
    print(f"signed              {len(messages) / (process_time() - begun):8,.0f} stories/s")
    times: list[float] = []
    profile = cProfile.Profile()
    if args.profile:
        profile.enable()
    for message in messages:
        begun = process_time()
        clusters.handle(message)
        times.append(process_time() - begun)
    profile.disable()
    times.sort()
    rate = len(times) / sum(times)
    print(
        f"decided             {rate:8,.0f} stories/s; one takes p50 {1e3 * times[len(times) // 2]:.2f} ms, p99 {1e3 * times[int(len(times) * 0.99)]:.2f} ms"
    )
    brute = entries.words.searched(stories[:BRUTE])
    print(f"TF-IDF through all  {brute:8,.0f} stories/s: ours {rate / brute:,.1f} times as many")
    lsh = by_lsh(stories)
    print(
        "datasketch LSH      not installed"
        if lsh is None
        else f"datasketch LSH      {lsh:8,.0f} stories/s: ours {rate / lsh:,.1f} times as many; copies alone"
    )
    if args.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    main()
