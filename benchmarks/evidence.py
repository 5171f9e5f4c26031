"""How well each kind of evidence tells one story from another, alone and all together, on labelled stories.

    python -m benchmarks.evidence FILE.jsonl ...

A file has a story a line: `id`, `title`, `summary`, `text`, `published` and `event`. Each kind of evidence is given
its best threshold on that very file, in hindsight; the whole decision has one threshold for all files, fixed in the
code. BCubed F1 of clusters made in stream order, a story joining the cluster that fits best on the average.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import Any, Final

import msgspec
import numpy as np

from streams.rules.analysis import analyse_story
from streams.rules.candidates import Candidates
from streams.rules.cluster_entries import StoryEntry, store
from streams.rules.clusters import Clusters
from streams.rules.shelf import Shelf
from streams.rules.signature import HeadlineVectors
from streams.rules.similarity import MEASURES, Comparison
from wirewatch.messages import AnalysedStory, ClusteredStory
from wirewatch.story_file import read_stories

ALONE: Final[dict[str, tuple[str, ...]]] = {
    "shared shingles (MinHash)": ("copies",),
    "words of title and text (TF-IDF)": ("words",),
    "headline vectors": ("headline",),
    "body vectors": ("meaning",),
    "figures": ("figures",),
    "names": ("share of names",),
}
# So many clusters are compared with a story.
COMPARED: Final = 6
THRESHOLDS: Final = tuple(np.round(np.arange(0.05, 1.0, 0.05), 2))


def bcubed(found: Sequence[str], events: Sequence[str]) -> float:
    """Return BCubed F1 of clusters against events."""
    together: dict[tuple[str, str], int] = defaultdict(int)
    sizes: dict[str, int] = defaultdict(int)
    wanted: dict[str, int] = defaultdict(int)
    for cluster, event in zip(found, events, strict=True):
        together[cluster, event] += 1
        sizes[cluster] += 1
        wanted[event] += 1
    pairs = list(zip(found, events, strict=True))
    precision = sum(together[pair] / sizes[pair[0]] for pair in pairs) / len(pairs)
    recall = sum(together[pair] / wanted[pair[1]] for pair in pairs) / len(pairs)
    return 2 * precision * recall / (precision + recall)


def alone(likeness: Callable[[int], np.ndarray[Any, Any]], count: int, threshold: float) -> list[str]:
    """Return the cluster of each story by one likeness: it joins the best average at or above a threshold."""
    clusters: list[list[int]] = []
    home: list[str] = []
    for place in range(count):
        likes = likeness(place)
        averages = [float(likes[members].mean()) for members in clusters]
        best = int(np.argmax(averages)) if averages else -1
        if best >= 0 and averages[best] >= threshold:
            clusters[best].append(place)
        else:
            clusters.append([place])
            best = len(clusters) - 1
        home.append(str(best))
    return home


def labelled(file: Path, vectors: HeadlineVectors) -> tuple[list[str], list[AnalysedStory]]:
    """Return the events and the analysed stories of a file."""
    lines = file.read_text(encoding="utf-8").splitlines()
    events = [str(msgspec.json.decode(line)["event"]) for line in lines if line.strip()]
    return events, [analyse_story(story, vectors) for story in read_stories(lines, name=str(file))]


def measure(file: Path, vectors: HeadlineVectors) -> dict[str, float]:
    """Return the F1 of each kind of evidence alone, and of the whole decision."""
    events, analysed = labelled(file, vectors)
    shelf = Shelf()
    slots = np.array(
        [
            shelf.add(entry.packed, at=entry.at, order=entry.order)
            for entry in (store(story, order) for order, story in enumerate(analysed))
        ]
    )
    tables = [Comparison(shelf, int(slot), slots).measures for slot in slots]
    copies = [(shelf.shingles[slots] == shelf.shingles[slot]).mean(axis=1) for slot in slots]
    found = {}
    for name, (column,) in ALONE.items():
        rows = copies if column == "copies" else [table[MEASURES.index(column)] for table in tables]
        found[name] = max(
            bcubed(alone(lambda place, rows=rows: rows[place], len(rows), threshold), events)  # type: ignore[misc]
            for threshold in THRESHOLDS
        )
    clusters = Clusters()
    first = [
        next(
            out.message.cluster
            for out in clusters.handle(story).outputs
            if isinstance(out.message, ClusteredStory)
        )
        for story in analysed
    ]
    found["all together, one threshold"] = bcubed([clusters.current(cluster) for cluster in first], events)
    return found


class ByTerms(Candidates):
    """Rare words, names and figures alone."""

    def _bands(self, _: int) -> list[int]:
        return []

    def _pairs(self, _: int) -> list[int]:
        return []


class ByBands(Candidates):
    """Bands of the MinHash alone."""

    def _terms(self, _: int) -> list[int]:
        return []

    def _pairs(self, _: int) -> list[int]:
        return []


class ByPairs(Candidates):
    """Pairs of countries alone."""

    def _terms(self, _: int) -> list[int]:
        return []

    def _bands(self, _: int) -> list[int]:
        return []


INDEXES: Final[dict[str, type[Candidates]]] = {
    "rare words, names, figures": ByTerms,
    "bands of the MinHash": ByBands,
    "pairs of countries": ByPairs,
    "all": Candidates,
}


def found_by(
    index: type[Candidates], entries: Sequence[StoryEntry], events: Sequence[str]
) -> tuple[float, float]:
    """Return for what share of retold stories an index finds their event in six clusters, and milliseconds a story."""
    shelf = Shelf()
    candidates = index(shelf)
    seen: set[str] = set()
    homes: dict[int, str] = {}
    asked = hit = 0
    took = 0.0
    for entry, event in zip(entries, events, strict=True):
        slot = shelf.add(entry.packed, at=entry.at, order=entry.order)
        homes[slot] = event
        begun = process_time()
        found = candidates.find(slot)
        candidates.add(slot)
        took += process_time() - begun
        if event in seen:
            asked += 1
            first = dict.fromkeys(homes[other] for other in found.tolist())
            hit += event in list(first)[:COMPARED]
        seen.add(event)
    return hit / max(1, asked), 1e3 * took / len(entries)


def main() -> None:
    if not sys.argv[1:]:
        print(
            "evidence: name a file of labelled stories, for example of your own marks; nothing was measured"
        )
        return
    vectors = HeadlineVectors()
    for name in sys.argv[1:]:
        print(f"== {Path(name).name}")
        events, analysed = labelled(Path(name), vectors)
        entries = [store(story, order) for order, story in enumerate(analysed)]
        for what, index in INDEXES.items():
            share, cost = found_by(index, entries, events)
            print(f"  {share:.3f} of retellings find their event, {cost:.2f} ms a story: {what}")
        for what, score in measure(Path(name), vectors).items():
            print(f"  {score:.3f}  {what}")


if __name__ == "__main__":
    main()
