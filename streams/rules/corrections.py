"""An editor's word on the ledger: a record set right, or taken back. It is kept, and it wins.

A `Setting` with the key "record/METRIC". Its value is "FIGURE DATE SOURCE" ("472 2025-06-01 Ukrainian Air Force"), or
"retract" to take back what stands.
"""

from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.ledger import Told, compare
from streams.rules.occasions import Occasion
from streams.rules.pages import Page, put, standing_at
from wirewatch.messages import Setting


class Correction(Struct, frozen=True):
    """What an editor sets: a figure with its day and source; without a figure, what stands is taken back."""

    metric: str
    by: str
    at: datetime
    figure: float | None = None
    day: str = ""
    source: str = ""


def correction_of(setting: Setting) -> Correction | None:
    """Return the correction that a setting makes, or None for any other setting or one that does not say what."""
    first, _, metric = setting.key.partition("/")
    if first != "record" or not metric:
        return None
    value = setting.value.strip()
    if value == "retract":
        return Correction(metric, setting.by, setting.at)
    figure, _, rest = value.partition(" ")
    day, _, source = rest.partition(" ")
    try:
        return Correction(
            metric, setting.by, setting.at, float(figure), date.fromisoformat(day).isoformat(), source
        )
    except ValueError:
        return None


def corrected(page: Page, correction: Correction) -> Page:
    """Return the page as the editor wants it: nothing that happened by then beats the figure that he set."""
    why = f"set right by {correction.by}"
    if correction.figure is None:
        standing = standing_at(page, correction.at.date())
        return (
            page if standing is None else put(page, standing, replace(standing, status="withdrawn", why=why))
        )
    set_to = Told(correction.figure)
    occasions = tuple(
        replace(one, status="withdrawn", why=why)
        if one.day <= correction.day and compare(one.told, set_to, page.direction) == "beats"
        else one
        for one in page.occasions
    )
    return put(replace(page, occasions=occasions), None, _set(page, correction, correction.figure))


def _set(page: Page, correction: Correction, figure: float) -> Occasion:
    return Occasion(
        correction.day,
        figure,
        "exact",
        correction.source or correction.by,
        correction.at,
        record=True,
        unit=page.subject.unit,
        declared="editor",
    )
