"""Decides what a text says of a record: that it is one, might be, is nearly, was once, or is not."""

import re
from datetime import date
from typing import Final

from streams.rules.claim_cues import Cue, Line
from streams.rules.claim_scope import Scope
from streams.rules.claim_words import ClaimWords
from wirewatch.messages import ClaimStatus

_YEAR: Final = re.compile(r"(?<= )(1[5-9]\d\d|20\d\d)(?= )")
_BREAKS: Final = re.compile(r" (?:;|—|:|\.|\(|\)) ")
_COULD_EXPECT: Final = " could expect "


def decide(
    text: Line, cue: Cue, scope: Scope | None, words: ClaimWords, today: date, follow: str
) -> ClaimStatus:
    """Return the status of one cue; `follow` is the sentence after it, which may take it back."""
    before = _clause_before(text, cue)
    after = text.between(cue.stop, cue.stop + 14)
    whole = text.norm
    if _denied(before, after, whole, follow, words):
        return "denied"
    if cue.near or (scope is not None and not scope.long):
        return "near_miss"
    if _hypothetical(before, after, whole, text, words):
        return "hypothetical"
    if cue.kind in ("record", "high", "superlative") and _near_record(text, cue, words):
        return "near_miss"
    if _historic(text, cue, scope, before, words, today):
        return "historic"
    return "claimed"


def _clause_before(text: Line, cue: Cue) -> str:
    before = text.between(cue.start - 16, cue.start)
    pieces = _BREAKS.split(before)
    return f" {pieces[-1]} " if pieces else before


def _denied(before: str, after: str, whole: str, follow: str, words: ClaimWords) -> bool:
    denied = words.status["denied"]
    if denied.search(before) or denied.search(after):
        return True
    strong = words.status["taken_back"]
    return strong.search(whole) is not None or strong.search(follow) is not None


def _hypothetical(before: str, after: str, whole: str, text: Line, words: ClaimWords) -> bool:
    if whole.rstrip().endswith("?"):
        return True
    pattern = words.status["hypothetical"]
    cleaned = _without_names(text, before.replace(_COULD_EXPECT, " "))
    if pattern.search(cleaned):
        return True
    return words.status["condition"].search(whole) is not None


def _without_names(text: Line, before: str) -> str:
    """Drop a "May" that is a month or a name, by its capital; in a title-case headline it stays a verb."""
    tokens = text.tokens
    if " may " not in before or sum(map(tokens.capital, range(len(tokens)))) * 2 > len(tokens):
        return before
    named = any(low == "may" and tokens.capital(at) and at > 0 for at, low in enumerate(tokens.low))
    return before.replace(" may ", " ") if named else before


def _near_record(text: Line, cue: Cue, words: ClaimWords) -> bool:
    before = text.between(cue.start - 8, cue.start)
    last = None
    for match in words.status["near_record"].finditer(before):
        last = match
    if last is None:
        return words.status["near_after"].search(text.between(cue.stop, cue.stop + 6)) is not None
    between = before[last.end() :].split()
    limit = 2 if cue.kind == "superlative" else 4
    return len(between) <= limit and "," not in between


def _historic(text: Line, cue: Cue, scope: Scope | None, before: str, words: ClaimWords, today: date) -> bool:
    if words.status["historic"].search(before):
        return True
    close = text.between(cue.start - 3, cue.start)
    if words.breaks.search(text.between(cue.start - 9, cue.start)) and cue.kind in ("record", "high"):
        return False
    if cue.kind == "pattern" and cue.need in ("mark", "old", "old_count"):
        return False
    if cue.kind == "record" and words.status["old_record"].search(close):
        return True
    inside = range(scope.start, scope.stop) if scope is not None else range(0)
    for match in _YEAR.finditer(text.norm):
        at = text.token_at(match.start())
        if at in inside or int(match[1]) >= today.year - 1:
            continue
        prior = text.between(at - 2, at)
        if at < cue.start and not words.status["compared"].search(prior):
            return True
        if at >= cue.stop and at <= cue.noun_stop + 3 and text.tokens.word(at - 1) in ("in", "of", "from"):
            return True
    return False
