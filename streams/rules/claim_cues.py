"""Finds the words that may claim a record: superlatives, the word "record", highs and lows, firsts, denied comparisons."""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from streams.rules.claim_words import ClaimWords, Comparator, begin_of, said
from streams.rules.reading import Sentence
from streams.rules.tokens import Tokens, tokenise
from wirewatch.messages import Direction, Span

_BREAKS: Final = frozenset(',;:.!?()[]{}—–"”“')
_SHORT: Final = 5
_NP_REACH: Final = 7


class Line(Struct, frozen=True):
    """A sentence in lower case, its tokens set apart by one space: what patterns are matched against."""

    sentence: Sentence
    tokens: Tokens
    norm: str

    def token_at(self, place: int) -> int:
        """Return the token at a place of the normal form."""
        return self.norm.count(" ", 0, place) - 1

    def between(self, start: int, stop: int) -> str:
        """Return the normal form of some tokens, with a space on both sides."""
        return f" {' '.join(self.tokens.low[max(0, start) : max(0, stop)])} "

    def span(self, start: int, stop: int) -> Span:
        """Return some tokens as a span of the story's field."""
        begin, end = self.tokens.start[start], self.tokens.end[stop - 1]
        offset = self.sentence.start
        return Span(self.sentence.field, offset + begin, offset + end, self.sentence.text[begin:end])


class Cue(Struct, frozen=True, gc=False):
    """Words that may claim a record, in tokens; `noun_stop` ends the noun phrase after a superlative."""

    kind: str
    start: int
    stop: int
    comparator: str
    direction: Direction
    noun_stop: int
    need: str = ""
    near: bool = False


def line(sentence: Sentence, language: str = "") -> Line:
    """Return a sentence ready for patterns."""
    tokens = tokenise(sentence.text, language)
    return Line(sentence, tokens, " " + " ".join(tokens.low) + " ")


def find_cues(text: Line, words: ClaimWords, function: frozenset[str], places: Iterable[int]) -> list[Cue]:
    """Return the cues of a sentence, the surest kind first; they may overlap. `places` are the patterns to try."""
    return [
        *_records(text, words, function),
        *_superlatives(text, words, function),
        *_patterns(text, words, function, places),
    ]


def noun_phrase(tokens: Tokens, at: int, function: frozenset[str], words: ClaimWords) -> int:
    """Return where the noun phrase that begins here ends."""
    stop = at
    while stop < min(len(tokens), at + _NP_REACH):
        low = tokens.low[stop]
        if low in _BREAKS or (low in function and low != "'s") or (low[0].isdecimal() and stop > at):
            break
        stop += 1
    if tokens.word(stop) in words.sets["of"] and stop > at and stop - at <= 2:
        inner = stop + 1
        while tokens.word(inner) in words.sets["phrase_opens"]:
            inner += 1
        while (
            inner < min(len(tokens), stop + 4)
            and tokens.low[inner] not in function
            and tokens.low[inner] not in _BREAKS
        ):
            inner += 1
        return inner
    return stop


def _superlatives(text: Line, words: ClaimWords, function: frozenset[str]) -> Iterator[Cue]:
    known = words.superlatives
    for at, low in [
        (at, low) for at, low in enumerate(text.tokens.low) if low in known or low.endswith(words.suffixes)
    ]:
        found = _superlative(text.tokens, at, low, words)
        if found is None:
            continue
        stop, comparator = found
        if _no_superlative(text.tokens, at, stop, words):
            continue
        noun_stop = noun_phrase(text.tokens, stop, function, words)
        near = words.status["near"].search(text.between(at - 7, at + 1)) is not None
        near = near and _near_applies(text, at, words)
        yield Cue("superlative", at, stop, comparator.name, comparator.direction, noun_stop, near=near)


def _superlative(tokens: Tokens, at: int, low: str, words: ClaimWords) -> tuple[int, Comparator] | None:
    """Return where a superlative that begins here ends, and its comparator: a known one, or any word in "-est"."""
    for phrase, comparator in words.superlatives.get(low, ()):
        stop = at + len(phrase)
        if tuple(tokens.low[at:stop]) == phrase:
            return stop, comparator
    if is_superlative(low, words) and not (tokens.capital(at) and at and not tokens.capital(at - 1)):
        return at + 1, Comparator(low, "max")
    return None


def is_superlative(low: str, words: ClaimWords) -> bool:
    """Whether a word that no lexicon lists looks like a superlative: "fattest"."""
    return (
        low.endswith(words.suffixes)
        and len(low) > _SHORT
        and not low.endswith(words.no_suffixes)
        and low not in words.no_superlatives
    )


def is_trigger(low: str, words: ClaimWords) -> bool:
    """Whether a word may make a claim alone, beside the patterns' own."""
    return low in words.triggers or is_superlative(low, words)


def _near_applies(text: Line, at: int, words: ClaimWords) -> bool:
    """Whether "one of the" or "second-" leads right up to the superlative."""
    before = text.between(at - 7, at)
    last = None
    for match in words.status["near"].finditer(before + text.tokens.low[at] + " "):
        last = match
    if last is None:
        return False
    return len(before[last.end() :].split()) <= 3


def _no_superlative(tokens: Tokens, at: int, stop: int, words: ClaimWords) -> bool:
    before, after = tokens.word(at - 1), tokens.word(stop)
    if before in words.sets["at_before"] and tokens.low[at] in words.sets["at_best"]:
        # "At best", but not "at best level since May".
        return after not in words.sets["summing"]
    if after in words.sets["ranks_before"] and tokens.word(stop + 1).isalpha():
        # "The captain's best five games".
        return True
    pair = f"{tokens.low[stop - 1]} {after}"
    if pair in words.sets["no_pairs"]:
        return True
    if tokens.low[at] in words.sets["most"] and stop - at == 1:
        if after == "-" and tokens.glued(stop):
            return not tokens.word(stop + 1).endswith("ed")
        if after in words.sets["in"] and tokens.word(stop + 1) in words.sets["whose_years"]:
            # "Raises most in its 31 years".
            return False
        return (
            after in words.sets["most_after"] and before not in words.sets["most_before"]
        ) or not after.isalpha()
    return False


def _records(text: Line, words: ClaimWords, function: frozenset[str]) -> Iterator[Cue]:
    high, record = words.sets["high"], words.sets["record"]
    if high.isdisjoint(text.tokens.low) and record.isdisjoint(text.tokens.low):
        return
    for at, low in enumerate(text.tokens.low):
        if low in record:
            cue = _record(text, at, words, function)
            if cue is not None:
                yield cue
        elif low in high and at:
            cue = _high(text, at, words, function)
            if cue is not None:
                yield cue


def _record(text: Line, at: int, words: ClaimWords, function: frozenset[str]) -> Cue | None:
    tokens, low = text.tokens, text.tokens.low[at]
    after, before = tokens.word(at + 1), tokens.word(at - 1)
    two = f"{tokens.word(at - 2)} {before}"
    sets = words.sets
    # "record-keeping" is no more a record than "record keeping".
    compound = tokens.word(at + 2) if after == "-" else after
    if compound in sets["lure_after"] or before in sets["lure_before"] or two in sets["lure_before_two"]:
        return None
    if f"{after} {tokens.word(at + 2)}" in sets["lure_after_two"]:
        return None
    if before == "-" and tokens.word(at - 2) in words.sets["manner"]:
        return None
    if low not in sets["plural"] and (_on_record(tokens, at, words) or _conduct(text, at, words)):
        return None
    if compound in sets["epithet_after"]:
        return None
    if low in sets["plural"] and not _broken_records(text, at, words):
        return None
    if low not in sets["plural"] and before in sets["verb_before"] and after in sets["verb_after"]:
        return None
    if after in sets["high"]:
        direction: Direction = "min" if after in words.sets["lows"] else "max"
        return Cue(
            "record",
            at,
            at + 2,
            "lowest" if direction == "min" else "highest",
            direction,
            noun_phrase(tokens, at + 2, function, words),
        )
    return Cue("record", at, at + 1, "highest", "max", noun_phrase(tokens, at + 1, function, words))


def _on_record(tokens: Tokens, at: int, words: ClaimWords) -> bool:
    """Whether "on record" is a scope or a manner of speaking, not a record itself."""
    before = tokens.word(at - 1)
    return before in words.sets["on"] or (
        before in words.sets["of"] and tokens.word(at - 2) in words.sets["of_record"]
    )


def _conduct(text: Line, at: int, words: ClaimWords) -> bool:
    """Whether a record is what somebody has done: "a record of late payment", but not "a record of 34 goals"."""
    tokens = text.tokens
    what = tokens.word(at + 2)
    if tokens.word(at + 1) not in words.sets["of"] or not what.isalpha() or tokens.capital(at + 2):
        return False
    if what in words.sets["record_amounts"] or words.breaks.search(text.between(at - 9, at)):
        return False
    return tokens.word(at - 1) in words.sets["conduct_before"]


def _broken_records(text: Line, at: int, words: ClaimWords) -> bool:
    """Whether plural records are broken here; "records a profit" and "court records" are none."""
    before = text.between(at - 7, at)
    if words.breaks.search(before) or any(f" {verb} " in before for verb in words.sets["sets"]):
        return True
    return text.tokens.word(at + 1) in words.sets["records_after"]


def _high(text: Line, at: int, words: ClaimWords, function: frozenset[str]) -> Cue | None:
    """Read "all-time high", "30-year low", "post-war high", "lifetime best"."""
    tokens = text.tokens
    low = tokens.low[at]
    direction: Direction = "min" if low in words.sets["lows"] else "max"
    before = text.between(at - 4, at)
    if low in words.sets["best"] and tokens.word(at - 1) in words.sets["bests"]:
        return Cue("high", at - 1, at + 1, "best", "max", noun_phrase(tokens, at + 1, function, words))
    for phrase in words.all_time:
        if before.endswith((f" {phrase} ", f" {phrase} - ")):
            if phrase in words.sets["weak_all_time"] and low in words.sets["no_all_time"]:
                continue
            start = at - len(phrase.split()) - (tokens.word(at - 1) == "-")
            return Cue(
                "high",
                start,
                at + 1,
                "lowest" if direction == "min" else "highest",
                direction,
                noun_phrase(tokens, at + 1, function, words),
                need="weak" if phrase in words.sets["new"] else "",
            )
    if tokens.word(at - 1) in words.sets["periods"] and tokens.word(at - 2) == "-":
        near = tokens.word(at - 1) in words.sets["short_periods"]
        return Cue(
            "high",
            at - 3,
            at + 1,
            "lowest" if direction == "min" else "highest",
            direction,
            noun_phrase(tokens, at + 1, function, words),
            near=near,
        )
    return None


def _patterns(
    text: Line, words: ClaimWords, function: frozenset[str], places: Iterable[int]
) -> Iterator[Cue]:
    for pattern in (words.patterns[place] for place in places):
        for match in pattern.expression.finditer(text.norm):
            if (
                pattern.not_after
                and pattern.not_after in said(match) + text.norm[match.end() : match.end() + 3]
            ):
                continue
            if said(match).endswith(words.so_far):
                continue
            start, stop = text.token_at(begin_of(match)), text.token_at(match.end() - 1) + 1
            comparator = _comparator(pattern.comparator, match.groupdict().get("er"), words)
            if comparator.name == "highest":
                comparator = _pointed(text.tokens.low[stop - 1], comparator, words)
            noun_stop = noun_phrase(text.tokens, stop, function, words)
            yield Cue("pattern", start, stop, comparator.name, comparator.direction, noun_stop, pattern.need)
            break


def _pointed(last: str, comparator: Comparator, words: ClaimWords) -> Comparator:
    """Return the comparator of the mark that is beaten: a low, a fastest."""
    if last in words.sets["lows"]:
        return Comparator("lowest", "min")
    named = words.superlatives.get(last)
    return named[-1][1] if named else comparator


def _comparator(name: str, comparative: str | None, words: ClaimWords) -> Comparator:
    if name == "first":
        return Comparator("first", "first")
    if name == "er":
        return words.comparatives.get(comparative or "", Comparator("largest", "max"))
    return words.named.get(name) or Comparator(name, "max")
