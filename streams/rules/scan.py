"""The sentences of a story that may say what is new, tagged once for all that read them."""

from typing import Final

from msgspec import Struct

from streams.rules.grammar import Grammar
from streams.rules.grammar_building import grammar
from streams.rules.reading import Reading, Sentence
from streams.rules.tagging import Tagged

# What is new stands in the headline, in a summary's first sentences, or in the first ones of a text.
_LEADS: Final[dict[str, int]] = {"title": 4, "summary": 2, "text": 2}
_SHORTEST: Final = 7
_FURNITURE: Final = 8


class Scan(Struct, frozen=True):
    """The headline's sentences, and those of the lead."""

    grammar: Grammar
    title: tuple[tuple[Sentence, Tagged], ...]
    lead: tuple[tuple[Sentence, Tagged], ...]

    def headline(self) -> list[Tagged]:
        """Return the tagged sentences of the headline."""
        return [tagged for _, tagged in self.title]

    def below(self) -> list[Tagged]:
        """Return the tagged sentences of the lead."""
        return [tagged for _, tagged in self.lead]


class _Last:
    """The last reading and its scan: the rules that need it are asked one after another about the same story."""

    reading: Reading | None = None
    scan: Scan | None = None


_last: Final = _Last()


def scan(reading: Reading) -> Scan | None:
    """Tag what may say what is new; None for a language without lexicons."""
    if _last.reading is not reading:
        _last.scan = _scan(reading)
        _last.reading = reading
    return _last.scan


def _scan(reading: Reading) -> Scan | None:
    if reading.lang is None:
        return None
    known = grammar(reading.lang)
    title: list[tuple[Sentence, Tagged]] = []
    lead: list[tuple[Sentence, Tagged]] = []
    left = dict(_LEADS)
    for sentence in reading.sentences:
        if not any(left.values()):
            break
        if left[sentence.field]:
            piece = known.vocabulary.tag(sentence.text, sentence.start)
            (title if sentence.field == "title" else lead).append((sentence, piece))
            # A page's furniture ("Skip to content") is no sentence, but a headline may be as short.
            full = len(piece.words) >= _SHORTEST
            left[sentence.field] -= sentence.field != "text" or full
            if sentence.field == "summary" and full:
                # A summary is the lead; the text is then the body.
                left["text"] = 0
        if sentence.position >= _FURNITURE:
            left[sentence.field] = 0
    return Scan(known, tuple(title), tuple(lead))
