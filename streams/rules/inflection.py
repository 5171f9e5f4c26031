"""The forms of an English word: what a lexicon lists once, a text writes in four ways."""

from collections.abc import Iterator
from typing import Final

_VOWELS: Final = "aeiou"


def verb_forms(phrase: str, irregular: dict[str, str]) -> Iterator[str]:
    """Yield the forms of a verb, or of a phrase that begins with one ("blow up": "blew up", "blowing up")."""
    verb, space, rest = phrase.partition(" ")
    for form in (verb, _third(verb), *_past(verb, irregular), _participle(verb)):
        yield form + space + rest


def noun_forms(phrase: str) -> Iterator[str]:
    """Yield a noun, or a phrase that ends with one, in singular and plural."""
    yield phrase
    yield _third(phrase)


def _third(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return word[:-1] + "ies"
    return word + "s"


def _past(verb: str, irregular: dict[str, str]) -> list[str]:
    if verb in irregular:
        return irregular[verb].split()
    if verb.endswith("e"):
        return [verb + "d"]
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return [verb[:-1] + "ied"]
    return [_doubled(verb) + "ed"]


def _participle(verb: str) -> str:
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    return _doubled(verb) + "ing"


def _doubled(verb: str) -> str:
    """Double the last consonant of a short verb ("ban", "banned"), which longer ones do by stress: a list."""
    short = (
        len(verb) >= 3
        and verb[-1] not in _VOWELS + "wxy"
        and verb[-2] in _VOWELS
        and verb[-3] not in _VOWELS
        and sum(letter in _VOWELS for letter in verb) == 1
    )
    stressed = verb.endswith(("mit", "pel", "fer", "cur", "quit", "rol", "bat")) and verb not in {
        "offer",
        "suffer",
        "differ",
        "vomit",
        "combat",
    }
    return verb + verb[-1] if short or stressed else verb
