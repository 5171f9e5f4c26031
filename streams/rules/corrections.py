"""An editor's word on the ledger: a record set right, taken back, or brought in. It is kept, and it wins.

A `Setting` with the key "record/METRIC". Its value is "FIGURE DATE SOURCE" ("472 2025-06-01 Ukrainian Air Force");
"retract" to take back what stands, or "retract DATE" the record of a day; or a `Declared` as JSON, which opens the
metric where nobody knows it.
"""

import math
from datetime import date, datetime
from typing import Final, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from streams.rules.ledger import Told, compare
from streams.rules.metrics import meaning_of
from streams.rules.occasions import Occasion
from streams.rules.pages import Page, put, standing_at
from wirewatch.messages import Declared, DeclaredRecord, Setting

_declared: Final = msgspec.json.Decoder(Declared)
MAX_METRIC: Final = 200


class Correction(Struct, frozen=True):
    """What an editor sets: records with day and source; or what is taken back, of a day or what stands."""

    metric: str
    by: str
    at: datetime
    act: Literal["set", "retract", "declare"]
    records: tuple[DeclaredRecord, ...] = ()
    # The day that is taken back; None for what stands.
    day: str | None = None
    declared: Declared | None = None


def correction_of(setting: Setting) -> Correction | None:
    """Return the correction that a setting makes, or None for any other setting or one that does not say what."""
    first, _, metric = setting.key.partition("/")
    if first != "record" or not metric or len(metric) > MAX_METRIC:
        return None
    value = setting.value.strip()
    word, _, rest = value.partition(" ")
    if word == "retract":
        day = _day(rest.strip()) if rest.strip() else None
        if rest.strip() and day is None:
            return None
        return Correction(metric, setting.by, setting.at, "retract", day=day)
    if value.startswith("{"):
        return _declaration(metric, setting)
    day_text, _, source = rest.partition(" ")
    day = _day(day_text)
    try:
        figure = float(word)
    except ValueError:
        return None
    if day is None or not math.isfinite(figure):
        return None
    records = (DeclaredRecord(figure, day, source or setting.by),)
    return Correction(metric, setting.by, setting.at, "set", records)


def _declaration(metric: str, setting: Setting) -> Correction | None:
    try:
        found = _declared.decode(setting.value)
    except msgspec.DecodeError:
        return None
    if any(_day(one.date) is None or not math.isfinite(one.figure) for one in found.records):
        return None
    return Correction(metric, setting.by, setting.at, "declare", found.records, declared=found)


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def opened(correction: Correction) -> Page | None:
    """Return a page for a metric that nobody knows, where the correction says what it counts."""
    declared = correction.declared
    if declared is None:
        return None
    narrow = tuple(sorted(meaning_of(declared.subject).narrow))
    return Page(correction.metric, declared.subject, declared.direction, declared="editor", narrow=narrow)


def corrected(page: Page, correction: Correction) -> Page:
    """Return the page as the editor wants it: nothing that happened by then beats the figure that he set."""
    why = f"set right by {correction.by}"
    if correction.act == "retract":
        return _retracted(page, correction, why)
    # A whole history that is brought in contradicts itself in nothing: only what beats all of it gives way.
    for one in correction.records:
        page = _without_better(page, one, why) if correction.act == "set" else page
        page = put(_without_own(page, one), None, _set(page, correction, one))
    return page


def _retracted(page: Page, correction: Correction, why: str) -> Page:
    if correction.day is None:
        standing = standing_at(page, correction.at.date())
        taken = [standing] if standing is not None else []
    else:
        taken = [one for one in page.occasions if one.day == correction.day and one.status == "counts"]
    for one in taken:
        page = put(page, one, replace(one, status="withdrawn", why=why))
    return page


def _without_better(page: Page, record: DeclaredRecord, why: str) -> Page:
    set_to = Told(record.figure)
    occasions = tuple(
        replace(one, status="withdrawn", why=why)
        if one.day <= record.date and compare(one.told, set_to, page.direction) == "beats"
        else one
        for one in page.occasions
    )
    return replace(page, occasions=occasions)


def _without_own(page: Page, record: DeclaredRecord) -> Page:
    """Return the page without an older word of an editor on the same day: said again it stands once."""
    kept = tuple(one for one in page.occasions if not (one.declared == "editor" and one.day == record.date))
    return replace(page, occasions=kept)


def _set(page: Page, correction: Correction, record: DeclaredRecord) -> Occasion:
    return Occasion(
        record.date,
        record.figure,
        "exact",
        record.source or correction.by,
        correction.at,
        url=record.url,
        record=True,
        unit=page.subject.unit,
        declared="editor",
    )
