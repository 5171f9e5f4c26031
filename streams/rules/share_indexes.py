"""Names what a bare figure of a market report counts: "Nikkei points" for an index that closed at 50,512.32."""

import re
from functools import cache
from typing import Final

from streams.lexicons import lexicon

# No share index stands lower, and of one that moves by some points the change is no level.
LEAST: Final = 100.0


def index_points(text: str, at: int, figure: float) -> str | None:
    """Return the points that a bare figure at the character `at` counts: of the index named last before it, or next.

    None where the text names no index, or the figure is too small to be a level.
    """
    if figure < LEAST:
        return None
    named = [(match.start(), _names()[match[0]]) for match in _pattern().finditer(text)]
    before = [name for start, name in named if start < at]
    found = before[-1] if before else next((name for _, name in named), None)
    return f"{found} points" if found is not None else None


@cache
def _names() -> dict[str, str]:
    """Return each way of writing an index, and its name."""
    table: dict[str, list[str]] = lexicon("share_indexes")["indexes"]
    return {way: name for name, ways in table.items() for way in (name, *ways)}


@cache
def _pattern() -> re.Pattern[str]:
    longest = sorted(_names(), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")
