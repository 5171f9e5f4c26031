"""What a number counts: percent, a currency, a measure, or the noun after it, under one name each."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from streams.rules.tokens import Tokens, tokenise

Phrases = Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]

# How far after a number its noun may stand: "472 Iranian-designed Shahed-type attack drones".
MAX_REACH: Final = 9
_NO_PLURAL: Final = ("ss", "us", "is", "ous", "'s")


class UnitWords(Struct, frozen=True):
    """A language's units; from its lexicon."""

    percent: Phrases
    percent_before: Phrases
    currencies: Phrases
    # The names of the currencies.
    money: frozenset[str]
    units: Phrases
    nouns: Phrases
    function: frozenset[str]
    compound: Mapping[tuple[str, str], tuple[float, str]]
    million_codes: frozenset[str]
    signs: frozenset[str]
    killing: frozenset[str]
    # After "killed": what goes on with the clause, and is nobody who was killed.
    clause_goes_on: frozenset[str]
    # What is left of the dead, and what is done with it long after: no deaths of the day.
    remains: frozenset[str]
    returning: frozenset[str]
    # "The count of drones ...": what is counted stands after it, and how many behind a verb.
    counting: frozenset[str]
    # "Of", and what may follow it before the noun: "12 of their drones".
    of: frozenset[str]
    of_whose: frozenset[str]
    # Between a number and its noun: "12 more drones".
    more: frozenset[str]
    # Plurals that do not end in "s".
    irregular: frozenset[str]
    # Whether a noun is known by its capital, and not by its plural.
    capital: bool


class Unit(Struct, frozen=True, gc=False):
    """A unit's name and the token after it."""

    name: str
    stop: int


def phrases(table: Iterable[tuple[str, Iterable[str]]], language: str = "") -> Phrases:
    """Return the variants by their first token, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, variants in table:
        for variant in variants:
            words = tuple(tokenise(variant, language).low)
            found.setdefault(words[0], []).append((words, name))
    return {first: tuple(sorted(entries, key=lambda e: -len(e[0]))) for first, entries in found.items()}


def match(table: Phrases, tokens: Tokens, at: int) -> Unit | None:
    """Return the longest phrase of the table that begins at this token."""
    low = tokens.low
    if not 0 <= at < len(low):
        return None
    for words, name in table.get(low[at], ()):
        stop = at + len(words)
        if stop == at + 1 or tuple(low[at:stop]) == words:
            return Unit(name, stop)
    return None


def match_before(table: Phrases, tokens: Tokens, at: int) -> tuple[str, int] | None:
    """Return the name of the longest phrase that ends right before this token, and where it begins."""
    for begin, low in enumerate(tokens.low[max(0, at - 4) : max(0, at)], max(0, at - 4)):
        if low not in table:
            continue
        found = match(table, tokens, begin)
        if found is not None and found.stop == at:
            return found.name, begin
    return None


def unit_words(data: Mapping[str, Any], language: str) -> UnitWords:
    """Return the units of a figures lexicon."""
    currencies = phrases(data["currencies"].items(), language)
    return UnitWords(
        percent=phrases([("percent", data["percent"]["after"])], language),
        percent_before=phrases([("percent", data["percent"]["before"])]),
        currencies=currencies,
        money=frozenset(data["currencies"]),
        units=phrases(data["units"].items(), language),
        nouns=phrases(data["nouns"].items(), language),
        function=frozenset(data["context"]["function"]),
        compound={(whole, part): (float(many), name) for whole, part, many, name in data["compound"]["rows"]},
        million_codes=frozenset(data["million_codes"]["codes"]),
        signs=frozenset(word for word in currencies if not word.isalpha()),
        killing=frozenset(data["context"]["killing"]),
        clause_goes_on=frozenset(data["context"]["clause_goes_on"]),
        remains=frozenset(data["context"].get("remains", ())),
        returning=frozenset(data["context"].get("returning", ())),
        counting=frozenset(data["context"]["counting"]),
        of=frozenset(data["context"]["of"]),
        of_whose=frozenset(data["context"]["of_whose"]),
        more=frozenset(data["context"]["more"]),
        irregular=frozenset(data["context"]["plurals"]),
        capital=data["context"]["nouns_by"] == "capital",
    )


def unit_after(tokens: Tokens, at: int, words: UnitWords) -> Unit | None:
    """Return percent, currency or measure right after a number, "3-inch" and "20 (kg)" included."""
    if tokens.word(at) == "-" and tokens.glued(at):
        at += 1
    elif tokens.word(at) in ("(", "[", "{", "<"):
        inner = match(words.units, tokens, at + 1)
        return inner if inner is not None and tokens.word(inner.stop) in (")", "]", "}", ">") else None
    found = match(words.percent, tokens, at) or match(words.currencies, tokens, at)
    if found is not None:
        return found
    found = match(words.units, tokens, at)
    if found is None or found.stop - at > 1 or len(tokens.low[at]) > 1 or not tokens.low[at].isalpha():
        return found
    # A single letter is a unit when it is glued to the number, or a capital C or F that stands alone.
    if tokens.glued(at) and not _word_goes_on(tokens, found.stop):
        return found
    return found if tokens.raw[at] in "CF" and not _word_goes_on(tokens, found.stop) else None


def _word_goes_on(tokens: Tokens, at: int) -> bool:
    return tokens.glued(at) and tokens.low[at][0].isalnum()


def noun_after(tokens: Tokens, at: int, words: UnitWords) -> Unit | None:
    """Return the noun that a number counts: its known name, or the first plural before the phrase ends."""
    if tokens.word(at) in words.of:
        at += 1
        while tokens.word(at) in words.of_whose:
            at += 1
    if tokens.word(at) == "+":
        at += 1
    while tokens.word(at) in words.more:
        at += 1
    known: Unit | None = None
    for here in range(at, min(at + MAX_REACH, len(tokens))):
        low = tokens.low[here]
        found = match(words.nouns, tokens, here)
        if found is not None:
            known = found
            # "479-drone assault pummels": it is drones, whatever follows.
            compound = here == at + 1 and tokens.word(at) == "-" and tokens.glued(at)
            if compound or _noun_ends(tokens, here, found.stop, words):
                return known
            continue
        if low in words.function or not (low.isalpha() or low in "-’'\"“”‘"):
            break
        if _is_noun(tokens, here, words):
            return Unit(low, here + 1)
    return known


def _is_noun(tokens: Tokens, here: int, words: UnitWords) -> bool:
    """Whether an unknown word looks like what is counted; of a compound its last part is."""
    if words.capital:
        return tokens.capital(here) and not (tokens.glued(here + 1) and tokens.low[here + 1].isalpha())
    return plural(tokens.low[here], words) and len(tokens.low[here]) > 3


def _noun_ends(tokens: Tokens, here: int, stop: int, words: UnitWords) -> bool:
    return (
        words.capital
        or plural(tokens.low[here], words)
        or stop - here > 1
        or not _noun_goes_on(tokens, stop, words)
    )


def _noun_goes_on(tokens: Tokens, at: int, words: UnitWords) -> bool:
    low = tokens.word(at)
    return low == "-" or (
        low.isalpha()
        and low not in words.function
        and (plural(low, words) or plural(tokens.word(at + 1), words))
    )


def plural(word: str, words: UnitWords) -> bool:
    """Whether a word looks like a plural noun."""
    return word in words.irregular or (word.endswith("s") and len(word) > 3 and not word.endswith(_NO_PLURAL))
