"""What a language says records with: superlatives, patterns, scopes and the words that take a claim back."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cache
from typing import Any, Final

from msgspec import Struct

from streams.lexicons import lexicon
from streams.rules.days import day_words
from streams.rules.needles import Needles
from streams.rules.pattern_needs import needs
from streams.rules.tokens import tokenise
from wirewatch.messages import Direction

_ENDINGS: Final = ("suffixes", "no_suffixes", "past", "plurals", "possessive", "so_far")
_NAME: Final = re.compile(r"\{(\w+)\}")


class Comparator(Struct, frozen=True):
    """A normalised comparator and which way it points."""

    name: str
    direction: Direction


class ClaimPattern(Struct, frozen=True):
    """A construction that claims a record, beyond plain superlatives."""

    expression: re.Pattern[str]
    comparator: str
    need: str
    not_after: str
    when: frozenset[str]
    also: frozenset[str]


class ScopePattern(Struct, frozen=True):
    """A way to say for how long or where a record holds."""

    expression: re.Pattern[str]
    kind: str


class ClaimWords(Struct, frozen=True):
    """A language's words for records, compiled once."""

    language: str
    superlatives: Mapping[str, tuple[tuple[tuple[str, ...], Comparator], ...]]
    comparatives: Mapping[str, Comparator]
    named: Mapping[str, Comparator]
    # Words in "-est" that are no superlatives.
    no_superlatives: frozenset[str]
    patterns: tuple[ClaimPattern, ...]
    # The patterns that a word makes worth trying, by their place among `patterns`.
    tried: Mapping[str, tuple[int, ...]]
    scopes: tuple[ScopePattern, ...]
    # What a sentence must hold for the scopes at these places.
    scope_needs: Needles[tuple[int, ...]]
    status: Mapping[str, re.Pattern[str]]
    sets: Mapping[str, frozenset[str]]
    # What makes a high a record ("all-time"), the longest first.
    all_time: tuple[str, ...]
    breaks: re.Pattern[str]
    triggers: frozenset[str]
    wants: Mapping[str, str]
    # Patterns as they are, over the words around a cue.
    shapes: Mapping[str, re.Pattern[str]]
    # Endings that make a superlative of any word, and endings that only look like these.
    suffixes: tuple[str, ...]
    no_suffixes: tuple[str, ...]
    # The ending of a past tense, and of a plural; the sign of a possessive; what ends a tally.
    past: tuple[str, ...]
    plurals: tuple[str, ...]
    possessive: tuple[str, ...]
    so_far: tuple[str, ...]
    months: Mapping[str, int]
    counts: Mapping[str, float]
    # Years that a period lasts, and events with a year of their own, by how they begin.
    periods: Mapping[str, int]
    # What says that a period is told in months.
    month_words: frozenset[str]
    events: Mapping[str, int]


def _expand(pattern: str, parts: Mapping[str, str]) -> str:
    for _ in range(3):
        pattern = _NAME.sub(lambda match: parts.get(match[1], match[0]), pattern)
    return pattern


def inflected(words: Iterable[str], table: Mapping[str, Any]) -> Iterator[str]:
    """Yield words with each of the endings that a table lists."""
    for word in words:
        for ending in table["endings"]:
            yield word + ending


def _whole(pattern: str) -> re.Pattern[str]:
    # The space before is part of the match: so it is tried where a word begins, and not at each letter.
    return re.compile(rf" (?:{pattern})(?= |$)")


def said(match: re.Match[str]) -> str:
    """Return the words that a pattern matched."""
    return match[0][1:]


def begin_of(match: re.Match[str]) -> int:
    """Return where the words begin that a pattern matched."""
    return match.start() + 1


def worth_trying(present: Set[str], words: ClaimWords) -> list[int]:
    """Return the places of the patterns that a sentence with these words may hold."""
    tried = words.tried
    places = {place for word in present if word in tried for place in tried[word]}
    if not places:
        return []
    return sorted(
        p for p in places if not words.patterns[p].also or not words.patterns[p].also.isdisjoint(present)
    )


def _superlatives(data: Mapping[str, Any], lang: str) -> dict[str, list[tuple[tuple[str, ...], Comparator]]]:
    found: dict[str, list[tuple[tuple[str, ...], Comparator]]] = {}
    for direction in ("max", "min"):
        for name, variants in data["superlatives"][direction].items():
            for variant in inflected(variants, data["superlatives"]):
                words = tuple(tokenise(variant, lang).low)
                found.setdefault(words[0], []).append((words, Comparator(name, direction)))
    for entries in found.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return found


def expanded(pattern: str, lang: str) -> str:
    """Return a lexicon's pattern with its parts put in; any word stands for the comparatives and superlatives."""
    any_word = dict.fromkeys(("er", "cmp", "sup"), "[^ ]+")
    return _expand(pattern, {**lexicon(f"{lang}/records")["parts"], **any_word})


@cache
def claim_words(lang: str) -> ClaimWords:
    """Return a language's words for records."""
    data = lexicon(f"{lang}/records")
    superlatives = _superlatives(data, lang)
    directions = {entry[1].name: entry[1].direction for entries in superlatives.values() for entry in entries}
    comparatives = {
        word: Comparator(name, directions.get(name, "max"))
        for name, variants in data["comparatives"]["words"].items()
        for word in inflected(variants, data["comparatives"])
    }
    parts = dict(data["parts"])
    parts["er"] = "|".join(sorted(comparatives, key=len, reverse=True))
    true = [
        word
        for word in comparatives
        if word.endswith(tuple(data["endings"]["comparative"])) or word in data["record"]["irregular"]
    ]
    parts["cmp"] = "|".join(sorted(true, key=len, reverse=True))
    parts["sup"] = "|".join(
        sorted((word for word in superlatives if word not in data["around"]["most"]), key=len, reverse=True)
    )
    groups = {"{er}": comparatives, "{break}": data["record"]["breaks"]}
    patterns = tuple(
        ClaimPattern(
            _whole(_expand(row["pattern"], parts)),
            row["comparator"],
            row.get("need", ""),
            row.get("not_after", ""),
            frozenset(row["when"]),
            _also(row.get("also", ()), groups),
        )
        for row in data["patterns"]
    )
    rows = [(_expand(pattern, parts), kind) for pattern, kind in data["scope"]["rows"]]
    scopes = tuple(ScopePattern(_whole(pattern), kind) for pattern, kind in rows)
    status = data["status"]
    named = {entry[1].name: entry[1] for entries in superlatives.values() for entry in entries}
    expressions = {
        name: _whole("|".join(_expand(pattern, parts).rstrip() for pattern in status[name]))
        for name in (
            "denied",
            "hypothetical",
            "near",
            "near_record",
            "near_after",
            "historic",
            "old_figure",
            "taken_back",
            "condition",
            "old_record",
            "compared",
            "looks_back",
            "looks_back_start",
            "retreat",
            "long_ago",
            "attempt",
            "took_off",
            "still",
        )
    }
    sets = {
        name: frozenset(status[name])
        for name in (
            "margin_after",
            "margin_before",
            "change_before",
            "events",
            "entities",
            "become",
            "rates",
            "changes",
            "levels",
        )
    }
    sets |= {"wants": frozenset(noun for nouns in data["wants"].values() for noun in nouns)}
    sets |= {
        "plans": frozenset(data["plans"]["verbs"]),
        "no_plans": frozenset(data["plans"]["not_after"]),
        "no_verbs": frozenset(data["plans"]["no_verbs"]),
    }
    sets |= {"more": frozenset(true)}
    for group in ("record", "around", "choosing"):
        sets |= {name: frozenset(values) for name, values in data[group].items()}
    sets |= {"compared": frozenset(lexicon(f"{lang}/words")["compared"])}
    endings: Mapping[str, list[str]] = data["endings"]
    time = data["time"]
    return ClaimWords(
        language=lang,
        superlatives={first: tuple(entries) for first, entries in superlatives.items()},
        comparatives=comparatives,
        named=named,
        no_superlatives=frozenset(data["superlatives"]["no_est"]),
        patterns=patterns,
        tried=_tried(patterns),
        scopes=scopes,
        scope_needs=_needed([pattern for pattern, _ in rows]),
        status=expressions,
        sets=sets,
        all_time=tuple(sorted(sets["all_time"], key=lambda phrase: (-len(phrase), phrase))),
        breaks=_whole(_expand("{break}", parts)),
        triggers=_triggers(data, superlatives),
        wants={noun: name for name, nouns in data["wants"].items() for noun in nouns},
        shapes={name: re.compile(_expand(pattern, parts)) for name, pattern in data["shapes"].items()},
        **{name: tuple(endings[name]) for name in _ENDINGS},
        months=day_words(lang).months,
        counts={word: float(value) for word, value in time["counts"].items()},
        periods=time["periods"],
        month_words=frozenset(time.get("month_words", ())),
        events=time["events"],
    )


def _needed(patterns: Iterable[str]) -> Needles[tuple[int, ...]]:
    """Return strings and the places of the patterns that need one of them; "" of those that need none."""
    found: dict[str, list[int]] = {}
    for place, pattern in enumerate(patterns):
        for piece in needs(pattern) or {""}:
            found.setdefault(piece, []).append(place)
    return Needles({piece: tuple(places) for piece, places in found.items()})


def worth_seeking(norm: str, words: ClaimWords) -> list[int]:
    """Return the places of the scopes that a sentence may hold."""
    return sorted({place for places in words.scope_needs.found(norm) for place in places})


def _also(words: Iterable[str], groups: Mapping[str, Iterable[str]]) -> frozenset[str]:
    return frozenset(each for word in words for each in groups.get(word, (word,)))


def _tried(patterns: tuple[ClaimPattern, ...]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for place, pattern in enumerate(patterns):
        for word in pattern.when:
            found.setdefault(word, []).append(place)
    return {word: tuple(places) for word, places in found.items()}


def _triggers(data: Mapping[str, Any], superlatives: Mapping[str, Any]) -> frozenset[str]:
    """Return the words beside the patterns' own that may make a claim alone."""
    return frozenset(data["prefilter"]["words"]) | frozenset(superlatives)
