"""Entries that an Atom feed says it has deleted (RFC 6721): they take back what was said. Pure."""

import html
import re
from typing import Final

from connectors.items import RawItem

_DELETED: Final = re.compile(r"<(?:[\w.-]{1,40}:)?deleted-entry\s([^<>]{1,2000}?)(/?)>")
_REF: Final = re.compile(r"\bref\s*=\s*(?:\"([^\"]{1,1000})\"|'([^']{1,1000})')")
_COMMENT: Final = re.compile(r"<(?:[\w.-]{1,40}:)?comment\b[^<>]{0,200}>([^<]{0,500})<")
# What stands in such an element is short; so far it is looked through.
_NEAR: Final = 2_000


def deleted_entries(text: str) -> list[RawItem]:
    """Return the entries that a feed takes back, each by its id alone."""
    if "deleted-entry" not in text:
        return []
    found = []
    for match in _DELETED.finditer(text):
        ref = _REF.search(match[1])
        if ref is None:
            continue
        comment = "" if match[2] else _comment(text, match.end())
        found.append(
            RawItem(
                title=comment or "Deleted by the outlet",
                guid=html.unescape(ref[1] or ref[2]),
                withdrawn=f"killed: {html.unescape(comment)}" if comment else "killed",
            )
        )
    return found


def _comment(text: str, at: int) -> str:
    inside = text[at : at + _NEAR].partition("deleted-entry>")[0]
    found = _COMMENT.search(inside)
    return " ".join(found[1].split()) if found else ""
