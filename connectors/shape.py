"""Is a document made to harm its reader? A quick look by expat before the slow reading by feedparser. Pure."""

from typing import Final
from xml.parsers import expat

# No feed comes near these; feedparser's time grows with their square.
MOST_ATTRIBUTES: Final = 256
DEEPEST: Final = 512


class _StopError(Exception):
    """Ends the look; says what was found."""


def odd_shape(document: bytes) -> str | None:
    """Return what is wrong with the document's shape; None for a usual one, and for what is not well-formed.

    External entities are not fetched, and expat itself limits what internal ones may grow to.
    """
    depth = 0

    def start(_name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise _StopError(f"its elements are nested more than {DEEPEST} deep")
        if len(attributes) > 2 * MOST_ATTRIBUTES:
            raise _StopError(f"an element has more than {MOST_ATTRIBUTES} attributes")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(document, True)
    except _StopError as found:
        return str(found)
    except expat.ExpatError:
        return None
    return None
