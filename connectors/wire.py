"""What the agencies' formats have in common: status, versions, embargoes. Pure.

IPTC's vocabulary: https://cv.iptc.org/newscodes/pubstatusg2/, https://cv.iptc.org/newscodes/signal/.
"""

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from connectors.items import RawItem

# Pictures bring the caption of a story that comes as a text of its own.
NO_STORIES: Final = frozenset(["picture", "graphic"])
_NOTE: Final = 500
_CORRECTS: Final = re.compile(
    r"\W{0,5}(?:corrects?|correction|corrected|corrective|berichtigung|rectificatif)\b", re.IGNORECASE
)


class Wired(Struct, frozen=True):
    """One version of an agency's item."""

    item: RawItem
    version: int = 0


def withdrawal(status: str, note: str) -> str | None:
    """Return why an item is taken back, by its status ("stat:canceled", "withheld"); None where it is usable."""
    match status.rpartition(":")[2].strip().lower():
        case "canceled" | "cancelled" | "killed":
            return _with_note("killed", note)
        case "withheld":
            return _with_note("withheld", note)
        case _:
            return None


def correction(signals: Iterable[str], note: str) -> str | None:
    """Return what an item sets right, where it is a correction by its signals or its note to editors."""
    named = any("correct" in signal.rpartition(":")[2].lower() for signal in signals)
    return _with_note("corrected", note) if named or _CORRECTS.match(note) else None


def newest(wired: Iterable[Wired]) -> list[RawItem]:
    """Return the items in their order, of those that stand there in several versions the last."""
    best: dict[str, Wired] = {}
    order: list[str] = []
    for place, one in enumerate(wired):
        key = one.item.guid or f"\x00{place}"
        if key not in best:
            order.append(key)
        if key not in best or one.version >= best[key].version:
            best[key] = one
    return [_told(best[key].item) for key in order]


def left_out(pictures: int) -> str:
    """Return what to say of pictures that were passed over."""
    return f"{pictures} picture{'s' if pictures > 1 else ''} left out"


def _told(item: RawItem) -> RawItem:
    """Return the item; what is taken back has no text that anybody should read."""
    return replace(item, summary="", text="") if item.withdrawn else item


def _with_note(name: str, note: str) -> str:
    said = " ".join(note.split())[:_NOTE]
    return f"{name}: {said}" if said else name
