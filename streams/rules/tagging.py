"""A sentence as a string of tags: one character a token, which says what classes of words the token is in.

The vocabulary of all lexicons of a language is known when they are loaded, so the number of different sets of
classes is small; each gets a character. Phrases ("peace talks") are one token. Names are matched with their
capitals, so that the US is not us and Turkey not a bird.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import Any, Final

from msgspec import Struct

from streams.rules.inflection import Inflection

# Plain words (any of the others would read them alike, but slower), initials with stops, words with an inner apostrophe, numbers with what hangs on them, and signs that end a clause.
_TOKEN: Final = re.compile(
    r"[a-zA-Z]++(?=[ ,])|(?:[A-Z]\.){2,}|[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*(?:['’]s\b)?|\d+(?:[.,]\d+)*[^\W\d_]*|[.;:!?—–…|(),]|(?<=\s)-+(?=\s)"
)
_FIRST_TAG: Final = 0x4E00
OTHER, NAME, NUMBER, STOP, COMMA = "o", "n", "0", ";", ","
_SIGNS: Final = frozenset(".;:!?—–…|()-")
# A sentence longer than this is no sentence: what it has to say comes first.
_LONGEST: Final = 900
# Ways to write a word that are remembered, so that a text of new ones each cannot fill the memory.
_REMEMBERED: Final = 50_000
# The rest of a phrase after its first two words, its tag, and whether it is a name.
_Ending = tuple[tuple[str, ...], str, bool]
_Phrases = dict[str, tuple[_Ending, ...]]
_NO_PHRASES: Final[_Phrases] = {}


class Tagged(Struct, frozen=True):
    """A tagged sentence: `words[i]`, lower-cased, has the tag `tags[i]`."""

    tags: str
    words: list[str]
    text: str
    # Where the sentence stands in its field.
    offset: int
    # Of each word, which token of the text it begins with.
    first: list[int]
    # The tags, each once: to ask whether a sentence has any of a class at all.
    present: frozenset[str]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the words `start` up to, without, `end` stand in the field."""
        spans = [match.span() for match in _TOKEN.finditer(self.text)]
        last = self.first[end] if end < len(self.first) else len(spans)
        return self.offset + spans[self.first[start]][0], self.offset + spans[last - 1][1]


class Vocabulary:
    """The words of a language and the classes that they are in."""

    def __init__(self, inflection: Inflection) -> None:
        self._inflection = inflection
        self._adjectival = inflection.adjectival
        self._classes: dict[tuple[str, bool], set[str]] = {}
        self._known = _Known(self)

    def add(self, name: str, words: Mapping[str, Iterable[Any]]) -> None:
        """Put words in a class: `verbs` and `nouns` with all their forms, `forms` as they are, `names` as names.

        `compounds` are pairs of lists: each word of the first, written together with each noun of the second.
        """
        for verb in words.get("verbs", ()):
            self._put(self._inflection.verb_forms(verb), name)
        for noun in words.get("nouns", ()):
            self._put(self._inflection.noun_forms(noun), name)
        self._put(words.get("forms", ()), name)
        for heads, nouns in words.get("compounds", ()):
            for head, noun in product(heads, nouns):
                self._put(self._inflection.noun_forms(head + noun), name)
        for proper in words.get("names", ()):
            self._put(self._inflection.name_forms(proper), name, proper=True)

    def class_names(self) -> set[str]:
        """Return the names of all classes that have words."""
        return {name for names in self._classes.values() for name in names}

    def has(self, phrase: str) -> bool:
        """Whether a word or phrase is in any class."""
        return (self.key(phrase), False) in self._classes

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
        """Return the tags of a class, as a string of characters."""
        if name in _SHAPES:
            return _SHAPES[name]
        return self._by_class.get(name, "") + _SHAPES.get(f"+{name}", "")

    @cached_property
    def _by_class(self) -> dict[str, str]:
        found: dict[str, list[str]] = {}
        for names, tag in self._tags.items():
            for name in names:
                found.setdefault(name, []).append(tag)
        return {name: "".join(tags) for name, tags in found.items()}

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
        phrases: dict[str, dict[str, list[tuple[tuple[str, ...], str, bool]]]] = {}
        for (key, proper), names in self._classes.items():
            tag = self._tags[frozenset(names)]
            pieces = key.split(" ")
            if len(pieces) > 1:
                first, second, *rest = (piece.lower() for piece in pieces)
                phrases.setdefault(first, {}).setdefault(second, []).append((tuple(rest), tag, proper))
            elif proper:
                both = frozenset(names | self._classes.get((key.lower(), False), set()))
                proper_singles[key] = self._tags[both]
                if len(key) > 3:
                    proper_singles.setdefault(key.upper(), self._tags[both])
            else:
                singles[key] = tag
        ordered = {
            first: {
                second: tuple(sorted(found, key=lambda phrase: -len(phrase[0])))
                for second, found in table.items()
            }
            for first, table in phrases.items()
        }
        return _Index(singles, proper_singles, ordered)

    def tag(self, text: str, offset: int = 0) -> Tagged:
        """Tag a sentence; `offset` is where it stands in its field. Linear in its length."""
        text = text[:_LONGEST]
        tokens = list(map(self._known.__getitem__, _TOKEN.findall(text)))
        tags = [token.tag for token in tokens]
        words = [token.word for token in tokens]
        if "-" in text:
            self._hyphened(text, words, tags)
        first = list(range(len(tokens)))
        merged: list[tuple[int, int, str]] = []
        at = 0
        for number in [number for number, token in enumerate(tokens[:-1]) if token.phrases]:
            token = tokens[number]
            ends = token.phrases.get(words[number + 1])
            if ends is not None and number >= at:
                longer = _phrase(ends, token, words, number)
                if longer is not None:
                    merged.append((number, longer[1], longer[0]))
                    at = number + longer[1]
        for number, size, tag in reversed(merged):
            tags[number : number + size] = [tag]
            words[number : number + size] = [" ".join(words[number : number + size])]
            first[number : number + size] = [number]
        return Tagged("".join(tags), words, text, offset, first, frozenset(tags))

    def _hyphened(self, text: str, words: list[str], tags: list[str]) -> None:
        """Behind a hyphen a participle is an adjective, which does nothing."""
        adjectives = [number for number, word in enumerate(words) if word.endswith(self._adjectival)]
        if adjectives:
            starts = [match.start() for match in _TOKEN.finditer(text)]
            for number in adjectives:
                if text[starts[number] - 1 : starts[number]] == "-":
                    tags[number] = OTHER

    def look_up(self, piece: str) -> "_Token":
        """Look a way to write a word up."""
        index = self._index
        bare = _bare(piece)
        word = bare.lower().replace("’", "'")
        tag = index.names.get(bare) or index.singles.get(word) or _shape(bare)
        return _Token(word, tag, bare[:1].islower(), index.phrases.get(word, _NO_PHRASES))


class _Known(dict[str, "_Token"]):
    """The ways to write a word that were met: what each is, looked up once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def __missing__(self, piece: str) -> "_Token":
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[piece] = self._vocabulary.look_up(piece)
        return found


def _phrase(ends: Sequence[_Ending], token: "_Token", words: list[str], at: int) -> tuple[str, int] | None:
    """Return the tag and the size of the longest phrase that begins at a token, of those with its second word."""
    for rest, tag, proper in ends:
        if proper and token.small:
            continue
        size = len(rest)
        if size == 0 or tuple(words[at + 2 : at + 2 + size]) == rest:
            return tag, 2 + size
    return None


class _Token(Struct, frozen=True, gc=False):
    """What a way to write a word is: the word, its tag, whether it begins small, its phrases by their second word."""

    word: str
    tag: str
    small: bool
    phrases: _Phrases


class _Index(Struct, frozen=True):
    singles: dict[str, str]
    names: dict[str, str]
    # By the first word, then by the second: the rest, the tag, whether it is a name; the longest first.
    phrases: dict[str, _Phrases]


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
    bare = [_bare(piece) for piece in _TOKEN.findall(phrase)]
    return [piece.lower().replace("’", "'") for piece in bare] if lower else bare


def _bare(piece: str) -> str:
    return piece[:-2] if piece.endswith(("'s", "’s")) else piece


def _shape(piece: str) -> str:
    first = piece[0]
    if first.isdigit():
        return NUMBER
    if first == ",":
        return COMMA
    if first in _SIGNS:
        return STOP
    return NAME if first.isupper() else OTHER
