"""Holds what the quick reader found to what feedparser found."""

from msgspec.structs import replace

from connectors.items import language
from connectors.wellformed import Found


def as_finished(found: Found | None) -> Found | None:
    """Return what was found with each item's language as it is in the end: its own, else the feed's."""
    if found is None:
        return None
    items = [replace(item, lang=language(item.lang) or language(found.language)) for item in found.items]
    return replace(found, items=items)
