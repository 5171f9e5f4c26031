"""What makes a revision: the named changes that an editor must hear of, and nothing else.

Another outlet is none, nor another wording, nor a figure less exact than the one told.
"""

from typing import Literal

from msgspec import Struct

from streams.rules.desk_case import Shown
from streams.rules.judging import say
from streams.rules.ledger import Told, exactness

ChangeName = Literal[
    "first", "denied", "record_broken", "record_broken_again", "another_record", "figure_made_exact", "figure_changed",
    "severity_up", "reversal", "told_again", "first_tier_1", "unacknowledged", "contradicted",
]  # fmt: skip


class MaterialChange(Struct, frozen=True):
    """A named change: `key` is the same each time the same change is found."""

    name: ChangeName
    key: str
    words: str


def material_change(before: Shown, now: Shown) -> MaterialChange | None:
    """Return the weightiest change between what was told and what is known, or None."""
    return (
        _denied(before, now)
        or _record(before, now)
        or _another(before, now)
        or _turn(before, now)
        or _contradicted(before, now)
    )


def _denied(before: Shown, now: Shown) -> MaterialChange | None:
    if now.withdrawn and not before.withdrawn:
        what = "what was told" if before.figure is None else _figure(before)
        return MaterialChange("denied", "denied", f"{what} counts no more")
    return None


def _record(before: Shown, now: Shown) -> MaterialChange | None:
    if now.kind != "record" or now.figure is None or now.withdrawn:
        return None
    key = f"{now.metric} {now.day} {now.qualifier} {float(now.figure)!r}"
    if before.figure is None or before.withdrawn:
        return MaterialChange("record_broken", key, _figure(now))
    if (before.figure, before.qualifier) == (now.figure, now.qualifier):
        return None
    if (before.metric, before.day) != (now.metric, now.day):
        return MaterialChange("record_broken_again", key, f"{_figure(before)}, now {_figure(now)}")
    finer = exactness(now.qualifier or "exact") - exactness(before.qualifier or "exact")
    if finer < 0:
        return None
    name: ChangeName = "figure_made_exact" if finer > 0 else "figure_changed"
    return MaterialChange(name, key, f"{_figure(before)} → {_figure(now)}")


def _another(before: Shown, now: Shown) -> MaterialChange | None:
    """Return the change that a second record of the same event is: of another thing, and not told yet."""
    new = [metric for metric in now.beside if metric not in before.beside]
    if now.withdrawn or not new:
        return None
    return MaterialChange(
        "another_record", f"beside {' '.join(new)}", "; ".join(now.beside[one] for one in new)
    )


def _turn(before: Shown, now: Shown) -> MaterialChange | None:
    if now.polarity is None:
        return None
    key = f"{now.polarity} {now.severity}"
    if before.withdrawn and not now.withdrawn and now.sentence:
        return MaterialChange("told_again", f"again {key}", "another outlet tells it")
    if before.polarity is not None and before.polarity != now.polarity:
        return MaterialChange("reversal", key, f"{before.polarity} → {now.polarity}")
    # A first without a figure that turns out to be an act of a conflict is told as such.
    was_first = before.kind == "record" and before.figure is None
    if now.severity > before.severity and (before.severity > 0 or was_first):
        return MaterialChange("severity_up", key, f"severity {before.severity} → {now.severity}")
    return None


def _contradicted(before: Shown, now: Shown) -> MaterialChange | None:
    """Return the change that enough outlets insisting are; a further one that joins them is none."""
    if now.contradicted is None or before.contradicted is not None:
        return None
    return MaterialChange("contradicted", "contradicted", now.contradicted)


def _figure(shown: Shown) -> str:
    if shown.figure is None:
        return "no figure"
    unit = f" {shown.unit}" if shown.unit else ""
    return f"{say(Told(shown.figure, shown.qualifier or 'exact'))}{unit}"
