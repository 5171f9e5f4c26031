"""Makes one claim of what a story says several times: in the headline, in the lead, with another figure."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from msgspec.structs import replace

from wirewatch.messages import ClaimStatus, RecordClaim

_RANK: Final[dict[ClaimStatus, int]] = {
    "claimed": 0,
    "denied": 1,
    "hypothetical": 2,
    "near_miss": 3,
    "historic": 4,
    "unclaimed": 5,
}
# "Over 400" and 472 may be one figure; beyond that they are two.
_ROUNDED: Final = 0.8
_CLOSE: Final = 0.01
_LONG_WORD: Final = 4
# Comparators that say the same of a count.
_LARGE: Final = frozenset(
    ["largest", "highest", "most", "worst", "heaviest", "deadliest", "strongest", "record"]
)


class Rounder(NamedTuple):
    """A telling of a claim, by its place among the claims, with a figure that is only a bound of the claim's own."""

    at: int
    claim: RecordClaim


def merged(found: Sequence[RecordClaim]) -> tuple[list[RecordClaim], list[Rounder]]:
    """Return each claim once, the surest status first, with the most exact figure that it is told with.

    Beside them the tellings that give a record a rounder figure as well ("over 400" beside 472).
    """
    claims: list[RecordClaim] = []
    rounder: list[Rounder] = []
    for claim in sorted(found, key=lambda each: _RANK[each.status]):
        at = next((at for at, other in enumerate(claims) if _same(claim, other)), None)
        if at is None:
            claims.append(claim)
            continue
        rounder += [Rounder(at, telling) for telling in _rounder(claim, claims[at])]
        claims[at] = _united(claims[at], claim)
    taken = {claim.figure for claim in claims if claim.direction != "first" and claim.status == "claimed"}
    once = {
        telling.claim.figure: telling for telling in reversed(rounder) if telling.claim.figure not in taken
    }
    return [_without_another(claim, taken) for claim in claims], list(reversed(once.values()))


def _rounder(one: RecordClaim, other: RecordClaim) -> list[RecordClaim]:
    """Return the telling of the two whose figure is only a bound of the other's, as the same claim."""
    if "claimed" not in (one.status, other.status) or None in (one.figure, other.figure):
        return []
    bounds = [each for each in (one, other) if each.qualifier != "exact" and each.direction != "first"]
    if one.figure == other.figure or len(bounds) != 1:
        return []
    return [replace(bounds[0], status="claimed")]


def _without_another(claim: RecordClaim, taken: set[float | None]) -> RecordClaim:
    """Take from a first the figure that is another record's: it was only the nearest."""
    if claim.direction != "first" or claim.figure not in taken:
        return claim
    return replace(
        claim, figure=None, unit=None, qualifier="exact", subject=replace(claim.subject, unit=None)
    )


def _same(claim: RecordClaim, other: RecordClaim) -> bool:
    if claim.status != other.status:
        return _retold(claim, other)
    if not _one_figure(claim, other):
        return False
    if claim.direction == other.direction:
        return claim.direction != "first" or claim.sentence == other.sentence or _one_first(claim, other)
    if claim.figure is None or claim.figure != other.figure:
        return False
    return claim.sentence == other.sentence or _open(claim) or _open(other)


def _open(claim: RecordClaim) -> bool:
    """Whether the word "record" alone leaves open which way it points."""
    return claim.direction != "first" and claim.cues[0].text.lower() in ("record", "records")


def _one_first(claim: RecordClaim, other: RecordClaim) -> bool:
    """Whether two sentences tell one first: the same scope, or the same words."""
    if claim.figure is not None and claim.figure == other.figure:
        return True
    if claim.scope == other.scope and claim.scope not in ("ever", "unstated"):
        return True
    mine, theirs = _content(claim.sentence.text), _content(other.sentence.text)
    return 2 * len(mine & theirs) >= min(len(mine), len(theirs)) > 0


@lru_cache(maxsize=256)
def _content(text: str) -> frozenset[str]:
    return frozenset(word.lower().strip(".,;:'’\"") for word in text.split() if len(word) > _LONG_WORD)


def _retold(claim: RecordClaim, other: RecordClaim) -> bool:
    """Whether a sentence below the lead tells the headline's record again, and only for its place seems history."""
    if other.status != "claimed" or claim.status not in ("historic", "near_miss"):
        return False
    if claim.direction != other.direction or "first" in (claim.direction, other.direction):
        return False
    if claim.figure is not None and claim.figure == other.figure:
        return True
    if claim.status != "historic" or claim.sentence.field != "text" or claim.date is not None:
        return False
    alike = claim.comparator == other.comparator or {claim.comparator, other.comparator} <= _LARGE
    same = (
        bool(set(claim.subject.terms) & set(other.subject.terms))
        or claim.subject.unit == other.subject.unit is not None
    )
    return alike and same and _one_figure(claim, other)


def _one_figure(claim: RecordClaim, other: RecordClaim) -> bool:
    if claim.figure is None or other.figure is None or claim.figure == other.figure:
        return True
    if claim.unit != other.unit and None not in (claim.unit, other.unit):
        return False
    low, high = sorted((claim, other), key=lambda each: each.figure or 0.0)
    if low.figure is None or high.figure is None or high.figure <= 0:
        return False
    ratio = low.figure / high.figure
    return ratio >= (_ROUNDED if low.qualifier == "at_least" else 1 - _CLOSE)


def _united(kept: RecordClaim, other: RecordClaim) -> RecordClaim:
    """Return the kept claim with what the other one knows better: the figure, the day, who says so, what it beats."""
    sharper = other.figure is not None and (
        kept.figure is None or (kept.qualifier != "exact" and other.qualifier == "exact")
    )
    if sharper:
        unit = other.unit or kept.unit
        subject = replace(kept.subject, unit=other.subject.unit or kept.subject.unit)
        kept = replace(kept, figure=other.figure, unit=unit, qualifier=other.qualifier, subject=subject)
        if other.status == kept.status:
            kept = replace(kept, sentence=other.sentence, cues=other.cues)
    if _open(kept) and not _open(other) and other.direction != "first" and other.status == kept.status:
        kept = replace(kept, direction=other.direction, comparator=other.comparator)
    scope = kept.scope if kept.scope != "unstated" else other.scope
    return replace(
        kept,
        scope=scope,
        said_by=kept.said_by or other.said_by,
        date=kept.date or other.date,
        previous=kept.previous if kept.previous is not None else other.previous,
    )
