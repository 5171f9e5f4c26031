"""Which metric does a claim mean?

A metric is a series that can hold a record: what is counted, what happens with it, where, by whom, and which way a
record goes. "Drones launched at Ukraine overnight" and "UAV assault on Ukraine" are one; drones on Moscow, and drones
and missiles together, are others. Words are compared by their meaning in the lexicon `en/metrics`, never by letters.
"""

import re
from functools import cache, lru_cache
from typing import Final, Literal

from msgspec import Struct

from streams.lexicons import lexicon
from streams.rules.gazetteer import NAMED_IN, country_of, place_of
from wirewatch.messages import Direction, Subject

_WORD: Final = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*", re.UNICODE)
# "S&P" and "S&P/ASX" are one name.
_JOINT: Final = re.compile(r"\s*(?:\band\b|(?<!\bs)&|(?<!&p)/|,|\+|\bplus\b)\s*")
_UNSAFE: Final = re.compile(r"[^a-z0-9]+")
MAX_WORDS: Final = 6
# Units that are remembered.
_REMEMBERED: Final = 4_096

Likeness = Literal["one", "likely", "possible", "other"]


class Meaning(Struct, frozen=True):
    """A subject in the lexicon's words: equal meanings are one metric."""

    units: frozenset[str] = frozenset()
    action: str | None = None
    actor: str | None = None
    place: str | None = None
    # What makes another series of the same unit: "june", "combined", "female".
    narrow: frozenset[str] = frozenset()
    # The other content words, which support a likeness but decide none.
    terms: frozenset[str] = frozenset()
    # What kind of work it is that holds the record, whatever its name: a film, an album.
    kind: str | None = None


@cache
def _groups(name: str, language: str = NAMED_IN) -> dict[str, str]:
    table: dict[str, list[str]] = lexicon(f"{language}/metrics")[name]
    return {word: key for key, words in table.items() for word in (key, key.replace("-", " "), *words)}


@cache
def _words(name: str, key: str = "words", language: str = NAMED_IN) -> frozenset[str]:
    return frozenset(lexicon(f"{language}/metrics")[name][key])


def _plain(phrase: str | None) -> str:
    folded = " ".join((phrase or "").casefold().replace("’", "'").split())
    return folded.removeprefix("the ")


def _grouped(phrase: str | None, table: str) -> str | None:
    plain = _plain(phrase)
    if not plain:
        return None
    known = _groups(table)
    return known.get(plain) or known.get(plain.removesuffix("'s")) or plain


def _implied(name: str) -> dict[str, str]:
    table: dict[str, str] = lexicon("en/metrics")["implied"][name]
    return table


def related(units: frozenset[str]) -> frozenset[frozenset[str]]:
    """Return the units that may be another word for these: people for migrants, and migrants for people."""
    wider: dict[str, list[str]] = lexicon("en/metrics")["wider"]
    found = {frozenset({key}) for key, kinds in wider.items() if units <= frozenset(kinds)}
    found |= {frozenset({kind}) for key, kinds in wider.items() if units == {key} for kind in kinds}
    return frozenset(found)


@lru_cache(maxsize=_REMEMBERED)
def unit_meaning(unit: str | None) -> frozenset[str]:
    """Return what a unit counts: one word, or several for what is counted together."""
    plain = _plain(unit)
    if not plain:
        return frozenset()
    known = _groups("units")
    if plain in known:
        return _together(frozenset({known[plain]}))
    return _together(frozenset(_one_unit(part, known) for part in _JOINT.split(plain) if part))


def _one_unit(part: str, known: dict[str, str]) -> str:
    """Return the unit's name: the whole phrase where it is known, else its last word where that is ("attack drones")."""
    if part in known:
        return known[part]
    last = part.rsplit(" ", 1)[-1]
    return known.get(last, part) if last not in _words("generic", "units") else part


def _together(units: frozenset[str]) -> frozenset[str]:
    """Return what several units are called where they are counted together."""
    table: dict[str, list[str]] = lexicon("en/metrics")["together"]
    return next((frozenset({key}) for key, parts in table.items() if units == frozenset(parts)), units)


def is_unit(word: str, language: str = NAMED_IN) -> bool:
    """Whether the lexicon knows the word as what can be counted."""
    return _plain(word) in _groups("units", language)


def is_countable(word: str) -> bool:
    """Whether a word alone says what is counted, of one series and not of many."""
    return is_unit(word) and not unit_meaning(word) & _words("generic", "units")


def named_here(word: str, language: str) -> str:
    """Return the word by which metrics are named for a word of another language, or the word itself."""
    table: dict[str, str] = lexicon(f"{language}/metrics")["terms"]
    return table.get(word, word)


def is_measure(unit: str | None) -> bool:
    """Whether a unit measures (a length, a time, a share) and does not count."""
    units = unit_meaning(unit)
    return bool(units) and units <= _words("generic", "measures")


def is_time(unit: str | None) -> bool:
    """Whether a unit is one of time: "for the first time in three years" counts no years."""
    units = unit_meaning(unit)
    return bool(units) and units <= _words("generic", "times")


def is_of_markets(unit: str | None) -> bool:
    """Whether a unit is one that prices and indexes are told in, and no attack is."""
    return any(one.rsplit(" ", 1)[-1] in _words("generic", "market") for one in unit_meaning(unit))


def fits(comparator: str, unit: str | None) -> bool:
    """Whether a comparator can be about a unit: the largest attack is not told in the dead that it left."""
    allowed: dict[str, list[str]] = lexicon("en/metrics")["fits"]
    return not comparator or all(
        any(word in comparator for word in allowed[one]) for one in unit_meaning(unit) if one in allowed
    )


@lru_cache(maxsize=20_000)
def meaning_of(subject: Subject, comparator: str = "", scope: str = "") -> Meaning:
    """Return the subject in the lexicon's words.

    A comparator of change ("steepest fall") and a scope within the year ("ever (June)") make another series.
    """
    units = unit_meaning(subject.unit or _implied("units").get(comparator))
    action = _grouped(subject.action, "actions")
    if action in _words("empty_actions"):
        action = None
    action = next((_implied("actions")[unit] for unit in units if unit in _implied("actions")), action)
    words = {word for term in subject.terms[:40] for word in _WORD.findall(_plain(term))}
    words.update(_WORD.findall(_plain(scope.partition("(")[2])))
    narrow = words & _words("narrowing")
    if comparator and any(
        word in comparator for word in ("rise", "fall", "gain", "drop", "improvement", "loss", "jump")
    ):
        narrow.add("change")
    if units & frozenset(lexicon("en/metrics")["together"]) or len(units) > 1:
        # What is counted together needs no word for it.
        narrow -= {"combined", "together", "total"}
    kind = next((found for term in subject.terms[:40] if (found := work_of(term))), None)
    if kind is not None:
        narrow |= {"opening"} if words & _words("works", "opening") else set()
        narrow |= {term for term in subject.terms[:40] if " " in term}
        words, action = {kind}, None
    same: dict[str, str] = lexicon("en/metrics")["narrowing"]["same"]
    terms = {word for word in words if word not in _words("noise") and len(word) > 2} - narrow
    terms = {word for word in terms if not unit_meaning(word) <= units and action_of(word) is None}
    return Meaning(
        units,
        action,
        country_of(subject.actor),
        place_of(subject.place),
        frozenset(same.get(word, word) for word in narrow),
        frozenset(sorted(terms)[:12]),
        kind,
    )


@cache
def _works() -> dict[str, str]:
    kinds: dict[str, list[str]] = lexicon("en/metrics")["works"]["kinds"]
    return {word: kind for kind, words in kinds.items() for word in (kind, *words)}


def work_of(word: str) -> str | None:
    """Return the kind of work that a word names: a record of films is held by one film after the other."""
    return _works().get(word)


def tells_works_apart(word: str) -> bool:
    """Whether a word tells films from films: "animated"."""
    return word in _words("works", "apart")


def narrows_work(word: str) -> bool:
    """Whether a word behind a work opens what narrows it: "a film by a woman"."""
    return word in _words("works", "of_whom")


def is_ambiguous(word: str, language: str = NAMED_IN) -> bool:
    """Whether a word names an act in one sense of many: records are hit, peaks taken, years ended."""
    return word in _words("ambiguous_actions", language=language)


@cache
def marks(key: str, language: str = NAMED_IN) -> frozenset[str]:
    """Return words that make another thing of an act.

    A record that is reached ("marks") and what may open it ("opens"); the forces of nature ("hazards") and what they do
    as well ("natural").
    """
    return _words("ambiguous_actions", key, language)


def crossed(sentence: str, language: str = NAMED_IN) -> Direction:
    """Return which way a mark is crossed for the first time ("tops 3,000", "falls below 1,000"); "first" for no mark."""
    words = set(_WORD.findall(sentence.casefold()[:1000]))
    if words & _words("crossing", "down", language):
        return "min"
    return "max" if words & _words("crossing", "up", language) else "first"


@cache
def noise(language: str = NAMED_IN) -> frozenset[str]:
    """Return the words that say nothing about which series is meant, days and months among them."""
    return _words("noise", language=language) | _words("narrowing", language=language)


@lru_cache(maxsize=20_000)
def action_of(word: str, language: str = NAMED_IN) -> str | None:
    """Return the act that a word names, or None where it names none."""
    table = _groups("actions", language)
    bare = word.removesuffix("s").removesuffix("e")
    return (
        table.get(word)
        or table.get(word.removesuffix("s"))
        or table.get(bare.removesuffix("ing").removesuffix("ed"))
    )


def metric_name(meaning: Meaning, direction: Direction) -> str:
    """Return the metric's name, the same for the same meaning: "drones-attack-ukraine-max"."""
    place = meaning.place or (f"by-{meaning.actor}" if meaning.actor else None)
    parts = [*sorted(meaning.units), meaning.action, place, meaning.kind, *sorted(meaning.narrow)]
    if not place and not meaning.kind:
        parts.extend(sorted(meaning.terms)[:3])
    words = [_UNSAFE.sub("-", part.casefold()).strip("-") for part in parts if part]
    return "-".join([*[word for word in words if word][:MAX_WORDS], direction])[:120]


def likeness(claim: Meaning, metric: Meaning) -> Likeness:
    """Say how far a claim's meaning is a metric's.

    "one" leaves no doubt; "likely" has something to say for it and nothing against; "possible" has nothing against it
    but too little for it, so that the figure or the story must decide; "other" is contradicted.
    """
    if _contradicted(claim, metric):
        return "other"
    place = claim.place is not None and claim.place == metric.place
    actor = claim.actor is not None and claim.actor == metric.actor
    action = claim.action is not None and claim.action == metric.action
    shared = len(claim.terms & metric.terms)
    close = shared >= 1 and shared * 2 >= min(len(claim.terms), len(metric.terms))
    if claim.units != metric.units and not _is_wider(claim, metric):
        return "possible" if place or (action and actor) else "other"
    # That it is a film says more than that the same words are used.
    alike = 2 if _one_kind(claim, metric) else int(close)
    support = (1 if is_generic(claim) else 2) * place + actor + action + alike
    if support < 2:
        return "possible"
    return "one" if place and (action or actor or close) else "likely"


def _one_kind(claim: Meaning, metric: Meaning) -> bool:
    """Whether both are of films, or of the very same thing where nothing is said of a place: gold, and gold."""
    if claim.kind is not None:
        return claim.kind == metric.kind
    placeless = claim.place is None and metric.place is None and claim.actor is None and metric.actor is None
    return placeless and claim.terms == metric.terms and not claim.terms <= _words("generic", "terms")


def _is_wider(claim: Meaning, metric: Meaning) -> bool:
    """Whether one counts people and the other says which, at the same place and in the same act."""
    same = claim.place is not None and claim.place == metric.place and claim.action == metric.action
    return same and claim.action is not None and claim.units in related(metric.units)


def _contradicted(claim: Meaning, metric: Meaning) -> bool:
    """Whether something that both name differs."""
    if claim.units and metric.units and claim.units != metric.units and not _is_wider(claim, metric):
        return True
    # That a year is counted goes often without saying; a day's count is told apart by its size.
    if not claim.narrow ^ metric.narrow <= _words("narrowing", "silent") or _differ(claim.kind, metric.kind):
        return True
    if _differ(claim.place, metric.place) or _differ(claim.action, metric.action):
        return True
    # Where the place is the same, who acts is told in too many ways to make another series of it: "Ukraine's air
    # force" said it, "Poland" scrambled jets.
    return claim.place is None and _differ(claim.actor, metric.actor) and claim.actor != metric.place


def is_growing(meaning: Meaning) -> bool:
    """Whether the figure of one event grows while it goes on: a toll, a burnt area."""
    return bool(meaning.units) and meaning.units <= _words("growing", "units")


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def is_vague(meaning: Meaning) -> bool:
    """Whether a claim leaves open what is counted, so that no second claim could be held against it."""
    somewhere = meaning.place is not None or meaning.actor is not None
    if not meaning.units:
        return not meaning.terms
    return is_generic(meaning) and not somewhere and not meaning.terms


def is_generic(meaning: Meaning) -> bool:
    """Whether many series share the unit, so that it says little by itself."""
    return not meaning.units or bool(meaning.units & _words("generic", "units"))


def is_level(meaning: Meaning) -> bool:
    """Whether the figure is read off and not counted (a price, a temperature, Nikkei points): tomorrow has its own."""
    if is_generic(meaning):
        return True
    return any(unit.rsplit(" ", 1)[-1] in _words("generic", "units") for unit in meaning.units)
