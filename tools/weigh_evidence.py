"""How much each kind of evidence for one event should weigh, fitted on labelled stories and measured on those left out.

    .venv/bin/python tools/weigh_evidence.py FILE.jsonl FILE.jsonl ...

A file has a story a line: `id`, `title`, `summary`, `text`, `published` and `event`. Each story chooses among the clusters
that are compared with it and a cluster of its own, those before it being where they belong. Printed are the share of
right choices in each file, by the weights of the code and by weights that were fitted on all the other files, and what
a fit on all of them would change. No random numbers.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from streams.rules.analysis import analyse_story
from streams.rules.cluster_entries import store
from streams.rules.cluster_window import ClusterWindow
from streams.rules.clusters import CAPACITY, WINDOW
from streams.rules.rivals import nearness, rivals_of
from streams.rules.signature import HeadlineVectors
from streams.rules.similarity import MEASURES, WEIGHTS, Comparison
from wirewatch.story_file import read_stories

# How much it costs to leave the weights of the code, how often and how far each step goes.
COST: Final = 0.004
STEPS: Final = 300
RATE: Final = 0.05
# A wrong join glues two events together, a wrong refusal only splits one.
NEW: Final = 1.5
Table = NDArray[np.float64]


class Choice(NamedTuple):
    """A story's rivals: the measures of each, what counts beside them, and which is right, if any."""

    measures: Table
    beside: Table
    right: int | None


def choices(file: Path, vectors: HeadlineVectors) -> list[Choice]:
    """Return the choices of a file's stories, each decided as its label says."""
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    window, homes = ClusterWindow(WINDOW, CAPACITY), dict[str, str]()
    found: list[Choice] = []
    for line, story in zip(lines, read_stories(lines, name=str(file)), strict=True):
        event = str(msgspec.json.decode(line)["event"])
        entry = store(analyse_story(story, vectors), window.decided)
        if story.id in window.stories:
            continue
        window.decided += 1
        window.newest = max(window.newest, entry.at)
        window.shelve(story.id, entry)
        slot = window.slots[story.id]
        rows, beside, right = [], [], None
        for place, rival in enumerate(rivals_of(window, slot, entry)):
            members = np.array([window.slots[name] for name in rival.cluster.members], dtype=np.int64)
            compared = Comparison(window.shelf, slot, members)
            nearest = int(compared.scores.argmax())
            share = nearness(float(window.shelf.lengths[members[nearest]]), float(window.shelf.lengths[slot]))
            mixed = (1 - share) * compared.measures.mean(axis=1) + share * compared.measures[:, nearest]
            rows.append(mixed)
            beside.append(rival.margin - float(np.array(list(WEIGHTS.values())) @ mixed))
            right = place if rival.cluster.id == homes.get(event) else right
        if rows:
            found.append(Choice(np.array(rows, dtype=float), np.array(beside), right))
        home = window.clusters[homes[event]] if event in homes else window.begin(story.id, entry)
        homes[event] = home.id
        home.count(entry)
        window.keep(story.id, msgspec.structs.replace(entry, cluster=home.id))
    return found


def fitted(files: Sequence[Sequence[Choice]], start: Table) -> Table:
    """Return weights, and last what is added to every score, by which the right choices are likeliest."""
    every = [(choice, len(one)) for one in files for choice in one]
    measures = np.concatenate([choice.measures for choice, _ in every])
    measures = np.column_stack([measures, np.ones(len(measures))])
    beside = np.concatenate([choice.beside for choice, _ in every])
    chooser = np.repeat(np.arange(len(every)), [len(choice.beside) for choice, _ in every])
    right = np.concatenate([np.arange(len(choice.beside)) == choice.right for choice, _ in every])
    worth = np.array([(NEW if choice.right is None else 1) / count for choice, count in every])
    worth = (worth / worth.sum()).take(chooser)
    scale = np.maximum(np.abs(start), 1)
    weights, speed, size = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for step in range(1, STEPS + 1):
        likely = np.exp(np.clip(measures @ weights + beside, -40, 40))
        likely /= 1 + np.bincount(chooser, likely, len(every)).take(chooser)
        slope = measures.T @ ((likely - right) * worth) + COST * (weights - start) / scale**2
        speed, size = 0.9 * speed + 0.1 * slope, 0.999 * size + 0.001 * slope**2
        pace = RATE * scale * (1 - step / STEPS)
        weights -= pace * (speed / (1 - 0.9**step)) / (np.sqrt(size / (1 - 0.999**step)) + 1e-9)
    return weights


def share_right(found: Sequence[Choice], weights: Table) -> float:
    """Return the share of choices that weights make as their labels do."""
    made = 0
    for choice in found:
        scores = choice.measures @ weights[:-1] + weights[-1] + choice.beside
        best = int(scores.argmax())
        made += choice.right == (best if scores[best] >= 0 else None)
    return made / max(1, len(found))


def main() -> None:
    """Measure each file by what the others teach, and print what all teach."""
    vectors = HeadlineVectors()
    names = [Path(name) for name in sys.argv[1:]]
    files = [choices(name, vectors) for name in names]
    start: NDArray[Any] = np.append(np.array(list(WEIGHTS.values())), 0.0)
    for place, (name, found) in enumerate(zip(names, files, strict=True)):
        others = [other for at, other in enumerate(files) if at != place and other]
        learned = fitted(others, start) if others else start
        now, then = share_right(found, start), share_right(found, learned)
        sys.stdout.write(f"{now:.3f} now, {then:.3f} by the others: {name.name}\n")
    for measure, before, after in zip((*MEASURES, "any"), start, fitted(files, start), strict=True):
        sys.stdout.write(f"{before:8.2f} {after:8.2f}  {measure}\n")


if __name__ == "__main__":
    main()
