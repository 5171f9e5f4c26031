"""A sentence ready to file: what is told, how far it reaches, what stood before, and who says so. Pure."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from console.wording import MONTHS, amount, day
from wirewatch.messages import Detection, RecordClaim, RecordStep

_UNSAID: Final = frozenset({"", "unstated", "on record"})
_ISO: Final = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b")
_NIGHT: Final = frozenset({"night", "overnight", "nightly"})
_DAY: Final = frozenset({"day", "daily"})


def ready(found: Sequence[Detection], unit: str | None = None) -> str | None:
    """Return the sentence; None where nothing beats anything. `unit` is what its metric counts, where that is known."""
    last = next((each for each in reversed(found) if each.record is not None), None)
    if last is None or last.record is None:
        return None
    record, beats = last.record, last.beats
    claims = _claims_of(found, record)
    unit = unit or next((each.unit for each in claims if each.unit), None)
    told = amount(record.figure, unit, record.qualifier)
    words = told[:1].upper() + told[1:]
    if record.date:
        words += f" on {day(record.date)}"
    words += f", {_most(claims)}"
    if beats is not None:
        words += f"; the standing record was {amount(beats.figure, None, beats.qualifier)}"
        words += f" on {day(beats.date)}" if beats.date else ""
        words += f" ({beats.source})" if beats.source else ""
    said = next((each.said_by for each in claims if each.said_by), None)
    return f"{words}, said {said or record.source}."


def _claims_of(found: Sequence[Detection], record: RecordStep) -> list[RecordClaim]:
    """The claims that tell this very figure first, then others that broke a record."""
    claimed = [
        judged
        for each in found
        for judged in each.records
        if judged.claim.status in {"claimed", "unclaimed"} and judged.word.outcome in {"broken", "same"}
    ]
    exact = [each.claim for each in claimed if each.claim.figure == record.figure]
    return exact or [each.claim for each in claimed if each.word.outcome == "broken"]


def _most(claims: Sequence[RecordClaim]) -> str:
    lowest = any(each.direction == "min" for each in claims[:1])
    words = "the fewest" if lowest else "the most"
    terms = {term for each in claims for term in each.subject.terms}
    if terms & _NIGHT:
        words += " in a night"
    elif terms & _DAY:
        words += " in a day"
    scope = next((each.scope for each in claims if each.scope not in _UNSAID), "on record")
    return f"{words} {spoken_scope(scope)}"


def spoken_scope(scope: str) -> str:
    """Return how far a claim reaches as it is said: "since 2022-02" as "since February 2022"."""

    def said(found: re.Match[str]) -> str:
        year, month, on = found[1], int(found[2]), found[3]
        try:
            known = date(int(year), month, int(on or 1))
        except ValueError:
            return found[0]
        return f"{f'{known.day} ' if on else ''}{MONTHS[month - 1]} {year}"

    return _ISO.sub(said, scope)
