"""The feeds that a web page names. Pure.

A page names its feeds in `<link rel="alternate">`; where it names none so, links that are called like feeds are what
there is. Whether they are feeds shows only when they are read.
"""

import re
from contextlib import suppress
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from connectors.encoding import decode

# A page of so many feeds is a list of them; nobody chooses among more.
MOST_FOUND: Final = 50
_LONGEST_PAGE: Final = 2_000_000
_TYPES: Final = frozenset(
    ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"]
)
_FEED_LIKE: Final = re.compile(r"(?:^|[/._-])(?:rss|atom|feeds?)(?:$|[/._?-])|\.rdf$", re.IGNORECASE)
# A link called so that leads to a picture or a page about feeds is none.
_NO_FEED: Final = re.compile(r"\.(?:png|jpe?g|gif|svg|css|js|html?|php|pdf)$", re.IGNORECASE)


class FoundFeed(Struct, frozen=True):
    """An address that a page gives for a feed, and what it calls it."""

    url: str
    title: str = ""


def find_feeds(page: bytes, *, content_type: str, address: str) -> list[FoundFeed]:
    """Return the feeds that a page at `address` names, in its order, each once."""
    reader = _Links(address)
    # The parser gives up on some declarations; what it found before that counts.
    with suppress(AssertionError):
        reader.feed(decode(page, content_type).text[:_LONGEST_PAGE])
        reader.close()
    found: dict[str, FoundFeed] = {}
    for one in reader.named or reader.guessed:
        found.setdefault(one.url, one)
    return list(found.values())[:MOST_FOUND]


class _Links(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self._base = address
        self.named: list[FoundFeed] = []
        self.guessed: list[FoundFeed] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "").strip() for name, value in attrs}
        there = self._joined(given.get("href", ""))
        if there is None:
            return
        if tag == "base":
            self._base = there
        elif tag == "link":
            kind = given.get("type", "").partition(";")[0].strip().lower()
            if "alternate" in given.get("rel", "").lower().split() and kind in _TYPES:
                self.named.append(FoundFeed(there, " ".join(given.get("title", "").split())[:200]))
        elif tag == "a":
            parts = urlsplit(there)
            if _FEED_LIKE.search(parts.path) and not _NO_FEED.search(parts.path):
                self.guessed.append(FoundFeed(there, " ".join(given.get("title", "").split())[:200]))

    def _joined(self, href: str) -> str | None:
        """Return where a link leads, where that is on the web."""
        if not href:
            return None
        try:
            there = urljoin(self._base, href)
            parts = urlsplit(there)
        except ValueError:
            return None
        return there if parts.scheme in {"http", "https"} and parts.hostname else None
