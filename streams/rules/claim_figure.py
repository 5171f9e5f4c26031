"""Chooses the figure of a record among all the figures of a story."""

from bisect import bisect_right
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
    "highest-grossing": "money", "farthest": "length", "widest": "length", "loudest": "decibels", "closest": "length",
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
_THRESHOLD: Final = -0.2
_FIRST_THRESHOLD: Final = 0.4
# How far an exact figure may lie from the rounded one that it makes exact.
_BOUNDS: Final = {
    "exact": (1.0, 1.06),
    "at_least": (1.0, 1.06),
    "at_most": (0.94, 1.0),
    "about": (0.94, 1.06),
    "between": (1.0, 1.0),
}
# The threshold that was passed for the first time stands close by.
_FIRST_REACH: Final = 10
_THAN_WHAT: Final = frozenset(["its", "the", "a", "that", "average", "normal", "last", "their"])
_CONNECTORS: Final = frozenset(
    [
        "of",
        "at",
        "to",
        ":",
        "—",
        "–",
        ",",
        "$",
        "£",
        "€",
        "¥",
        "₹",
        "rs",
        "some",
        "about",
        "over",
        "with",
        "nearly",
        "almost",
    ]
)
_DENIALS: Final = frozenset(["no", "never", "nobody", "none", "not", "neither", "nothing", "cannot"])
_SECONDS: Final[dict[str | None, float]] = {"minutes": 60.0, "hours": 3600.0}
_RACES: Final = frozenset(
    [50.0, 60.0, 100.0, 110.0, 200.0, 400.0, 800.0, 1000.0, 1500.0, 3000.0, 5000.0, 10000.0]
)


class Candidate(Struct, frozen=True):
    """A figure, where it stands among the lines, and how well it suits."""

    figure: Figure
    line: int
    first: int
    last: int


def place(figures: Sequence[Figure], lines: Sequence[Line], offset: int = 0) -> list[Candidate]:
    """Return the figures of these lines with their tokens; the first line has the number `offset`."""
    placed: list[Candidate] = []
    for index, text in enumerate(lines, offset):
        sentence = text.sentence
        for figure in figures:
            if sentence.start <= figure.start < sentence.end and figure.field == sentence.field:
                first = _token(text, figure.start - sentence.start)
                placed.append(
                    Candidate(figure, index, first, _token(text, figure.end - 1 - sentence.start) + 1)
                )
    return placed


def _token(text: Line, offset: int) -> int:
    starts = text.tokens.start
    return max(0, bisect_right(starts, offset) - 1)


class Choice(Struct, frozen=True):
    """What a figure is chosen for: the cue, its scope and its line among the lines."""

    lines: Sequence[Line]
    index: int
    cue: Cue
    scope: Scope | None
    words: ClaimWords


def choose(candidates: Sequence[Candidate], choice: Choice) -> Figure | None:
    """Return the record's figure, or None when none of them is clearly it."""
    best: tuple[float, Candidate] | None = None
    for candidate in candidates:
        score = score_of(candidate, choice)
        if score is not None and (best is None or score > best[0] + 1e-9):
            best = (score, candidate)
    threshold = _FIRST_THRESHOLD if choice.cue.comparator == "first" else _THRESHOLD
    if best is None or best[0] < threshold:
        return None
    return _refined(best[1], candidates, choice)


def score_of(candidate: Candidate, choice: Choice) -> float | None:
    """Return how well a figure suits the claim; None where it cannot be its figure."""
    figure, text, cue, scope = candidate.figure, choice.lines[candidate.line], choice.cue, choice.scope
    unit = figure.unit
    if unit in NO_QUANTITY and not (
        unit == "rank" or (unit == "age" and cue.comparator in ("oldest", "youngest"))
    ):
        return None
    same = candidate.line == choice.index
    text_low = choice.lines[choice.index].tokens.low
    inside = cue.start <= candidate.first < cue.stop and not (
        cue.kind == "pattern"
        and cue.comparator == "first"
        and _DENIALS.isdisjoint(text_low[cue.start : cue.stop])
    )
    if same and (inside or (scope is not None and scope.start <= candidate.first < scope.stop)):
        return None
    if same and cue.comparator == "first" and candidate.first > cue.stop + _FIRST_REACH:
        return None
    score = _distance(candidate, choice)
    score += _unit_score(candidate, text, choice)
    score += _context_score(candidate, text, choice)
    if unit == "rank":
        score -= 1.6
    if candidate.line == 0:
        score += 0.7
    if unit == "seconds" and ":" in figure.text and cue.kind in ("record", "pattern"):
        score += 1.2
    if same and _led_to(candidate, text, choice):
        score += 1.5
    return score


def _led_to(candidate: Candidate, text: Line, choice: Choice) -> bool:
    """Whether the cue leads right up to the figure: "record high of $2.23", "a record 472"."""
    between = text.tokens.low[choice.cue.stop : candidate.first]
    return (
        candidate.first >= choice.cue.stop
        and len(between) <= 3
        and all(word in _CONNECTORS for word in between)
    )


def _distance(candidate: Candidate, choice: Choice) -> float:
    """Nearer is likelier; but a denied comparison holds the old figure, and the new one stands elsewhere."""
    cue = choice.cue
    if candidate.line != choice.index:
        return 1.2 if abs(candidate.line - choice.index) == 1 else 0.6
    denied = cue.kind == "pattern" and not _DENIALS.isdisjoint(
        choice.lines[choice.index].tokens.low[cue.start : cue.stop]
    )
    base = 0.8 if denied else 1.6 if cue.kind == "pattern" and cue.comparator != "first" else 2.4
    stop = cue.noun_stop
    if choice.scope is not None and choice.scope.start <= stop + 4:
        stop = max(stop, choice.scope.stop)
    if candidate.first >= cue.stop:
        gap = max(0, candidate.first - stop)
        bonus = 1.6 if cue.kind in ("record", "high") else 1.0
    else:
        gap = cue.start - candidate.last
        bonus = 1.0
    return base + max(bonus - 0.12 * gap, -1.0)


def _unit_score(candidate: Candidate, own: Line, choice: Choice) -> float:
    figure, cue = candidate.figure, choice.cue
    unit = figure.unit or ""
    wanted = _FITS.get(cue.comparator)
    text = choice.lines[choice.index]
    noun = text.tokens.low[cue.stop : cue.noun_stop]
    score = 0.0
    if wanted is not None:
        score += (
            2.0 if _is(unit, wanted) else -0.7 if unit else 1.0 if candidate.line == choice.index else -0.2
        )
    elif unit == "deaths" and cue.comparator == "worst":
        score += 1.0
    stem = unit.rstrip("s")
    if (
        cue.kind != "pattern"
        and unit
        and unit not in _DURATIONS
        and any(word.rstrip("s") == stem and (word == unit or word == stem) for word in noun)
        and not own.tokens.capital(candidate.last)
    ):
        score += 2.0
    score += _wanted(unit, noun, 1.5, choice.words) or _wanted(unit, text.tokens.low, 0.6, choice.words)
    if unit in _DURATIONS and wanted != "time":
        score -= 0.0 if unit == "seconds" and ":" in figure.text else 1.6
    if unit == "metres" and figure.value in _RACES and wanted != "length":
        score -= 3.0
    if (
        0 < figure.value < 1
        and figure.text.replace("-", "").replace(" ", "").isalpha()
        and choice.words.sets["rates"].isdisjoint(noun)
    ):
        score -= 1.0
    if figure.value == 0:
        score -= 2.0
    if figure.text.isalpha() and abs(figure.value) < 4 and not unit.startswith("degrees"):
        score -= 0.7
    if figure.value == 1 and figure.text.lower() in ("one", "a", "1"):
        score -= 2.5
    if (
        unit == "percent"
        and choice.words.sets["rates"].isdisjoint(noun)
        and cue.comparator not in ("first", "highest", "lowest")
    ):
        score -= 0.5
    if cue.comparator == "first" and not (candidate.line == choice.index and figure.qualifier != "exact"):
        score -= 0.6
    return score


def _wanted(unit: str, nouns: Sequence[str], weight: float, words: ClaimWords) -> float:
    """Prefer what the nouns are told in: a loss in money, a toll in deaths."""
    wanted = {words.wants[noun] for noun in nouns if noun in words.wants}
    if not wanted or not unit:
        return 0.0
    return weight if any(_is(unit, each) for each in wanted) else -weight / 2


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


def _context_score(candidate: Candidate, text: Line, choice: Choice) -> float:
    words, tokens = choice.words, text.tokens
    score = 0.0
    before = text.between(candidate.first - 6, candidate.first)
    if _is_old(before, candidate, choice):
        score -= 2.4
    change = choice.cue.comparator == "steepest" or not choice.words.sets["rates"].isdisjoint(
        choice.lines[choice.index].tokens.low[choice.cue.stop : choice.cue.noun_stop]
    )
    previous = tokens.word(candidate.first - 1)
    if previous in ("$", "£", "€", "some", "about", "over", "nearly", "almost", "a", "the"):
        previous = tokens.word(candidate.first - 2)
    if previous in words.sets["margin_before"]:
        score += 0.6 if change else -1.5
    elif previous in words.sets["change_before"]:
        score += 0.6 if change else -0.8
    if not change and _margin(candidate, text, choice):
        score -= 4.0
    if tokens.word(candidate.last) == "-" and _FITS.get(choice.cue.comparator) != "time":
        score -= 1.0
    return score


def _is_old(before: str, candidate: Candidate, choice: Choice) -> bool:
    """Whether the words before say that it is the older record: "beating 355", "the previous best of 38.7"."""
    old = None
    for match in choice.words.status["old_figure"].finditer(before):
        old = match
    if old is None or _passing(old[0], candidate, choice):
        return False
    between = before[old.end() :].split()
    if old[0] == "only" and not between:
        return False
    return len(between) <= 4 and not {",", ";", ":", "—", "("} & set(between)


def previous_of(candidates: Sequence[Candidate], choice: Choice, figure: Figure) -> float | None:
    """Return the older record that the text itself names, in the claim's sentence or the next."""
    for candidate in candidates:
        other = candidate.figure
        if (
            other is figure
            or other.unit in NO_QUANTITY
            or not choice.index <= candidate.line <= choice.index + 1
        ):
            continue
        if other.unit != figure.unit and None not in (other.unit, figure.unit):
            continue
        text = choice.lines[candidate.line]
        before = text.between(candidate.first - 6, candidate.first)
        likely = figure.value and 0.2 <= other.value / figure.value <= 5.0 and other.value != figure.value
        if likely and not _margin(candidate, text, choice) and _is_old(before, candidate, choice):
            return other.value
    return None


def _margin(candidate: Candidate, text: Line, choice: Choice) -> bool:
    """Whether the figure says by how much: "34 seconds quicker", "two more ascents", "0.3 points up"."""
    words, tokens = choice.words, text.tokens
    after = tokens.word(candidate.last)
    if after in words.sets["margin_after"] or after in words.sets["more"]:
        return True
    unit = 1 if after.isalpha() or after in "%°" else 0
    unit += tokens.word(candidate.last + 1) == "points"
    follow = tokens.word(candidate.last + unit)
    if unit and follow in ("above", "below") and tokens.word(candidate.last + unit + 1) in _THAN_WHAT:
        return True
    return unit > 0 and (
        follow in words.sets["margin_after"]
        or (follow in words.sets["more"] and tokens.word(candidate.last + unit + 1) == "than")
    )


def _passing(word: str, candidate: Candidate, choice: Choice) -> bool:
    """Whether it is the threshold that falls: "tops 10,000", "above 7,000 for the first time", "more than 470"."""
    threshold = candidate.figure.qualifier == "at_least" and word in (
        "than",
        "past",
        "exceeds",
        "exceeded",
        "exceeding",
        "tops",
        "topped",
        "topping",
        "passes",
        "passed",
        "surpasses",
    )
    if choice.cue.kind == "pattern" and choice.cue.comparator not in ("first",):
        return threshold and candidate.line != choice.index
    return threshold


def _refined(chosen: Candidate, candidates: Sequence[Candidate], choice: Choice) -> Figure:
    """Prefer the exact figure where the text gives the same one rounded and exact."""
    figure = chosen.figure
    if figure.qualifier == "exact" and not _round(figure.value):
        return figure
    for other in candidates:
        exact = other.figure
        if exact is figure or exact.qualifier != "exact" or _round(exact.value) or exact.unit in NO_QUANTITY:
            continue
        ratio = _ratio(exact, figure)
        low, high = _BOUNDS[figure.qualifier]
        if (
            ratio is not None
            and low <= ratio <= high
            and _context_score(other, choice.lines[other.line], choice) >= 0
        ):
            return exact
    return figure


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
    digits = str(int(abs(value))).rstrip("0")
    return len(digits) <= 2 and abs(value) >= 100
