"""A sentence as a string of tags: one character a token, which says what classes of words the token is in.

The vocabulary of all lexicons of a language is known when they are loaded, so the number of different sets of
classes is small; each gets a character. Phrases ("peace talks") are one token. Names are matched with their
capitals, so that the US is not us and Turkey not a bird.
"""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final

from msgspec import Struct

from streams.rules.inflection import noun_forms, verb_forms

# Initials with stops, words with an inner apostrophe, numbers with what hangs on them, and signs that end a clause.
_TOKEN: Final = re.compile(
    r"(?:[A-Z]\.){2,}|[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*(?P<own>['’]s\b)?|[\d][\d,.]*[^\W_]*|[.;:!?—–…|(),]|(?<=\s)-+(?=\s)"
)
_FIRST_TAG: Final = 0x4E00
OTHER, NAME, NUMBER, STOP, COMMA = "o", "n", "0", ";", ","
_SIGNS: Final = frozenset(".;:!?—–…|()-")
# A sentence longer than this is no sentence: what it has to say comes first.
_LONGEST: Final = 120


class Tagged(Struct, frozen=True):
    """A tagged sentence. `words[i]`, lower-cased, stands at `starts[i]` up to `ends[i]` and has the tag `tags[i]`."""

    tags: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


class Vocabulary:
    """The words of a language and the classes that they are in."""

    def __init__(self, inflection: dict[str, Any]) -> None:
        self._irregular: dict[str, str] = inflection["irregular"]
        self._adjectival: tuple[str, ...] = tuple(inflection["adjectival"])
        self._classes: dict[tuple[str, bool], set[str]] = {}

    def add(self, name: str, words: dict[str, Iterable[str]]) -> None:
        """Put words in a class: `verbs` and `nouns` with all their forms, `forms` as they are, `names` as names."""
        for verb in words.get("verbs", ()):
            self._put(verb_forms(verb, self._irregular), name)
        for noun in words.get("nouns", ()):
            self._put(noun_forms(noun), name)
        self._put(words.get("forms", ()), name)
        self._put(words.get("names", ()), name, proper=True)

    def class_names(self) -> set[str]:
        """Return the names of all classes that have words."""
        return {name for names in self._classes.values() for name in names}

    @staticmethod
    def key(phrase: str) -> str:
        """Return a phrase as `Tagged.words` gives it."""
        return " ".join(_pieces(phrase, lower=True))

    def _put(self, forms: Iterable[str], name: str, *, proper: bool = False) -> None:
        for form in forms:
            key = " ".join(_pieces(form, lower=not proper))
            if key:
                self._classes.setdefault((key, proper), set()).add(name)

    @cached_property
    def _tags(self) -> dict[frozenset[str], str]:
        sets = sorted({frozenset(names) for names in self._classes.values()} | self._merged(), key=sorted)
        return {names: chr(_FIRST_TAG + number) for number, names in enumerate(sets)}

    def _merged(self) -> set[frozenset[str]]:
        """The classes of names that are also common words: "Turkey" at a sentence's start may be either."""
        return {
            frozenset(names | self._classes.get((key.lower(), False), set()))
            for (key, proper), names in self._classes.items()
            if proper
        }

    def inherit(self, particles: frozenset[str]) -> None:
        """Give a phrase that only adds particles to a word ("threaten to") what the word itself is."""
        for (key, proper), names in self._classes.items():
            head, *rest = key.split(" ")
            if rest and not proper and particles.issuperset(rest):
                names.update(self._classes.get((head, False), set()))

    def tags_of(self, name: str) -> str:
        """Return the tags of a class, as a string of characters; "=a word" is that word, whatever its classes."""
        if name.startswith("="):
            key = " ".join(_pieces(name[1:], lower=True))
            names = self._classes.get((key, False))
            own = {self._tags[frozenset(names)]} if names else set()
            return "".join(own | {tag for found, tag in self._tags.items() if name in found})
        if name in _SHAPES:
            return _SHAPES[name]
        found = "".join(tag for names, tag in self._tags.items() if name in names)
        return found + _SHAPES.get(f"+{name}", "")

    def classes_of(self, tag: str) -> frozenset[str]:
        """Return the classes of a tag."""
        return self._by_tag.get(tag, frozenset())

    @cached_property
    def _by_tag(self) -> dict[str, frozenset[str]]:
        return {tag: names for names, tag in self._tags.items()}

    @cached_property
    def _index(self) -> "_Index":
        singles: dict[str, str] = {}
        proper_singles: dict[str, str] = {}
        phrases: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
        for (key, proper), names in self._classes.items():
            tag = self._tags[frozenset(names)]
            pieces = key.split(" ")
            if len(pieces) > 1:
                rest = tuple(piece.lower() for piece in pieces[1:])
                phrases.setdefault(pieces[0].lower(), []).append((rest, tag, proper))
            elif proper:
                both = frozenset(names | self._classes.get((key.lower(), False), set()))
                proper_singles[key] = self._tags[both]
                if len(key) > 3:
                    proper_singles.setdefault(key.upper(), self._tags[both])
            else:
                singles[key] = tag
        for found in phrases.values():
            found.sort(key=lambda phrase: -len(phrase[0]))
        return _Index(singles, proper_singles, phrases)

    def tag(self, text: str, offset: int = 0) -> Tagged:
        """Tag a sentence; `offset` is where it stands in its field. Linear in its length."""
        singles, names, phrases = self._index.singles, self._index.names, self._index.phrases
        matches = []
        for match in _TOKEN.finditer(text):
            matches.append(match)
            if len(matches) == _LONGEST:
                break
        raw = [match.group() for match in matches]
        lowered = [_bare(piece, match) for piece, match in zip(raw, matches, strict=True)]
        tags: list[str] = []
        words: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at, count = 0, len(raw)
        while at < count:
            word, last = lowered[at], at
            tag = None
            if word in phrases:
                for rest, phrase_tag, proper in phrases[word]:
                    stop = at + 1 + len(rest)
                    if tuple(lowered[at + 1 : stop]) == rest and not (proper and raw[at][0].islower()):
                        tag, last = phrase_tag, stop - 1
                        break
            if tag is None:
                piece = raw[at] if matches[at].start("own") < 0 else raw[at][:-2]
                begin = matches[at].start()
                if begin and text[begin - 1] == "-" and word.endswith(self._adjectival):
                    tag = OTHER
                else:
                    tag = names.get(piece) or singles.get(word) or _shape(piece)
            tags.append(tag)
            words.append(word if last == at else " ".join(lowered[at : last + 1]))
            starts.append(offset + matches[at].start())
            ends.append(offset + matches[last].end())
            at = last + 1
        return Tagged("".join(tags), tuple(words), tuple(starts), tuple(ends))


class _Index(Struct, frozen=True):
    singles: dict[str, str]
    names: dict[str, str]
    phrases: dict[str, list[tuple[tuple[str, ...], str, bool]]]


_SHAPES: Final = {
    "other": OTHER,
    "unknown-name": NAME,
    "+number": NUMBER,
    "stop": STOP,
    "comma": COMMA,
    "any-number": NUMBER,
}


def _pieces(phrase: str, *, lower: bool) -> list[str]:
    """Cut a lexicon's phrase as a text is cut, so that hyphens and spaces are the same."""
    return [_bare(match.group(), match) if lower else match.group() for match in _TOKEN.finditer(phrase)]


def _bare(piece: str, match: re.Match[str]) -> str:
    if match.start("own") >= 0:
        piece = piece[:-2]
    return piece.lower().replace("’", "'")


def _shape(piece: str) -> str:
    first = piece[0]
    if first.isdigit():
        return NUMBER
    if first == ",":
        return COMMA
    if first in _SIGNS:
        return STOP
    return NAME if first.isupper() else OTHER
