"""Countries and places by any of their names: "Kremlin" acts for russia, "Ukrainian cities" lie in ukraine.

As an actor every name stands for its country; as a place a capital or city is its own: drones on Moscow are counted
apart from drones on Russia.
"""

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from streams.lexicons import lexicon

_WORD: Final = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*\.?", re.UNICODE)
_LONGEST: Final = 4
# Ways to write a word that are remembered.
_REMEMBERED: Final = 20_000
# Words that are names only when they are written as such.
_AMBIGUOUS: Final = frozenset({"us", "turkey", "chad", "jordan", "georgia", "march", "bush", "rice"})


class Named(NamedTuple):
    """A name in a text: the country that acts, the place where it is, and the words it covers."""

    country: str | None
    place: str
    first: int
    last: int
    start: int
    # "Russian" and not "Russia": it says whose, and where only before a word for a place ("Russian airfields").
    adjective: bool


# Country, place, whether it is an adjective.
Entry = tuple[str | None, str, bool]


@cache
def _names() -> dict[str, Entry]:
    """Return every name, folded."""
    found: dict[str, Entry] = {}
    for key, entry in lexicon("en/places").items():
        if isinstance(entry, dict):
            found.update(_of_country(key, entry))
    for key, words in lexicon("en/metrics")["places"].items():
        for word in (key.replace("-", " "), *words):
            country = found[_fold(word)][0] if _fold(word) in found else None
            found[_fold(word)] = (country, key, False)
    return found


def _of_country(key: str, entry: dict[str, list[str]]) -> dict[str, Entry]:
    """Return a country's names; where one is both, the country's stands before the city's."""
    country = key.replace(" ", "-")
    found: dict[str, Entry] = {}
    for city in entry.get("cities", ()):
        found[_fold(city)] = (country, _fold(city).replace(" ", "-"), False)
    capitals = entry.get("capital", [])
    people = entry.get("people", [])
    for name in (*capitals, *(f"{one} capital" for one in people if capitals)):
        found[_fold(name)] = (country, _fold(capitals[0]).replace(" ", "-"), False)
    for name in people:
        found[_fold(name)] = (country, country, True)
    for name in (*entry.get("leaders", ()), key, *entry.get("names", ())):
        found[_fold(name)] = (country, country, False)
    return found


@cache
def _longest() -> dict[str, int]:
    """Return how many words the longest name has that begins with a word."""
    found: dict[str, int] = {}
    for name in _names():
        first, *rest = name.split(" ")
        found[first] = max(found.get(first, 1), min(_LONGEST, 1 + len(rest)))
    return found


@lru_cache(maxsize=_REMEMBERED)
def _reach(word: str) -> int:
    """Return how many words a name has at most that begins with this one; none begins with most."""
    return max(_longest().get(word.casefold(), 0), 1 if _fold(word) in _names() else 0)


@lru_cache(maxsize=_REMEMBERED)
def _fold(word: str) -> str:
    folded = word.casefold().replace("’", "'").removesuffix("'s").removesuffix("'")
    return folded.replace(".", "") if len(folded) <= 8 else folded.removesuffix(".")


def country_of(phrase: str | None) -> str | None:
    """Return the country that a phrase stands for as an actor, else the phrase itself, folded."""
    named = _named(phrase)
    return (named.country or named.place) if named else _folded(phrase)


def place_of(phrase: str | None) -> str | None:
    """Return the place that a phrase names, else the phrase itself, folded."""
    named = _named(phrase)
    return named.place if named else _folded(phrase)


def _named(phrase: str | None) -> Named | None:
    plain = " ".join((phrase or "").split())[:200]
    if plain.islower():
        plain = "US" if plain in ("us", "u.s.") else plain.title()
    return next(iter(names_in(plain)), None)


def _folded(phrase: str | None) -> str | None:
    plain = " ".join((phrase or "").split())[:200].removeprefix("the ").removeprefix("The ")
    return _fold(plain).replace(" ", "-") or None


def words_of(text: str) -> list[tuple[str, int]]:
    """Return a text's words as written, with where they start."""
    return [(match.group(), match.start()) for match in _WORD.finditer(text)]


def names_in(text: str) -> tuple[Named, ...]:
    """Return the names that a text holds, the longest at each place, in order."""
    return _names_in(text[:4000])


@lru_cache(maxsize=256)
def _names_in(text: str) -> tuple[Named, ...]:
    words = words_of(text)
    table = _names()
    found: list[Named] = []
    index = 0
    while index < len(words):
        reach = _reach(words[index][0])
        for size in range(min(reach, len(words) - index), 0, -1):
            piece = [word for word, _ in words[index : index + size]]
            phrase = " ".join(
                _fold(word) if at == size - 1 else word.casefold() for at, word in enumerate(piece)
            )
            known = table.get(phrase)
            if (
                known is None
                or (phrase in _AMBIGUOUS and not piece[0][:1].isupper())
                or (phrase == "us" and piece[0] != "US")
            ):
                continue
            found.append(Named(known[0], known[1], index, index + size - 1, words[index][1], known[2]))
            index += size - 1
            break
        index += 1
    return tuple(found)
