"""A story as the rules read it: its fields cut into sentences, once, with places in the original text.

Where a sentence stands matters to every rule: headline and lead say what is new, the rest is background.
"""

import re
from functools import cache
from typing import Final

from msgspec import Struct

from streams.lexicons import lexicon
from streams.rules.languages import ASSUMED, language_of
from wirewatch.messages import Field, Span, Story, StoryLanguage

# A text of a book's length is cut: what a wire has to say it says in its first hundred thousand characters.
MAX_FIELD: Final = 100_000
# What runs on without a stop is cut: no sentence of a person's is as long.
MAX_SENTENCE: Final = 2_000
_END: Final = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)|\n+")
# Digits of a rank, and the word after it.
_RANK: Final = 2
_NEXT: Final = re.compile(r"[ \u00a0]([^\W\d_]+)")


class Stops(Struct, frozen=True):
    """A language's words that end with a full stop which ends no sentence."""

    abbreviations: frozenset[str]
    # Those that may end a sentence, where a line ends with them and the next begins with a capital.
    may_end: frozenset[str]
    # After a number of one or two digits a stop makes it a rank, before these words or a small letter.
    ranked: frozenset[str]


@cache
def _stops(language: str) -> Stops:
    table: dict[str, list[str]] = lexicon(f"{language}/reading")["sentences"]
    return Stops(**{name: frozenset(table[name]) for name in Stops.__struct_fields__})


class Sentence(Struct, frozen=True, gc=False):
    """A sentence of a field. `position` counts from 0 within the field."""

    field: Field
    start: int
    end: int
    text: str
    position: int

    def span(self) -> Span:
        """Return the sentence as a span."""
        return Span(self.field, self.start, self.end, self.text)


class Reading(Struct, frozen=True):
    """A story's sentences: the title's first, then the summary's, then the text's."""

    story: Story
    sentences: tuple[Sentence, ...]
    language: StoryLanguage

    @property
    def lang(self) -> str | None:
        """Return the language whose lexicons read the story; None where there are none for it."""
        return self.language.read


def read(story: Story) -> Reading:
    """Cut a story's fields into sentences. Linear in the length of the text."""
    language = language_of(story)
    stops = _stops(language.read or ASSUMED)
    sentences: list[Sentence] = []
    for field, text in (("title", story.title), ("summary", story.summary), ("text", story.text)):
        sentences.extend(_cut(field, text[:MAX_FIELD], stops))  # type: ignore[arg-type] # the names above are Fields
    return Reading(story, tuple(sentences), language)


def _cut(field: Field, text: str, stops: Stops) -> list[Sentence]:
    found: list[Sentence] = []
    start = 0
    for match in _END.finditer(text):
        if _goes_on(text, match, stops):
            continue
        _add(found, field, text, start, match.end())
        start = match.end()
    _add(found, field, text, start, len(text))
    return found


def _goes_on(text: str, match: re.Match[str], stops: Stops) -> bool:
    """Whether the full stop belongs to an abbreviation or an initial, and not to a sentence's end."""
    if not match.group().startswith(".") or match.end() - match.start() > 1:
        return False
    word = text[max(0, match.start() - 8) : match.start()].rsplit(None, 1)[-1:] or [""]
    bare = word[0].lower().lstrip("(\"'“‘")
    if len(bare) == 1 and bare.isalpha() and word[0][-1:].isupper():
        return True
    if stops.ranked and bare.isdecimal() and len(bare) <= _RANK:
        follow = _NEXT.match(text, match.end())
        return follow is not None and (follow[1][0].islower() or follow[1].lower() in stops.ranked)
    after = text[match.end() : match.end() + 3].lstrip()
    return bare in stops.abbreviations and not (
        bare in stops.may_end and after[:1].isupper() and "\n" in after
    )


def _add(found: list[Sentence], field: Field, text: str, start: int, end: int) -> None:
    while end - start > MAX_SENTENCE:
        cut = text.rfind(" ", start + 1, start + MAX_SENTENCE)
        cut = cut if cut > start else start + MAX_SENTENCE
        _add(found, field, text, start, cut)
        start = cut
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        begin = start + piece.index(stripped[0])
        found.append(Sentence(field, begin, begin + len(stripped), stripped, len(found)))
