"""JSON Feed 1.0 and 1.1: text to items. https://www.jsonfeed.org/version/1.1/."""

from datetime import datetime
from typing import Any

import msgspec

from connectors.dates import read_date
from connectors.items import FeedError, RawItem
from connectors.markup import literal


def looks_like_json(text: str) -> bool:
    """Whether the text can only be JSON: no XML and no page begins so."""
    return text[:100].lstrip("\ufeff \t\r\n").startswith(("{", "["))


def decode_json(text: str) -> Any:
    """Return the document that a text is.

    Raises:
        FeedError: it is no JSON.
    """
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise FeedError(f"This begins like JSON and is none: {error}") from error


def read_json(document: Any) -> tuple[dict[str, Any], str, list[RawItem]]:
    """Return the feed's own fields, its format and its items.

    Raises:
        FeedError: it is JSON that is no feed.
    """
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise FeedError('This is JSON and no JSON Feed, nor ninjs: it has no list of "items"')
    version = str(document.get("version", ""))
    kind = (
        "json11" if version.rstrip("/").endswith("1.1") else "json10" if "jsonfeed.org" in version else "json"
    )
    return document, kind, [_item(item if isinstance(item, dict) else {}) for item in items]


def _item(item: dict[str, Any]) -> RawItem:
    published, unread = _date(item.get("date_published"))
    updated, unread_too = _date(item.get("date_modified"))
    html = _text(item, "content_html")
    return RawItem(
        title=literal(_text(item, "title")),
        summary=literal(_text(item, "summary")),
        text=html or literal(_text(item, "content_text")),
        guid=_text(item, "id") or None,
        link=_text(item, "url") or _text(item, "external_url") or None,
        lang=_text(item, "language") or None,
        published=published,
        updated=updated,
        unread_dates=tuple(date for date in (unread, unread_too) if date),
        written=(_text(item, "date_published"), _text(item, "date_modified")),
    )


def _text(item: dict[str, Any], key: str) -> str:
    """Return a text; ids are often sent as numbers."""
    value = item.get(key)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _date(value: Any) -> tuple[datetime | None, str | None]:
    if value in (None, ""):
        return None, None
    moment = read_date(str(value))
    return moment, None if moment else str(value)
