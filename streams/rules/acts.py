"""The acts that a sentence names, each read in its context: who only threatens, denies, ends or remembers it."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from streams.rules.grammar import Act, Grammar, State
from streams.rules.tagging import COMMA, OTHER, STOP, Tagged

# How far an operator reaches: words before the act, words after it.
_BEFORE: Final = 7
_AFTER: Final = 7
# Words that no lexicon knows, between an operator and its act: more make it another thing's operator.
_STRANGERS: Final = 2
_YEAR: Final = re.compile(r"(1[5-9]|20)\d\d")


class Found(Struct, frozen=True):
    """An act in a sentence: its tokens, what became of it, and the operators that did so."""

    act: Act
    start: int
    end: int
    state: State
    severity: int
    # (operator, token) in the order in which they were read.
    operators: tuple[tuple[str, int], ...] = ()
    # Stands beyond "after", "despite", "amid": said of what went before.
    background: bool = False


def find_acts(
    grammar: Grammar,
    sentence: Tagged,
    year: int,
    adversaries: Callable[[], bool],
    likely: Callable[[], bool] | None = None,
) -> list[Found]:
    """Return the acts of a sentence in order, none overlapping another.

    `year` is the story's own; `adversaries` says whether the item is about parties at war or at odds, `likely` whether
    it is likely to be.
    """
    matches = list(_matches(grammar, sentence))
    asked = {"adversaries": adversaries, "likely adversaries": likely or adversaries}
    matches = [m for m in matches if m[2].needs not in asked or asked[m[2].needs]()]
    spans = _chosen(matches)
    if not spans:
        return []
    found = _told(grammar, sentence, year, spans)
    void = [each for each in found if each.state == "void"]
    wider = [m for m in matches if any(_holds(m, each) for each in void)] if void else []
    if not wider:
        return found
    # What its words make nothing of may be part of what means another thing: "weighs a strike" threatens one.
    kept = [span for span, each in zip(spans, found, strict=True) if each.state != "void"]
    instead = [m for m in _chosen(wider) if all(m[1] <= each[0] or m[0] >= each[1] for each in kept)]
    beside = [
        span
        for span, each in zip(spans, found, strict=True)
        if each.state == "void" and all(span[1] <= m[0] or span[0] >= m[1] for m in instead)
    ]
    again = _told(grammar, sentence, year, sorted([*kept, *instead, *beside], key=lambda m: m[0]))
    return again if any(each.state != "void" for each in again) else found


def _holds(match: tuple[int, int, Act], found: Found) -> bool:
    start, end, _ = match
    return start <= found.start and found.end <= end and end - start > found.end - found.start


def _told(
    grammar: Grammar, sentence: Tagged, year: int, spans: Sequence[tuple[int, int, Act]]
) -> list[Found]:
    """Return what acts mean where they stand."""
    background = grammar.tags("background")
    found = []
    for number, (start, end, act) in enumerate(spans):
        floor = _floor(spans[number - 1]) if number else 0
        ceiling = spans[number + 1][0] if number + 1 < len(spans) else len(sentence.tags)
        state, severity, operators = _read(grammar, sentence, act, (floor, start, end, ceiling))
        if (
            _is_past(grammar, sentence, start, end, year)
            or _describes(grammar, sentence.tags, start)
            or _compounded(grammar, sentence.tags[start:end], state)
        ):
            state = "void"
        opened = _opening(sentence.tags, start, background)
        behind = any(tag in background for tag in sentence.tags[opened:start])
        found.append(Found(act, start, end, state, severity, operators, behind))
    return found


def _opening(tags: str, start: int, background: frozenset[str]) -> int:
    """Return where the main clause begins: behind the comma, where what went before it comes first."""
    return tags.find(COMMA, 0, start) + 1 if tags[0] in background else 0


def _floor(before: tuple[int, int, Act]) -> int:
    """Return how far back what changes an act is sought: words that make peace ("agree to stop") say of what."""
    start, end, act = before
    return start if act.state == "peace" else end


def _matches(grammar: Grammar, sentence: Tagged) -> Iterator[tuple[int, int, Act]]:
    tags, present, acts = sentence.tags, sentence.present, grammar.acts
    for tag in [tag for tag in dict.fromkeys(tags) if tag in acts]:
        for regex, also, act in acts[tag]:
            if any(map(present.isdisjoint, also)):
                continue
            for match in regex.finditer(tags):
                if not any(unless.search(tags) for unless in act.unless):
                    yield match.start(1), match.end(1), act


def unless_of(grammar: Grammar, tags: str) -> Iterator[tuple[tuple[int, int], Act, tuple[int, int]]]:
    """Yield the acts of a sentence that something in it cancels: where they stand, and where that does."""
    for tag in dict.fromkeys(tags):
        for regex, _, act in grammar.acts.get(tag, ()):
            match = regex.search(tags)
            other = next((found for unless in act.unless if (found := unless.search(tags))), None)
            if match is not None and other is not None:
                yield match.span(1), act, other.span(1)


def _chosen(matches: list[tuple[int, int, Act]]) -> list[tuple[int, int, Act]]:
    """Of those that overlap, keep the gravest, then the longest."""
    kept: list[tuple[int, int, Act]] = []
    for match in sorted(matches, key=lambda m: (-m[2].severity, m[0] - m[1], m[0], m[2].sense)):
        if all(match[1] <= other[0] or match[0] >= other[1] for other in kept):
            kept.append(match)
    return sorted(kept, key=lambda m: m[0])


def _read(
    grammar: Grammar, sentence: Tagged, act: Act, where: tuple[int, int, int, int]
) -> tuple[State, int, tuple[tuple[str, int], ...]]:
    floor, start, end, ceiling = where
    state, severity = act.state, act.severity
    operators: list[tuple[str, int]] = []
    inside = _within(grammar, sentence.tags, start, end) if state == "attack" else ()
    beyond = [("before", at) for at in (*inside, *_right(grammar, sentence.tags, end, ceiling))]
    for wrong_side, at in [*beyond, *(("after", at) for at in _left(grammar, sentence.tags, start, floor))]:
        for operator in grammar.operators[sentence.tags[at]]:
            effect = grammar.effects.get((operator.name, state))
            if effect is None or operator.side == wrong_side:
                continue
            state = effect.state
            severity = effect.severity or severity
            operators.append((operator.name, at))
            break
    return state, severity, tuple(operators)


def _left(grammar: Grammar, tags: str, start: int, floor: int) -> Iterator[int]:
    """Yield the operators before an act, the nearest first, as far as the clause goes."""
    stops = grammar.tags("break") | grammar.tags("background")
    strangers = 0
    for at in range(start - 1, max(floor, start - _BEFORE) - 1, -1):
        tag = tags[at]
        if tag in (STOP, COMMA):
            return
        if tag in grammar.operators:
            yield at
        elif tag in stops:
            return
        strangers += tag == OTHER
        if strangers > _STRANGERS:
            return


def _within(grammar: Grammar, tags: str, start: int, end: int) -> Iterator[int]:
    """Yield the operators between an act's words: "shelling stops round Donetsk"; not those with an object."""
    follows = grammar.tags("follows")
    for at in range(start + 1, end - 1):
        if tags[at] in grammar.operators and tags[at + 1] in follows:
            yield at


def _right(grammar: Grammar, tags: str, end: int, ceiling: int) -> Iterator[int]:
    """Yield the operators after an act that are said of it: what has no object of its own."""
    follows = grammar.tags("follows") | grammar.tags("number")
    # After these a word names a thing: "a truce without a date for its end".
    nouns = grammar.tags("owner")
    stops = grammar.tags("break") | grammar.tags("background")
    strangers = 0
    for at in range(end, min(ceiling, end + _AFTER)):
        tag = tags[at]
        if tag in (STOP, COMMA):
            return
        if tag in grammar.operators and tags[at - 1] not in nouns:
            after = tags[at + 1 : at + 2]
            if not after or after in (STOP, COMMA) or after in follows:
                yield at
        elif tag in stops:
            return
        strangers += tag == OTHER
        if strangers >= _STRANGERS:
            return


def _compounded(grammar: Grammar, tags: str, state: State) -> bool:
    """Whether the act's own words make another thing of it: a bomb plot is no bomb."""
    return state == "attack" and any(tag in grammar.tags("op-compound") for tag in tags)


def _describes(grammar: Grammar, tags: str, start: int) -> bool:
    """Whether the act stands in a relative clause or a condition."""
    relative = grammar.tags("relative")
    for tag in reversed(tags[:start]):
        if tag in (STOP, COMMA):
            return False
        if tag in relative:
            return True
    return False


def _is_past(grammar: Grammar, sentence: Tagged, start: int, end: int, year: int) -> bool:
    """Whether the act's own clause names an earlier year."""
    stops = grammar.tags("break")
    low, high = start, end
    while low > 0 and sentence.tags[low - 1] not in stops and sentence.tags[low - 1] != STOP:
        low -= 1
    while high < len(sentence.tags) and sentence.tags[high] not in stops and sentence.tags[high] != STOP:
        high += 1
    time = grammar.tags("time")
    return any(
        _YEAR.fullmatch(sentence.words[at])
        and int(sentence.words[at]) < year
        and sentence.tags[at - 1] in time
        for at in range(max(1, low), high)
    )
