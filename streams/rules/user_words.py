"""A newsroom's own words over those of the lexicons: what they say wins.

Words that count for nothing are blanked before the rules read; words that are given a polarity make a finding where
the rules have none, and set the degree where they have one.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.reading import Reading, Sentence
from wirewatch.lexicon_file import UserWord
from wirewatch.messages import Escalation, Span

# As the rules read: what is new stands in the headline and in the first sentences.
_LEAD: Final = 2


class UserWords(Struct, frozen=True):
    """The words of one language, compiled: one search for all that are blanked, one for all that are meant."""

    language: str
    muted: re.Pattern[str] | None
    meant: re.Pattern[str] | None
    entries: dict[str, UserWord]
    unless: dict[str, re.Pattern[str]]
    muted_unless: dict[str, re.Pattern[str]]


def compile_words(words: Iterable[UserWord]) -> tuple[UserWords, ...]:
    """Return the words by language."""
    by_language: dict[str, list[UserWord]] = {}
    for word in words:
        by_language.setdefault(word.language, []).append(word)
    return tuple(_compiled(language, listed) for language, listed in by_language.items())


def _compiled(language: str, words: Sequence[UserWord]) -> UserWords:
    muted = {phrase: word for word in words if word.polarity == "none" for phrase in word.words}
    meant = {phrase: word for word in words if word.polarity != "none" for phrase in word.words}
    return UserWords(
        language,
        _pattern(muted),
        _pattern(meant),
        muted | meant,
        {phrase: found for phrase, word in meant.items() if (found := _pattern(word.unless))},
        {phrase: found for phrase, word in muted.items() if (found := _pattern(word.unless))},
    )


def _pattern(phrases: Iterable[str]) -> re.Pattern[str] | None:
    """Return a search for phrases, the longest first; "*" stands for the rest of a word."""
    ordered = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    if not ordered:
        return None
    written = "|".join(_phrase(phrase) for phrase in ordered)
    return re.compile(rf"(?<!\w)(?:{written})(?!\w)", re.IGNORECASE)


def _phrase(phrase: str) -> str:
    return re.escape(phrase).replace(r"\*", r"\w{0,30}").replace(r"\ ", r"\s{1,3}")


def _of(words: Sequence[UserWords], reading: Reading) -> UserWords | None:
    return next((one for one in words if one.language == reading.lang), None)


def muted_reading(words: Sequence[UserWords], reading: Reading) -> Reading:
    """Return the reading with the words blanked that count for nothing; every place stays where it was."""
    mine = _of(words, reading)
    if mine is None or mine.muted is None:
        return reading
    sentences = tuple(_blanked(mine, one) for one in reading.sentences)
    if all(one is other for one, other in zip(sentences, reading.sentences, strict=True)):
        return reading
    return replace(reading, sentences=sentences)


def _blanked(words: UserWords, sentence: Sentence) -> Sentence:
    if words.muted is None:
        return sentence
    text = sentence.text

    def blank(match: re.Match[str]) -> str:
        stands = _stands(words.muted_unless.get(_key(words, match.group())), text)
        return match.group() if stands else " " * len(match.group())

    blanked = words.muted.sub(blank, text)
    return sentence if blanked == text else replace(sentence, text=blanked)


def _stands(pattern: re.Pattern[str] | None, text: str) -> bool:
    return pattern is not None and pattern.search(text) is not None


def _key(words: UserWords, found: str) -> str:
    """Return the entry that a piece of text was found by."""
    plain = " ".join(found.casefold().split())
    if plain in words.entries:
        return plain
    return next(phrase for phrase in words.entries if re.fullmatch(_phrase(phrase), plain, re.IGNORECASE))


def overruled(
    words: Sequence[UserWords], reading: Reading, found: tuple[Escalation, ...]
) -> tuple[Escalation, ...]:
    """Return the findings with the newsroom's own words heeded: of several, the gravest counts."""
    restored = tuple(_restored(one, reading) for one in found)
    mine = _of(words, reading)
    if mine is None or mine.meant is None:
        return restored
    told = [one for sentence in _news(reading) for one in _told(mine, sentence)]
    if not told:
        return restored
    best = max(told, key=lambda one: one.severity)
    known = next(iter(restored), None)
    if known is None or known.polarity != best.polarity:
        return (best,)
    return (
        replace(
            known, severity=best.severity, cues=(*known.cues, *best.cues), parts=(*known.parts, *best.parts)
        ),
    )


def _news(reading: Reading) -> list[Sentence]:
    """Return the sentences that say what is new."""
    below = [one for one in reading.sentences if one.field != "title"]
    return [one for one in reading.sentences if one.field == "title"] + below[:_LEAD]


def _told(words: UserWords, sentence: Sentence) -> Iterable[Escalation]:
    if words.meant is None:
        return
    text = sentence.text
    for match in words.meant.finditer(text):
        key = _key(words, match.group())
        entry = words.entries[key]
        if entry.polarity == "none" or _stands(words.unless.get(key), text):
            continue
        start = sentence.start + match.start()
        cue = Span(sentence.field, start, start + len(match.group()), match.group())
        parts = (f"own word {entry.severity}: {key}",)
        yield Escalation(entry.polarity, entry.severity, (cue,), sentence.span(), parts=parts)


def _restored(found: Escalation, reading: Reading) -> Escalation:
    """Return a finding with its sentence as the story has it, and not with what was blanked in it."""
    span = found.sentence
    texts = {"title": reading.story.title, "summary": reading.story.summary, "text": reading.story.text}
    text = texts[span.field][span.start : span.end]
    return found if text == span.text else replace(found, sentence=replace(span, text=text))
