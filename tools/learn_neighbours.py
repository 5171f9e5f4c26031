"""How the second reader's filters over neighbouring words are learned, together with its line: for `learn_turns.py`.

A convolution two words wide, the strongest pair of each filter, and a softmax; by Adam, in numpy. The random numbers
are from a fixed seed, so that the same stories give the same weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streams.rules.neighbours import HEADLINE_WORDS, LEAD, LEAD_WORDS

Table = NDArray[np.float32]
Places = NDArray[np.int64]

FILTERS, ROUNDS, BATCH, SEED = 96, 12, 64, 0
# How far a step goes, how much large weights cost, and how much faster the line learns than the filters.
RATE, COST, LINE = 1.5e-3, 0.05, 3.0
# So many words, and so many filters, are left out at random in each step, so that nothing hangs on one of them.
NO_WORD, NO_FILTER = 0.15, 0.5
STEADY, SQUARES, NEVER_ZERO = 0.9, 0.999, 1e-8


@dataclass(frozen=True)
class Words:
    """The words of many texts: a row each, filled up with zeros, and which of them are words."""

    numbers: Table
    real: NDArray[np.bool_]

    def of(self, rows: Places | NDArray[np.bool_]) -> "Words":
        """Return those of some texts."""
        return Words(self.numbers[rows], self.real[rows])


@dataclass(frozen=True)
class Told:
    """Stories as they are learned from: the words of headline and lead, and the numbers that the line is drawn through."""

    headline: Words
    lead: Words
    line: Table

    def of(self, rows: Places | NDArray[np.bool_]) -> "Told":
        """Return some of the stories."""
        return Told(self.headline.of(rows), self.lead.of(rows), self.line[rows])


def filled(texts: Sequence[Table], most: int) -> Words:
    """Return texts of different lengths, filled up with zeros, one more than the longest may have."""
    numbers = np.zeros((len(texts), most + 1, texts[0].shape[1]), dtype=np.float16)
    real = np.zeros((len(texts), most), dtype=np.bool_)
    for row, text in enumerate(texts):
        numbers[row, : len(text)] = text
        real[row, : len(text)] = True
    return Words(numbers, real)  # type: ignore[arg-type]


def told(headlines: Sequence[Table], leads: Sequence[Table], line: Table) -> Told:
    """Return stories as they are learned from."""
    return Told(filled(headlines, HEADLINE_WORDS), filled(leads, LEAD_WORDS), line)


def pairs(words: Words) -> Table:
    """Return each word beside its next one."""
    found: Table = np.concatenate([words.numbers[:, :-1], words.numbers[:, 1:]], axis=2)
    return found


def strongest(beside: Table, real: NDArray[np.bool_], filters: Table, needs: Table) -> tuple[Table, Places]:
    """Return how strong each filter's strongest pair is in each text, and where that is."""
    strong = np.where((real | ~real.any(axis=1, keepdims=True))[:, :, None], beside @ filters + needs, -1e9)
    places = strong.argmax(axis=1)
    best: Table = np.take_along_axis(strong, places[:, None], 1)[:, 0]
    return np.maximum(best, 0), places


def scores(given: Told, weights: Sequence[Table]) -> Table:
    """Return what is said of each answer."""
    filters, needs, says, line = weights
    halves = [
        share * strongest(pairs(words), words.real, filters, needs)[0]
        for share, words in ((1.0, given.headline), (LEAD, given.lead))
    ]
    found: Table = np.concatenate(halves, axis=1) @ says + given.line @ line
    return found


def fitted(given: Told, answers: Places, size: int) -> list[Table]:
    """Return filters, what they need, what they say, and the line, by which the answers are likeliest."""
    random = np.random.default_rng(SEED)
    width = given.headline.numbers.shape[2]
    weights = [
        random.normal(0, 0.06, (2 * width, FILTERS)).astype(np.float32),
        np.zeros(FILTERS, dtype=np.float32),
        random.normal(0, 0.05, (2 * FILTERS, size)).astype(np.float32),
        np.zeros((given.line.shape[1], size), dtype=np.float32),
    ]
    costs = (COST, 0.0, COST, COST * 0.3)
    mean, square = [np.zeros_like(one) for one in weights], [np.zeros_like(one) for one in weights]
    wanted = np.eye(size, dtype=np.float32)[answers]
    step = 0
    for _ in range(ROUNDS):
        order = random.permutation(len(answers))
        for start in range(0, len(order), BATCH):
            step += 1
            rows = order[start : start + BATCH]
            slopes = _slopes(given.of(rows), wanted[rows], weights, random)
            for number, slope in enumerate(slopes):
                mean[number] = STEADY * mean[number] + (1 - STEADY) * slope
                square[number] = SQUARES * square[number] + (1 - SQUARES) * slope * slope
                fast = np.sqrt(square[number] / (1 - SQUARES**step)) + NEVER_ZERO
                move = mean[number] / (1 - STEADY**step) / fast + costs[number] * weights[number]
                weights[number] = (weights[number] - RATE * move).astype(np.float32)
    *others, line = weights
    return [*others, LINE * line]


def _slopes(
    given: Told, wanted: Table, weights: Sequence[Table], random: np.random.Generator
) -> tuple[Table, Table, Table, Table]:
    filters, needs, says, line = weights
    seen, best, at = [], [], []
    for share, words in ((1.0, given.headline), (LEAD, given.lead)):
        kept = random.random((*words.numbers.shape[:2], 1)) > NO_WORD
        beside = pairs(Words((words.numbers * kept).astype(np.float32), words.real))
        strong, places = strongest(beside, words.real, filters, needs)
        seen.append(beside)
        best.append(share * strong)
        at.append(places)
    found = np.concatenate(best, axis=1)
    left = np.asarray((random.random(found.shape) > NO_FILTER) / (1 - NO_FILTER), dtype=np.float32)
    total = (found * left) @ says + given.line @ (LINE * line)
    shares = np.exp(total - total.max(axis=1, keepdims=True))
    wrong = ((shares / shares.sum(axis=1, keepdims=True) - wanted) / len(wanted)).astype(np.float32)
    back = (wrong @ says.T) * left * (found > 0)
    of_filters, of_needs = np.zeros_like(filters), np.zeros_like(needs)
    for half, (share, beside, places) in enumerate(zip((1.0, LEAD), seen, at, strict=True)):
        part = share * back[:, half * FILTERS : (half + 1) * FILTERS]
        spread = np.zeros((*beside.shape[:2], FILTERS), dtype=np.float32)
        np.put_along_axis(spread, places[:, None], part[:, None], 1)
        of_filters += beside.reshape(-1, beside.shape[2]).T @ spread.reshape(-1, FILTERS)
        of_needs += part.sum(axis=0)
    return of_filters, of_needs, (found * left).T @ wrong, LINE * (given.line.T @ wrong)
