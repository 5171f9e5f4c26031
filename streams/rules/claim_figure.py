"""Chooses the figure of a record among all the figures of a story."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from streams.rules.claim_cues import Cue, Line
from streams.rules.claim_scope import Scope
from streams.rules.claim_words import ClaimWords
from streams.rules.figures import NO_QUANTITY
from wirewatch.messages import Figure

_DURATIONS: Final = frozenset(
    ["seconds", "minutes", "hours", "days", "nights", "weeks", "months", "years", "decades", "centuries"]
)
# What a comparator is usually told in.
_FITS: Final = {
    "hottest": "degrees", "warmest": "degrees", "coldest": "degrees", "coolest": "degrees", "deadliest": "deaths", "most expensive": "money",
    "tallest": "length", "deepest": "length", "heaviest": "weight", "oldest": "time", "youngest": "time", "fastest": "time", "longest": "time", "shortest": "time",
    "highest-grossing": "money", "farthest": "length", "widest": "length", "loudest": "decibels",
}  # fmt: skip
_LENGTHS: Final = frozenset(
    [
        "kilometres",
        "metres",
        "centimetres",
        "millimetres",
        "miles",
        "nautical miles",
        "feet",
        "inches",
        "yards",
        "light years",
    ]
)
_WEIGHTS: Final = frozenset(
    ["kilograms", "grams", "tonnes", "tons", "pounds weight", "ounces", "stone", "carats"]
)
_MONEY: Final = frozenset(
    ["dollars", "euros", "pounds", "yen", "yuan", "rupees", "roubles", "won", "lira", "reais", "swiss francs"]
)
_THRESHOLD: Final = 0.5


class Candidate(Struct, frozen=True):
    """A figure, where it stands among the lines, and how well it suits."""

    figure: Figure
    line: int
    first: int
    last: int


def place(figures: Sequence[Figure], lines: Sequence[Line]) -> list[Candidate]:
    """Return the figures of these lines with their tokens."""
    placed: list[Candidate] = []
    for index, text in enumerate(lines):
        sentence = text.sentence
        for figure in figures:
            if figure.field == sentence.field and sentence.start <= figure.start < sentence.end:
                first = _token(text, figure.start - sentence.start)
                placed.append(
                    Candidate(figure, index, first, _token(text, figure.end - 1 - sentence.start) + 1)
                )
    return placed


def _token(text: Line, offset: int) -> int:
    starts = text.tokens.start
    low, high = 0, len(starts)
    while low < high:
        middle = (low + high) // 2
        if starts[middle] <= offset:
            low = middle + 1
        else:
            high = middle
    return max(0, low - 1)


def choose(
    candidates: Sequence[Candidate],
    lines: Sequence[Line],
    index: int,
    cue: Cue,
    scope: Scope | None,
    words: ClaimWords,
) -> Figure | None:
    """Return the record's figure, or None when none of them is clearly it."""
    best: tuple[float, Candidate] | None = None
    for candidate in candidates:
        score = _score(candidate, lines, index, cue, scope, words)
        if score is not None and (best is None or score > best[0] + 1e-9):
            best = (score, candidate)
    if best is None or best[0] < _THRESHOLD:
        return None
    return _refined(best[1], candidates, lines, words)


def _score(
    candidate: Candidate, lines: Sequence[Line], index: int, cue: Cue, scope: Scope | None, words: ClaimWords
) -> float | None:
    figure, text = candidate.figure, lines[candidate.line]
    unit = figure.unit
    if unit in NO_QUANTITY and not (
        unit == "rank" or (unit == "age" and cue.comparator in ("oldest", "youngest"))
    ):
        return None
    same = candidate.line == index
    if same and (
        cue.start <= candidate.first < cue.stop
        or (scope is not None and scope.start <= candidate.first < scope.stop)
    ):
        return None
    score = 2.5 if same else 1.2 if abs(candidate.line - index) == 1 else 0.6
    if unit == "rank":
        score -= 1.6
    score += _nearness(candidate, cue) if same else 0.0
    score += _unit_score(figure, lines[index], cue)
    score += _context_score(candidate, text, words)
    if candidate.line == 0:
        score += 0.6
    return score


def _nearness(candidate: Candidate, cue: Cue) -> float:
    if candidate.first >= cue.stop:
        gap = candidate.first - max(cue.stop, min(cue.noun_stop, candidate.first))
        bonus = 1.6 if cue.kind in ("record", "high") else 1.0
    else:
        gap = cue.start - candidate.last
        bonus = 1.0
    return max(bonus - 0.12 * gap, -1.0)


def _unit_score(figure: Figure, text: Line, cue: Cue) -> float:
    unit = figure.unit or ""
    wanted = _FITS.get(cue.comparator)
    score = 0.0
    if wanted is not None:
        score += 2.0 if _is(unit, wanted) else -0.7
    noun = text.tokens.low[cue.stop : cue.noun_stop]
    stem = unit.rstrip("s")
    if unit and any(word.rstrip("s") == stem for word in noun):
        score += 2.0
    if unit in _DURATIONS and wanted != "time":
        score -= 1.6
    if cue.comparator == "first":
        score -= 1.0
    return score


def _is(unit: str, wanted: str) -> bool:
    if wanted == "degrees":
        return unit.startswith("degrees")
    if wanted == "money":
        return unit in _MONEY
    if wanted == "length":
        return unit in _LENGTHS
    if wanted == "weight":
        return unit in _WEIGHTS
    if wanted == "time":
        return unit in _DURATIONS
    return unit == wanted


def _context_score(candidate: Candidate, text: Line, words: ClaimWords) -> float:
    tokens = text.tokens
    before = text.between(candidate.first - 5, candidate.first)
    score = 0.0
    old = None
    for match in words.status["old_figure"].finditer(before):
        old = match
    if old is not None and len(before[old.end() :].split()) <= 3 and not _passing(old[0], text, candidate):
        score -= 2.2
    previous = tokens.word(candidate.first - 1)
    if previous in ("$", "£", "€"):
        previous = tokens.word(candidate.first - 2)
    if previous in words.sets["margin_before"]:
        score -= 1.8
    after = [tokens.word(candidate.last), tokens.word(candidate.last + 1)]
    if any(word in words.sets["margin_after"] for word in after):
        score -= 1.5
    return score


def _passing(word: str, text: Line, candidate: Candidate) -> bool:
    """Whether it is the threshold that falls: "tops 10,000", "above 7,000 for the first time", "more than 470"."""
    return candidate.figure.qualifier == "at_least" and word in (
        "than",
        "past",
        "exceeds",
        "exceeded",
        "exceeding",
        "tops",
        "topped",
        "topping",
    )


def _refined(
    chosen: Candidate, candidates: Sequence[Candidate], lines: Sequence[Line], words: ClaimWords
) -> Figure:
    """Prefer the exact figure where the text gives the same one rounded and exact."""
    figure = chosen.figure
    if figure.qualifier == "exact" and not _round(figure.value):
        return figure
    for other in candidates:
        exact = other.figure
        if (
            exact is figure
            or exact.qualifier not in ("exact",)
            or _round(exact.value)
            or exact.unit in NO_QUANTITY
        ):
            continue
        if exact.unit != figure.unit and exact.unit is not None and figure.unit is not None:
            continue
        low, high = (1.0, 1.06) if figure.qualifier != "about" else (0.94, 1.06)
        if (
            figure.value
            and low <= exact.value / figure.value <= high
            and _context_score(other, lines[other.line], words) >= 0
        ):
            return exact
    return figure


def _round(value: float) -> bool:
    """Whether a figure has at most two digits that count: 400, 470, 1,300,000."""
    if value != int(value):
        return False
    digits = str(int(abs(value))).rstrip("0")
    return len(digits) <= 2 and abs(value) >= 100
