"""A story as the rules read it: its fields cut into sentences, once, with places in the original text.

Where a sentence stands matters to every rule: headline and lead say what is new, the rest is background.
"""

import re
from typing import Final

from msgspec import Struct

from streams.rules.languages import language_of
from wirewatch.messages import Field, Span, Story, StoryLanguage

# A text of a book's length is cut: what a wire has to say it says in its first hundred thousand characters.
MAX_FIELD: Final = 100_000
# What runs on without a stop is cut: no sentence of a person's is as long.
MAX_SENTENCE: Final = 2_000
_END: Final = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)|\n+")
_ABBREVIATIONS: Final = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "gen",
        "col",
        "lt",
        "sgt",
        "capt",
        "maj",
        "adm",
        "gov",
        "sen",
        "rep",
        "st",
        "no",
        "nos",
        "vs",
        "jr",
        "sr",
        "inc",
        "ltd",
        "corp",
        "co",
        "u.s",
        "u.k",
        "u.n",
        "e.u",
        "a.m",
        "p.m",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "fig",
        "approx",
        "est",
        "al",
        "etc",
        "ca",
        "bn",
        "cf",
    ]
)


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
    sentences: list[Sentence] = []
    for field, text in (("title", story.title), ("summary", story.summary), ("text", story.text)):
        sentences.extend(_cut(field, text[:MAX_FIELD]))  # type: ignore[arg-type] # the names above are Fields
    return Reading(story, tuple(sentences), language_of(story))


def _cut(field: Field, text: str) -> list[Sentence]:
    found: list[Sentence] = []
    start = 0
    for match in _END.finditer(text):
        if _goes_on(text, match):
            continue
        _add(found, field, text, start, match.end())
        start = match.end()
    _add(found, field, text, start, len(text))
    return found


def _goes_on(text: str, match: re.Match[str]) -> bool:
    """Whether the full stop belongs to an abbreviation or an initial, and not to a sentence's end."""
    if not match.group().startswith(".") or match.end() - match.start() > 1:
        return False
    word = text[max(0, match.start() - 8) : match.start()].rsplit(None, 1)[-1:] or [""]
    bare = word[0].lower().lstrip("(\"'“‘")
    if len(bare) == 1 and bare.isalpha() and word[0][-1:].isupper():
        return True
    after = text[match.end() : match.end() + 3].lstrip()
    return bare in _ABBREVIATIONS and not (
        bare in {"a.m", "p.m", "u.s", "u.k"} and after[:1].isupper() and "\n" in after
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
