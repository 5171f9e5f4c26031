"""Learn where the second reader's line runs, from our own labelled stories, and write it to the language's lexicons.

    .venv/bin/python tools/learn_turns.py            # writes streams/lexicons/en/turns.json
    .venv/bin/python tools/learn_turns.py --check    # says how well each file is read that it did not learn from

A multinomial logistic regression together with filters over neighbouring words (`learn_neighbours.py`), in numpy.
"""

import argparse
import json
import sys
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import learn_neighbours as neighbours
import msgspec
import numpy as np
from numpy.typing import NDArray

from streams.lexicons.learned import Learned
from streams.rules.grammar_building import grammar
from streams.rules.neighbours import HEADLINE_WORDS, LEAD_WORDS
from streams.rules.reading import read
from streams.rules.scan import Scan, scan
from streams.rules.second_reading import ANSWERS, SecondReader
from streams.rules.vectors import HeadlineVectors
from wirewatch.messages import Story

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "streams" / "rules" / "data"
# The stories that it learns from: title, perhaps a summary, and which way they turn. "turns-unseen" is for tests alone.
FILES = (
    "turns",
    "turns-more",
    "turns-first",
    "turns-third",
    "turns-wide",
    "turns-plain",
    "turns-brief",
    "oblique",
    "escalation-pairs",
)
# Stories of everything else, which turn nowhere; those on these topics are left out, for some of them do.
OTHERS = {
    "records-own": ("war", "migration", "conflict"),
    "records-fresh": ("war", "migration", "conflict"),
    "records-blind": ("war", "migration", "politics", "society", "crime"),
    "records-wide": ("war", "migration", "politics", "society"),
}
AT = datetime(2025, 6, 2, 8, tzinfo=UTC)
# How much large weights cost, how often and how far each step goes.
COST, STEPS, RATE, MOMENTUM = 3e-4, 600, 1.5, 0.9
PARTS = 5


def stories(name: str) -> list[tuple[str, str, int]]:
    """Return the stories of a file with the number of their answer."""
    answers = [answer or "none" for answer in ANSWERS]
    found = []
    for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        label = row.get("label") or row["escalation"]
        found.append((row.get("title") or row["text"], row.get("summary") or "", answers.index(label)))
    return found


def others() -> list[tuple[str, str, int]]:
    """Return the stories of other topics, with the number of the answer that there is no turn."""
    found = []
    for name, left_out in OTHERS.items():
        for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row: dict[str, Any] = json.loads(line)
            if row.get("topic") not in left_out:
                found.append((row["title"], row.get("summary") or "", ANSWERS.index(None)))
    return found


def scanned(told: Sequence[tuple[str, str, int]]) -> list[Scan]:
    """Return stories as the rules read them."""
    found = [
        scan(read(Story(title, "1", "f", "Agency", title, AT, summary=summary, lang="en", published=AT)))
        for title, summary, _ in told
    ]
    if None in found:
        sys.exit("There is no grammar to read the stories with")
    return [one for one in found if one is not None]


def measured(reader: SecondReader, told: Sequence[tuple[str, str, int]]) -> NDArray[np.float32]:
    """Return the features of stories, a row each."""
    vectors = HeadlineVectors()
    return np.array([reader.features(found.headline(), found.below(), vectors) for found in scanned(told)])


def with_neighbours(reader: SecondReader, told: Sequence[tuple[str, str, int]]) -> neighbours.Told:
    """Return the features of stories with their words, one by one."""
    vectors, stories = HeadlineVectors(), scanned(told)
    headlines = [reader.words(one.headline(), HEADLINE_WORDS, vectors) for one in stories]
    leads = [reader.words(one.below(), LEAD_WORDS, vectors) for one in stories]
    line = np.array([reader.features(one.headline(), one.below(), vectors) for one in stories])
    return neighbours.told(headlines, leads, line)


def fitted(
    given: NDArray[np.float32], answers: NDArray[np.int64], size: int = len(ANSWERS)
) -> NDArray[np.float32]:
    """Return the weights by which the answers, of so many possible ones, are likeliest."""
    wanted = np.eye(size, dtype=np.float32)[answers]
    weights = np.zeros((given.shape[1], size), dtype=np.float32)
    speed = np.zeros_like(weights)
    for _ in range(STEPS):
        slope = given.T @ (likely(given, weights) - wanted) / len(given) + COST * weights
        speed = MOMENTUM * speed + slope
        weights -= RATE * speed
    return weights


def likely(given: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how likely each answer is."""
    scores = given @ weights
    found = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[np.float32] = found / found.sum(axis=1, keepdims=True)
    return shares


def say(name: str, answers: NDArray[np.int64], said: NDArray[np.int64]) -> None:
    """Print how well answers were said."""
    scores = []
    for answer in range(len(ANSWERS)):
        right = int(((answers == answer) & (said == answer)).sum())
        scores.append(2 * right / max(1, int((answers == answer).sum() + (said == answer).sum())))
    each = " ".join(f"{score:.3f}" for score in scores)
    sys.stdout.write(f"{name}: {len(answers)} stories, F1 {each}, mean {np.mean(scores):.3f}\n")


def main() -> None:
    """Learn, and write or say what was learned."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    check: bool = parser.parse_args().check
    known = grammar("en")
    classes = tuple(sorted(name for name in known.classes if not name.startswith("=")))
    reader = SecondReader(known, classes, None)
    told = [*(story for name in FILES for story in stories(name)), *others()]
    answers = np.array([answer for _, _, answer in told])
    given = with_neighbours(reader, told)
    size = len(ANSWERS)
    if check:
        part = np.arange(len(told)) % PARTS
        said = np.zeros(len(told), dtype=np.int64)
        for number in range(PARTS):
            learnt = neighbours.fitted(given.of(part != number), answers[part != number], size)
            said[part == number] = neighbours.scores(given.of(part == number), learnt).argmax(axis=1)
        say("by the other four fifths of them", answers, said)
        unseen = stories("turns-unseen")
        learnt = neighbours.fitted(given, answers, size)
        found = neighbours.scores(with_neighbours(reader, unseen), learnt).argmax(axis=1)
        say("turns-unseen", np.array([answer for _, _, answer in unseen]), found)
        return
    *beside, line = neighbours.fitted(given, answers, size)
    learned = Learned(
        tuple(answer or "none" for answer in ANSWERS),
        classes,
        halves(line),
        halves(np.concatenate([one.ravel() for one in beside])),
    )
    path = ROOT / "streams" / "lexicons" / "en" / "turns.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(learned), indent=1) + b"\n")
    sys.stdout.write(f"{path.relative_to(ROOT)}: learned from {len(told)} stories\n")


def halves(numbers: NDArray[np.float32]) -> str:
    """Return numbers as text, two bytes each."""
    return b64encode(numbers.astype("<f2").tobytes()).decode()


if __name__ == "__main__":
    main()
