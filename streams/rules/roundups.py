"""Does a page string several reports together? A briefing, a live blog, the day in five minutes.

Such a page tells of many events, and is none of them: it is marked, and joins no cluster of an event. Its form gives
it away (times of day, numbers, or a label before each piece; a title that says so), and that its pieces are about
different things: a live blog of one event tells of the same places and people in each piece. An aggregator's page of
several outlets' reports is one whatever they are about: it has the words and figures of all of them.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from streams.lexicons import lexicon
from streams.rules.words import FREQUENT, words
from wirewatch.messages import RoundUp, RoundUpForm, Story

_TITLES: Final = tuple(lexicon("en/roundups")["titles"])
_LINES: Final = tuple(lexicon("en/roundups")["lines"])
_ORIGINALS: Final = tuple(lexicon("en/roundups")["originals"])
_ORDINALS: Final = frozenset(lexicon("en/roundups")["ordinals"])
# As much of a page is looked at.
_READ: Final = 6_000
_TITLE_READ: Final = 400
_PIECES: Final = 3
# Words that a piece has at least, and of pieces that nothing but a title tells from an article's sentences.
_SHORT: Final = 4
_SENTENCE: Final = 8
# ... and behind a label: "Best: Thal Motors, +3.5%" is a line of a table.
_LABELLED: Final = 6
# A round-up begins with its pieces, or with so few words, and none of them is an article of its own.
_OPENING: Final = 300
_LONGEST: Final = 1_200
_MOST_SENTENCES: Final = 15
# "Monday briefing", "The week in seven minutes": as few words stand beside what says so, up to a colon or a comma. Of
# "Thieves empty the vault of the Bank of Tarrow in seven minutes" more is told.
_BESIDE: Final = 4
# What so large a share of the pieces names is what all of them are about.
_COMMON: Final = 0.5

_BREAK: Final = r"(?:^|(?<=[.!?\n\"”'’)]\s)|(?<=\n))"
_CLOCK: Final = re.compile(
    rf"{_BREAK}\(?(?:[01]?\d|2[0-3])[.:h][0-5]\d(?:\s?[ap]\.?m\.?)?\)?(?=[\s:–—-])", re.MULTILINE
)
_NUMBER: Final = re.compile(rf"{_BREAK}(\d{{1,2}})[.)]\s", re.MULTILINE)
_TIME: Final = re.compile(r"\d[.:h][0-5]\d")
_BULLETS: Final = "•▪‣*–—-"
_BULLET: Final = re.compile(rf"^\s{{0,4}}[{_BULLETS}]\s", re.MULTILINE)
_LABEL: Final = re.compile(rf"{_BREAK}((?:[^\W\d_][\w’'-]{{1,20}}\s?){{1,4}}):\s", re.MULTILINE)
_PART_END: Final = re.compile(r"(?<=[:,;|–—?!.])\s")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=[^\sa-z])")


def round_up(story: Story) -> RoundUp | None:
    """Return by what a page is known to string several reports together; None for a report of one event."""
    body = story.text if len(story.text) >= len(story.summary) else story.summary
    body = body[:_READ]
    forms: tuple[tuple[RoundUpForm, list[int]], ...] = (
        ("times of day", _clocked(body) if len(_TIME.findall(body)) >= _PIECES else []),
        ("numbers", _counted(body) if "3. " in body or "3) " in body else []),
        ("labels", _labelled(body) if body.count(": ") >= _PIECES else []),
        ("bullets", _bulleted(body) if sum(map(body.count, _BULLETS)) >= _PIECES else []),
    )
    for form, places in forms:
        if len(places) >= _PIECES and places[0] <= _OPENING:
            pieces = _cut(body, places)
            if len(max(pieces, key=len)) <= _LONGEST and _apart(
                pieces, _LABELLED if form == "labels" else _SHORT, _COMMON
            ):
                return RoundUp(form, len(places))
    copied = _copied(story.text) if len(story.text) > _READ else 0
    if copied >= _PIECES:
        return RoundUp("originals", copied)
    if _says_so(story):
        sentences = [piece for piece in _SENTENCE_END.split(body) if len(piece.split()) >= _SENTENCE]
        if len(sentences) <= _MOST_SENTENCES and _apart(sentences, _SENTENCE, _COMMON):
            return RoundUp("title", len(sentences))
    return None


def _copied(text: str) -> int:
    """Return how many reports an aggregator has strung together, by the link to the original below each."""
    low = text.lower()
    return max(map(low.count, _ORIGINALS))


def _says_so(story: Story) -> bool:
    title, line = story.title[:_TITLE_READ].lower(), story.summary[:_TITLE_READ].lower()
    before = 0
    for part in _PART_END.split(title):
        # After a headline, "five things for customers" are five of one subject.
        if before > _BESIDE:
            break
        if any(phrase in part and len(part.replace(phrase, " ").split()) <= _BESIDE for phrase in _TITLES):
            return True
        before += len(part.split())
    return any(phrase in line for phrase in _LINES)


def _clocked(body: str) -> list[int]:
    return [match.start() for match in _CLOCK.finditer(body)]


def _bulleted(body: str) -> list[int]:
    return [match.start() for match in _BULLET.finditer(body)]


def _counted(body: str) -> list[int]:
    """Return where the pieces stand that are numbered 1, 2, 3."""
    found: list[int] = []
    for match in _NUMBER.finditer(body):
        if int(match[1]) == len(found) + 1:
            found.append(match.start())
    return found


def _labelled(body: str) -> list[int]:
    """Return where pieces stand that begin with a label of their own: "STORM: ..."; "Second: ..." lists what is known."""
    first: dict[str, int] = {}
    for match in _LABEL.finditer(body):
        label = match[1].strip().lower()
        if label.split()[0] not in _ORDINALS:
            first.setdefault(label, match.start())
    return list(first.values())


def _cut(body: str, places: Sequence[int]) -> list[str]:
    return [body[start:end] for start, end in zip(places, [*places[1:], len(body)], strict=True)]


def _apart(pieces: Sequence[str], least: int, common: float) -> bool:
    """Whether pieces are about different things: no word of a subject stands in many of them."""
    shared: Counter[str] = Counter()
    told = 0
    for piece in pieces:
        found = words(piece)
        if len(found) >= least:
            told += 1
            shared.update(
                {word.stem for word in found if word.stem and (word.capital or word.stem not in FREQUENT)}
            )
    most = max(shared.values(), default=0)
    return told >= _PIECES and most <= max(1.0, common * told)
