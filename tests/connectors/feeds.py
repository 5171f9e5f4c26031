"""Feeds in our own words, as small as a test needs them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import NamedTuple

DAY = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)


class News(NamedTuple):
    """One item as an outlet writes it."""

    title: str = "472 drones overnight"
    guid: str | None = None
    link: str | None = None
    summary: str = ""
    published: datetime | None = DAY


def rss(items: Sequence[News], *, head: str = "") -> bytes:
    """Return an RSS 2.0 document."""
    written = []
    for item in items:
        parts = [f"<title>{item.title}</title>"]
        if item.guid:
            parts.append(f'<guid isPermaLink="false">{item.guid}</guid>')
        if item.link:
            parts.append(f"<link>{item.link}</link>")
        if item.summary:
            parts.append(f"<description>{item.summary}</description>")
        if item.published:
            parts.append(f"<pubDate>{format_datetime(item.published)}</pubDate>")
        written.append(f"<item>{''.join(parts)}</item>")
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>The Test Wire</title><link>https://wire.example/</link>{head}{''.join(written)}</channel></rss>"
    ).encode()


def news(number: int, **changes: object) -> News:
    """Return the numbered item, with guid and article link of its own."""
    base = News(
        title=f"Story number {number}",
        guid=f"id-{number}",
        link=f"https://wire.example/2025/06/01/story-number-{number}",
        summary=f"What happened in story {number}.",
    )
    return base._replace(**changes)  # type: ignore[arg-type] # fields of News by name
