"""Reads the scope of a record: "since 2022-02", "of the war", "on record", "in 40 years", "to date"."""

import re
from datetime import date
from typing import Final

from msgspec import Struct

from streams.rules.claim_cues import Cue, Line
from streams.rules.claim_words import ClaimWords, begin_of, said, worth_seeking

_FAR: Final = 28
_MONTHS_A_YEAR: Final = 12


class Scope(Struct, frozen=True, gc=False):
    """A scope in tokens, in words, and whether it reaches back a year at least."""

    start: int
    stop: int
    name: str
    kind: str
    long: bool
    since: int | None = None
    # "This year's", right before what it narrows.
    whose: bool = False


def scopes(text: Line, words: ClaimWords, today: date) -> list[Scope]:
    """Return the scopes of a sentence; of two that overlap the earlier pattern's."""
    found: list[Scope] = []
    taken: set[int] = set()
    for pattern in map(words.scopes.__getitem__, worth_seeking(text.norm, words)):
        for match in pattern.expression.finditer(text.norm):
            start, stop = text.token_at(begin_of(match)), text.token_at(match.end() - 1) + 1
            if taken.isdisjoint(range(start, stop)):
                taken.update(range(start, stop))
                found.append(_scope(start, stop, pattern.kind, match, today=today, words=words))
    return found


def nearest(found: list[Scope], cue: Cue) -> Scope | None:
    """Return the scope that goes with a cue: within it, the first after it, or the last right before it."""
    near = [scope for scope in found if _goes_with(scope, cue)]
    if not near:
        return None
    return min(near, key=lambda scope: (_vague(scope), scope.stop < cue.start, abs(scope.start - cue.stop)))


def _goes_with(scope: Scope, cue: Cue) -> bool:
    if scope.start < cue.stop and scope.stop > cue.start:
        return True
    if scope.stop == cue.start and scope.whose:
        return True
    if scope.stop <= cue.start:
        return cue.start - 12 <= scope.stop and scope.kind not in (
            "ever weak",
            "world",
            "window",
            "relative",
            "short",
        )
    if scope.kind == "short" and cue.kind in ("record", "pattern"):
        # "A third record in three days", "never so much in a week": the time is what is measured.
        return False
    if scope.kind == "infinitive":
        return scope.start == cue.noun_stop
    if scope.kind in ("ever weak", "relative"):
        return scope.start <= cue.noun_stop + 2
    return scope.start <= cue.stop + _FAR


def _vague(scope: Scope) -> int:
    """Rank scopes that may be no scope at all behind those that surely are one."""
    return {"infinitive": 3, "world": 2, "ever weak": 2, "relative": 1, "to date": 1}.get(scope.kind, 0)


def _scope(
    start: int, stop: int, kind: str, match: "re.Match[str]", *, today: date, words: ClaimWords
) -> Scope:
    groups = match.groupdict()
    if kind == "since" and groups.get("year"):
        return _since(start, stop, match, today=today, words=words)
    if kind == "short" and groups.get("n"):
        count = _count(groups["n"], words)
        if count >= _MONTHS_A_YEAR and not words.month_words.isdisjoint(said(match).split()):
            return Scope(start, stop, f"in {count / _MONTHS_A_YEAR:g} years", "years", long=True)
    if kind == "years":
        return _years(start, stop, match, groups, words)
    if kind == "since event":
        year = next((year for name, year in words.events.items() if name in said(match)), None)
        return Scope(start, stop, f"since {year}" if year else said(match), kind, long=True, since=year)
    if kind == "decades":
        return Scope(start, stop, said(match), kind, long=True)
    names = {
        "window": "this year",
        "short": said(match),
        "since month": said(match),
        "ever weak": "ever",
        "world": "ever",
        "relative": "ever",
        "infinitive": "ever",
    }
    reaches = kind not in ("window", "short", "since month")
    return Scope(
        start, stop, names.get(kind, kind), kind, long=reaches, whose=said(match).endswith(words.possessive)
    )


def _since(start: int, stop: int, match: "re.Match[str]", *, today: date, words: ClaimWords) -> Scope:
    year = int(match["year"])
    month = next(
        (words.months[word] for word in said(match).split() if word.strip(".") in words.months), None
    )
    name = f"since {year}-{month:02d}" if month else f"since {year}"
    months = (today.year - year) * 12 + (today.month - month if month else 0)
    return Scope(start, stop, name, "since", long=months >= 12, since=year)


def _count(count: str, words: ClaimWords) -> float:
    first, _, tail = count.partition(" - ")
    number = words.counts.get(first, 0.0) or (
        float(first.replace(",", "")) if first.replace(",", "").replace(".", "").isdecimal() else 1.0
    )
    if tail:
        number += words.counts.get(tail, 0.0)
    return number


def _years(start: int, stop: int, match: "re.Match[str]", groups: dict[str, str], words: ClaimWords) -> Scope:
    number = _count(groups.get("n") or "1", words)
    period = next((years for name, years in words.periods.items() if name in said(match)), 1)
    years = number * period
    return Scope(start, stop, f"in {years:g} years", "years", long=years >= 1)
