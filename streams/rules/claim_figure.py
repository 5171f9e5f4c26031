"""Chooses the figure of a record among all the figures of a story."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

from streams.rules.claim_choice import Candidate, Choice
from streams.rules.claim_cues import Line
from streams.rules.claim_times import is_margin, is_old, tells_the_old_mark, was_held
from streams.rules.claim_weights import context_score, is_the_old_mark, score_of
from streams.rules.claim_words import ClaimWords
from streams.rules.figures import NO_QUANTITY
from streams.rules.reading import Sentence
from wirewatch.messages import Direction, Field, Figure, Qualifier

# So many figures of headline and lead are weighed; with more it is a table.
MAX_CANDIDATES: Final = 60
_THRESHOLD: Final = -0.2
_FIRST_THRESHOLD: Final = 0.2
# How far an exact figure may lie from the rounded one that it makes exact.
_BOUNDS: Final[dict[Qualifier, tuple[float, float]]] = {
    "exact": (1.0, 1.06),
    "at_least": (1.0, 1.1),
    "at_most": (0.94, 1.0),
    "about": (0.94, 1.06),
    "between": (1.0, 1.0),
}
# What a figure gains or loses by a step of a few words.
_NEARER: Final = 0.5
# How far a threshold that is passed may be left behind.
_PASSED: Final = (1.0, 1.1)
# So long a count is no other one by chance.
_LONG_COUNT: Final = 100_000.0
# No figure is rounded up by more.
_ROUNDED_UP: Final = 0.99
_SECONDS: Final[dict[str | None, float]] = {"minutes": 60.0, "hours": 3600.0}
# A recount changes a figure by no more than this.
_RECOUNT: Final = 1.3
# A record and the one before it are of one order.
_STEP: Final = 5.0
# Where only the words around say that it was the mark, it is closer.
_HELD_STEP: Final = 0.6
_FIELDS: Final[dict[Field, int]] = {"title": 0, "summary": 1, "text": 2}


def place(figures: Sequence[Figure], lines: Sequence[Line], offset: int = 0) -> list[Candidate]:
    """Return the figures of these lines with their tokens; the first line has the number `offset`."""
    placed: list[Candidate] = []
    for index, text in enumerate(lines, offset):
        sentence = text.sentence
        # Figures come in reading order, so that those of a sentence stand together.
        at = bisect_left(figures, _order(sentence), key=_order)
        for figure in figures[at : at + MAX_CANDIDATES]:
            if figure.start >= sentence.end or figure.field != sentence.field:
                break
            first = _token(text, figure.start - sentence.start)
            last = _token(text, figure.end - 1 - sentence.start) + 1
            placed.append(Candidate(figure, index, first, last))
            if len(placed) >= MAX_CANDIDATES:
                return placed
    return placed


def _order(piece: Figure | Sentence) -> tuple[int, int]:
    return _FIELDS[piece.field], piece.start


def _token(text: Line, offset: int) -> int:
    return max(0, bisect_right(text.tokens.start, offset) - 1)


def choose(candidates: Sequence[Candidate], choice: Choice) -> Figure | None:
    """Return the record's figure, or None when none of them is clearly it."""
    ordinal = _led_by(candidates, choice)
    if ordinal is not None:
        return ordinal
    best: tuple[float, Candidate] | None = None
    for candidate in candidates:
        score = score_of(candidate, choice)
        if score is not None and (
            best is None or score > best[0] + 1e-9 or _runs_on(best[1], candidate, score - best[0])
        ):
            best = (score, candidate)
    threshold = _FIRST_THRESHOLD if choice.cue.comparator == "first" else _THRESHOLD
    if best is None or best[0] < threshold:
        return _rank(candidates, choice)
    return _refined(best[1], candidates, choice)


def _runs_on(best: Candidate, candidate: Candidate, gain: float) -> bool:
    """Whether a rank only follows the one before, so that it is the record: "his 110th and 111th"."""
    if best.figure.unit != "rank" or candidate.figure.unit != "rank" or gain < -_NEARER:
        return False
    return best.line == candidate.line and candidate.figure.value == best.figure.value + 1


def _led_by(candidates: Sequence[Candidate], choice: Choice) -> Figure | None:
    """Return the rank that begins the claim itself: "his 50th century lifts him clear"."""
    if choice.cue.kind != "pattern" or choice.cue.comparator == "first":
        return None
    return next(
        (
            each.figure
            for each in candidates
            if each.line == choice.index and each.first == choice.cue.start and each.figure.unit == "rank"
        ),
        None,
    )


def _rank(candidates: Sequence[Candidate], choice: Choice) -> Figure | None:
    """Return a rank of headline or claim where nothing else counts: "his 34th medal", "a fourth title in a row"."""
    ranks = [each for each in candidates if each.figure.unit == "rank" and each.line in (0, choice.index)]
    return ranks[-1].figure if ranks and score_of(ranks[-1], choice) is not None else None


def previous_of(
    candidates: Sequence[Candidate], choice: Choice, figure: Figure, direction: Direction
) -> float | None:
    """Return the older record that the text itself names, in the claim's sentence, the next, or one that opens with it."""
    held: float | None = None
    for candidate in candidates:
        other = candidate.figure
        if other is figure or not _comparable(candidate, choice, figure):
            continue
        if _recounted(other.value, figure.value, choice.lines[candidate.line], choice.words):
            continue
        if is_margin(candidate, choice):
            continue
        if (
            is_old(candidate, choice)
            or tells_the_old_mark(candidate, choice)
            or is_the_old_mark(candidate, choice)
        ):
            return other.value
        if held is None and _was_beaten(other.value, figure.value, direction) and was_held(candidate, choice):
            held = other.value
    return held


def _comparable(candidate: Candidate, choice: Choice, figure: Figure) -> bool:
    """Whether a figure beside the claim can be the older record: of the same unit, and of one order."""
    other = candidate.figure
    near = choice.index <= candidate.line <= choice.index + 1
    if other.unit in NO_QUANTITY or not (near or tells_the_old_mark(candidate, choice)):
        return False
    if other.unit != figure.unit and None not in (other.unit, figure.unit):
        return False
    return (
        other.value != figure.value
        and bool(figure.value)
        and 1 / _STEP <= other.value / figure.value <= _STEP
    )


def _was_beaten(older: float, newer: float, direction: Direction) -> bool:
    """Whether a mark falls by a step, and not by a leap."""
    if direction == "min":
        older, newer = newer, older
    return _HELD_STEP * newer <= older < newer


def _recounted(one: float, other: float, text: Line, words: ClaimWords) -> bool:
    """Whether a sentence tells one count made another: "raised its count to 810, from 805"."""
    if not 1 / _RECOUNT <= one / other <= _RECOUNT:
        return False
    low = text.tokens.low
    if not words.sets["revising"].isdisjoint(low):
        return True
    return any(
        word in words.sets["raising"] and not words.sets["counts"].isdisjoint(low[at + 1 : at + 4])
        for at, word in enumerate(low)
    )


def _refined(chosen: Candidate, candidates: Sequence[Candidate], choice: Choice) -> Figure:
    """Prefer the exact figure where the text gives the same one rounded and exact."""
    figure = chosen.figure
    if figure.unit == "rank" or (figure.qualifier == "exact" and not _round(figure.value)):
        return figure
    for other in candidates:
        exact = other.figure
        if exact is figure or exact.qualifier != "exact" or _round(exact.value) or exact.unit in NO_QUANTITY:
            continue
        ratio = _ratio(exact, figure)
        low, high = _PASSED if _is_passed(chosen, choice) else _BOUNDS[figure.qualifier]
        close = ratio is not None and (low <= ratio <= high or _rounds_to(ratio, figure, choice))
        close = close or _shortens(figure, exact)
        if close and context_score(other, choice) >= 0 and not is_the_old_mark(other, choice):
            return exact
    return figure


def _is_passed(chosen: Candidate, choice: Choice) -> bool:
    """Whether a round figure is a threshold that is gone past: "moves past $1tn"."""
    before = choice.lines[chosen.line].tokens.word(chosen.first - 1)
    return chosen.figure.qualifier == "at_least" or before in choice.words.sets["changing"]


def _shortens(figure: Figure, exact: Figure) -> bool:
    """Whether a figure is a long count in two digits, whatever it is said to count: 1.1 million for 1,133,813."""
    if exact.value < _LONG_COUNT or None in (figure.unit, exact.unit) or figure.qualifier != "exact":
        return False
    return float(f"{exact.value:.2g}") == figure.value and figure.text != exact.text


def _rounds_to(ratio: float, figure: Figure, choice: Choice) -> bool:
    """Whether a round figure is another one, rounded up: 1.1 million for 1,091,894. A threshold that is passed is not."""
    if figure.qualifier != "exact" or choice.cue.comparator == "first" or ratio < _ROUNDED_UP:
        return False
    return float(f"{ratio * figure.value:.2g}") == figure.value


def _ratio(exact: Figure, figure: Figure) -> float | None:
    """Return how the exact figure stands to the rounded one, where both count the same."""
    rounded = figure.value
    if figure.unit in _SECONDS and exact.unit == "seconds":
        rounded *= _SECONDS[figure.unit]
    elif None not in (exact.unit, figure.unit) and exact.unit != figure.unit:
        return None
    return exact.value / rounded if rounded else None


def _round(value: float) -> bool:
    """Whether a figure has at most two digits that count: 400, 470, 1,300,000."""
    if value != int(value):
        return False
    return abs(value) >= 100 and len(str(int(abs(value))).rstrip("0")) <= 2
