"""Decides what a text says of a record: that it is one, might be, is nearly, was once, or is not."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from streams.rules.claim_case import Case
from streams.rules.claim_cues import Cue, Line
from streams.rules.claim_words import ClaimWords, begin_of, said
from wirewatch.messages import ClaimStatus

_YEAR: Final = re.compile(r" (1[5-9]\d\d|20\d\d)(?= )")
_BEATEN: Final = (
    "mark",
    "old",
    "old_count",
    "old_count_or_told",
    "scope_or_year",
    "superseded",
    "scope_or_when",
    "old",
)
_CLAUSE: Final = re.compile(r" (?:;|—|–|:|\.|\(|\)) ")


class Setting(Struct, frozen=True):
    """What surrounds the sentence: the day, the sentence after it, and whether the whole item looks back."""

    today: date
    follow: str
    looks_back: bool


def looks_back(lines: Sequence[Line], words: ClaimWords) -> bool:
    """Whether the item as a whole retells the past: an anniversary, an obituary, a podcast about history."""
    anywhere, first = words.status["looks_back"].search, words.status["looks_back_start"].match
    return any(anywhere(text.norm) or first(text.norm) for text in lines)


def decide(case: Case, setting: Setting) -> ClaimStatus:
    """Return the status of one cue."""
    text, cue, scope, words = case.text, case.cue, case.scope, case.words
    before = _clause_before(text, cue)
    if _denied(text, cue, before, words, setting.follow):
        return "denied"
    if cue.near or (scope is not None and not scope.long and cue.need not in _BEATEN):
        return "near_miss"
    if _hypothetical(text, cue, before, words):
        return "hypothetical"
    if cue.kind in ("record", "high", "superlative") and _near_record(text, cue, words):
        return "near_miss"
    if setting.looks_back or _historic(case, before, setting.today):
        return "historic"
    return "claimed"


def _clause_before(text: Line, cue: Cue) -> str:
    before = text.between(cue.start - 16, cue.start)
    pieces = _CLAUSE.split(before)
    return f" {pieces[-1].strip()} "


def _denied(text: Line, cue: Cue, before: str, words: ClaimWords, follow: str) -> bool:
    denied = words.status["denied"]
    if denied.search(before) or denied.search(text.between(cue.stop, cue.stop + 12)):
        return True
    strong = words.status["taken_back"]
    return strong.search(text.norm) is not None or strong.search(follow) is not None


def _hypothetical(text: Line, cue: Cue, before: str, words: ClaimWords) -> bool:
    if text.norm.rstrip().endswith("?"):
        return True
    cleaned = _without_names(text, words, words.shapes["no_modal"].sub(" ", before))
    if words.status["hypothetical"].search(cleaned):
        return True
    if cue.kind == "record" and words.status["attempt"].search(text.between(cue.stop, cue.stop + 1)):
        return True
    return words.status["condition"].search(text.norm) is not None or _headline_infinitive(text, cue, words)


def _without_names(text: Line, words: ClaimWords, before: str) -> str:
    """Drop a "May" that is a month or a name, by its capital; in a title-case headline it stays a verb."""
    tokens, modals = text.tokens, words.sets["modal_names"]
    if modals.isdisjoint(before.split()) or sum(map(tokens.capital, range(len(tokens)))) * 2 > len(tokens):
        return before
    for modal in sorted(modals):
        named = any(low == modal and tokens.capital(at) and at > 0 for at, low in enumerate(tokens.low))
        before = before.replace(f" {modal} ", " ") if named else before
    return before


def _headline_infinitive(text: Line, cue: Cue, words: ClaimWords) -> bool:
    """Whether a headline tells what is to come: "Russia to hold biggest war games"."""
    tokens = text.tokens
    to = words.sets["to"]
    at = next((at for at in range(1, min(5, len(tokens))) if tokens.low[at] in to), 0)
    if text.sentence.field != "title" or not at:
        return False
    subject, verb = tokens.low[:at], tokens.word(at + 1)
    if at + 1 >= cue.start or any(low[0].isdecimal() for low in subject):
        return False
    if not words.sets["clause_breaks"].isdisjoint(tokens.low[at : cue.start]):
        return False
    if not words.sets["no_plans"].isdisjoint(subject) or any(low.endswith(words.past) for low in subject):
        return False
    named = all(map(tokens.capital, range(at))) and not tokens.capital(at + 1)
    return verb in words.sets["plans"] or (named and verb.isalpha() and verb not in words.sets["no_verbs"])


def _near_record(text: Line, cue: Cue, words: ClaimWords) -> bool:
    before = text.between(cue.start - 9, cue.start)
    if words.status["took_off"].search(before):
        return False
    last = None
    for name in ("near_record",) if cue.kind == "superlative" else ("near_record", "retreat"):
        for match in words.status[name].finditer(before):
            last = match
    if last is not None and not _went_beyond(before[: begin_of(last)], said(last), cue, words):
        between = before[last.end() :].split()
        if len(between) <= 4 and not {",", ";", "—", ":", *words.sets["but"], *words.sets["copulas"]} & set(
            between
        ):
            return True
    return (
        cue.kind != "superlative"
        and words.status["near_after"].search(text.between(cue.stop, cue.stop + 9)) is not None
    )


def _went_beyond(before: str, near: str, cue: Cue, words: ClaimWords) -> bool:
    """Whether it fell below the lowest, or rose above the highest: then the mark is gone."""
    lower, upper = words.sets["under"], words.sets["over"]
    moved = before.split()[-6:]
    way = lower if cue.direction == "min" else upper
    verbs = words.sets["falling" if cue.direction == "min" else "change_before"]
    return not way.isdisjoint(near.split()) and not verbs.isdisjoint(moved)


def _historic(case: Case, before: str, today: date) -> bool:
    text, cue, words = case.text, case.cue, case.words
    if cue.kind in ("record", "high") and words.breaks.search(text.between(cue.start - 9, cue.start)):
        return False
    if cue.kind == "pattern" and cue.need in _BEATEN:
        return False
    if _long_ago(text, words) or words.status["still"].search(text.between(cue.stop, cue.noun_stop + 3)):
        return True
    if words.status["historic"].search(before) or words.shapes["whose"].search(
        text.between(cue.start - 14, cue.start)
    ):
        return True
    if cue.kind == "record" and words.status["old_record"].search(text.between(cue.start - 3, cue.start)):
        return True
    return _dated(case, today)


def _long_ago(text: Line, words: ClaimWords) -> bool:
    """Whether the deed itself is "ten years ago", and not the mark that it beats."""
    match = words.status["long_ago"].search(text.norm)
    if match is None:
        return False
    at = text.token_at(begin_of(match))
    return words.status["compared"].search(text.between(at - 9, at)) is None


def _dated(case: Case, today: date) -> bool:
    """Whether the clause gives the deed an old year: "the brawl of June 2020 was the deadliest"."""
    text, cue, scope, words = case.text, case.cue, case.scope, case.words
    inside = range(scope.start, scope.stop + 8) if scope is not None else range(0)
    past = words.shapes["was"].search(text.between(cue.start - 4, cue.start)) is not None
    for match in _YEAR.finditer(text.norm):
        at, year = text.token_at(match.start(1)), int(match[1])
        if (
            at in inside
            or cue.start <= at < cue.stop
            or _months_old(text, at, year, today, words) < (3 if past else 13)
        ):
            continue
        if (
            at < cue.start
            and _same_clause(text, at, cue.start)
            and not words.status["compared"].search(text.between(at - 3, at))
        ):
            return True
        if cue.stop <= at <= cue.noun_stop + 3 and text.tokens.word(at - 1) in words.sets["in"]:
            return True
    return False


def _months_old(text: Line, at: int, year: int, today: date, words: ClaimWords) -> int:
    """Return how many months ago "June 2020" was; of a bare year its last month."""
    month = words.months.get(text.tokens.word(at - 1), 12)
    return (today.year - year) * 12 + today.month - month


def _same_clause(text: Line, at: int, start: int) -> bool:
    return not any(low in (";", "—", ":", ".") for low in text.tokens.low[at:start])
