"""The forms of a word: what a lexicon lists once, a text writes in several ways."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from streams.lexicons import lexicon

_VOWELS: Final = "aeiou"


class Inflection:
    """The forms of a language's words, by its lexicon: by the endings that it lists, or else by the rules of English."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._irregular: dict[str, str] = data["irregular"]
        self._endings: Mapping[str, list[str]] = data.get("endings", {})
        # Behind a hyphen these endings make an adjective, which does nothing.
        self.adjectival: tuple[str, ...] = tuple(data["adjectival"])
        # How a word ends that tells what was done to somebody, at a headline's front.
        self.past: tuple[str, ...] = tuple(data["past"])
        # After a people's name this means its capital: "the Russian capital".
        self.capital: str = data["capital"]

    def verb_forms(self, phrase: str) -> Iterator[str]:
        """Yield the forms of a verb, or of a phrase that begins with one."""
        if not self._endings:
            yield from verb_forms(phrase, self._irregular)
            return
        verb, space, rest = phrase.partition(" ")
        stem = next(
            (verb.removesuffix(end) for end in self._endings["infinitive"] if verb.endswith(end)), verb
        )
        yield verb + space + rest
        irregular = self._irregular.get(verb)
        # A verb whose forms are listed has none but these and the present.
        for end in self._endings["present" if irregular else "verbs"]:
            yield stem + end + space + rest
        for form in irregular.split() if irregular else ():
            yield form + space + rest
        if irregular is None:
            for end in self._endings["participle"]:
                yield self._endings["prefix"][0] + stem + end + space + rest

    def noun_forms(self, phrase: str) -> Iterator[str]:
        """Yield a noun, or a phrase that ends with one, in all its forms."""
        if not self._endings:
            yield from noun_forms(phrase)
            return
        for end in self._endings["nouns"]:
            yield phrase + end

    def name_forms(self, name: str) -> Iterator[str]:
        """Yield a name as it stands and as it is possessed, where that is written without a sign."""
        for end in self._endings.get("names", ("",)):
            yield name + end

    def people_forms(self, name: str) -> Iterator[str]:
        """Yield a people's name in all its forms.

        One that ends with a hyphen is the first part of compounds ("Russo-Ukrainian"), and in a language with endings
        an adjective without its ending.
        """
        if not self._endings:
            yield name
        elif name.endswith("-"):
            yield name
            for end in self._endings["adjectives"]:
                yield name[:-1] + end
                yield name[0].upper() + name[1:-1] + end
        else:
            for end in self._endings["people"]:
                yield name + end


@cache
def inflection(language: str) -> Inflection:
    """Return how a language's words are inflected."""
    return Inflection(lexicon(f"{language}/inflection"))


def verb_forms(phrase: str, irregular: dict[str, str]) -> Iterator[str]:
    """Yield the forms of an English verb, or of a phrase that begins with one ("blow up": "blew up", "blowing up")."""
    verb, space, rest = phrase.partition(" ")
    for form in (verb, _third(verb), *_past(verb, irregular), _participle(verb)):
        yield form + space + rest


def noun_forms(phrase: str) -> Iterator[str]:
    """Yield an English noun, or a phrase that ends with one, in singular and plural."""
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
