"""Countries and places by any of their names: "Kremlin" acts for russia, "Ukrainian cities" lie in ukraine.

As an actor every name stands for its country; as a place a capital or city is its own: drones on Moscow are counted
apart from drones on Russia.
"""

import re
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

from streams.lexicons import lexicon
from streams.rules.inflection import inflection

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


# A place's name is the one of these lexicons, whatever language tells it.
NAMED_IN: Final = "en"


@cache
def _names(language: str) -> dict[str, Entry]:
    """Return every name, folded."""
    found: dict[str, Entry] = {}
    places = lexicon(f"{language}/places")
    for key, entry in places.items():
        found.update(_of_country(key, entry, language))
    for key, words in lexicon(f"{language}/metrics")["places"].items():
        own = (key.replace("-", " "),) if language == NAMED_IN else ()
        for word in (*own, *words):
            country = found[_fold(word)][0] if _fold(word) in found else None
            found[_fold(word)] = (country, key, False)
    return found


def _of_country(key: str, entry: dict[str, Any], language: str) -> dict[str, Entry]:
    """Return a country's names; where one is both, the country's stands before the city's."""
    country = key.replace(" ", "-")
    forms = inflection(language)
    # Of another language's lexicon: what the place is called here.
    same: dict[str, str] = entry.get("same", {})
    found: dict[str, Entry] = {}
    for city in entry.get("cities", ()):
        place = _fold(same.get(city, city)).replace(" ", "-")
        found.update({_fold(form): (country, place, False) for form in forms.name_forms(city)})
    capitals = entry.get("capital", [])
    people = [form for name in entry.get("people", ()) for form in forms.people_forms(name)]
    for name in (*capitals, *(f"{one} {forms.capital}" for one in people if capitals)):
        place = _fold(same.get(capitals[0], capitals[0])).replace(" ", "-")
        found.update({_fold(form): (country, place, False) for form in forms.name_forms(name)})
    for name in people:
        found[_fold(name)] = (country, country, True)
    own = (key,) if language == NAMED_IN else ()
    for name in (*entry.get("leaders", ()), *own, *entry.get("names", ())):
        found.update({_fold(form): (country, country, False) for form in forms.name_forms(name)})
    return found


@cache
def _longest(language: str) -> dict[str, int]:
    """Return how many words the longest name has that begins with a word."""
    found: dict[str, int] = {}
    for name in _names(language):
        first, *rest = name.split(" ")
        found[first] = max(found.get(first, 1), min(_LONGEST, 1 + len(rest)))
    return found


class _Reach(dict[str, int]):
    """The words that were met, and how many words a name has at most that begins with each; none begins with most."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._longest, self._names = _longest(language), _names(language)

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = max(self._longest.get(word.casefold(), 0), 1 if _fold(word) in self._names else 0)
        self[word] = found
        return found


@cache
def _reach(language: str) -> _Reach:
    return _Reach(language)


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


@lru_cache(maxsize=_REMEMBERED)
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


# A word, or one of the names of a compound: where it starts, which word of the text it is in, and whether of a compound.
_Piece = tuple[str, int, int, bool]


def _pieces(text: str, reach: _Reach) -> list[_Piece]:
    """Return a text's words, and the names that a compound is made of: "US-China", "Thai-Cambodian"."""
    found: list[_Piece] = []
    for at, (word, start) in enumerate(words_of(text)):
        parts = _compound(word, reach) if "-" in word else []
        if not parts:
            found.append((word, start, at, False))
        found.extend((part, start + word.index(part.removesuffix("-")), at, True) for part in parts)
    return found


def _compound(word: str, reach: _Reach) -> list[str]:
    """Return the parts of a compound that names at least two in a row; none of another word."""
    if reach[word]:
        return []
    parts = word.split("-")
    # "Russo-" is a name in compounds alone.
    parts = [f"{part}-" if reach[f"{part}-"] else part for part in parts[:-1]] + parts[-1:]
    named = [bool(reach[part]) for part in parts]
    # A lone name says little: "Iran-backed" fighters are not Iran.
    return parts if any(one and other for one, other in pairwise(named)) else []


def names_in(text: str, language: str = NAMED_IN) -> tuple[Named, ...]:
    """Return the names that a text holds, the longest at each place, in order."""
    return _names_in(text[:4000], language)


@lru_cache(maxsize=256)
def _names_in(text: str, language: str) -> tuple[Named, ...]:
    table = _names(language)
    reach = _reach(language)
    words = _pieces(text, reach)
    found: list[Named] = []
    beyond = 0
    for index in [index for index, (word, *_) in enumerate(words) if reach[word]]:
        if index < beyond:
            continue
        for size in range(min(reach[words[index][0]], len(words) - index), 0, -1):
            piece = [word for word, *_ in words[index : index + size]]
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
            _, start, first, compound = words[index]
            _, _, last, compounded = words[index + size - 1]
            # In a compound a country's name says whose, as an adjective does: "the Israel-Iran war".
            adjective = known[2] or compound or compounded
            found.append(Named(known[0], known[1], first, last, start, adjective))
            beyond = index + size
            break
    return tuple(found)
