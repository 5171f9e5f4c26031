"""Bytes of a feed to items: RSS 0.9x to 2.0, RDF and Atom by feedparser, all else by readers of our own. Pure.

The only file that imports feedparser, which is left aside where a document is as most are (`connectors.wellformed`). It is given bytes in memory and never an address or a name, so that it opens
neither connection nor file; markup is left to `connectors.markup`, which is quicker and drops what nobody reads.
"""

import io
import re
from datetime import datetime
from typing import Any, Final

import feedparser

from connectors.dates import read_date
from connectors.encoding import Decoded, characters_kept, decode, preamble_cut
from connectors.items import Feed, FeedError, Item, RawItem, finish, language
from connectors.json_feed import decode_json, looks_like_json, read_json
from connectors.markup import plain, tidy
from connectors.newsml import ROOTS as NEWSML_ROOTS
from connectors.newsml import read_newsml
from connectors.ninjs import ninjs_items, read_ninjs
from connectors.shape import odd_shape
from connectors.sitemap import no_index, read_sitemap
from connectors.tombstones import deleted_entries
from connectors.wellformed import Found, read_wellformed
from connectors.zones import zoned
from wirewatch.messages import FeedHints

# A feed of so many items is an archive; the newest stand first.
MOST_ITEMS: Final = 5_000
_PERIODS: Final = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}
_SKIP: Final = re.compile(r"<skip(?:Hours|Days)>(.{0,2000}?)</skip(?:Hours|Days)>", re.IGNORECASE | re.DOTALL)
_HOUR: Final = re.compile(r"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_DAY: Final = re.compile(r"<day>\s*([a-z]{6,9})\s*</day>", re.IGNORECASE)
# Captions of pictures: feedparser would take them for the item's own title and description, even where it has one.
# Their attributes go, for of an element that it does not know it keeps either these or the text.
_CAPTION: Final = re.compile(
    r"<(/?)(media:|itunes:)(description|title|text|summary|subtitle)\b(?:\s[^<>]{0,500}?)?(/?)>"
)
_STAND_INS: Final = ("alternate", "related", "via", "self", "enclosure")
_ROOT: Final = re.compile(r"\s*(?:<[!?][^>]{0,500}>\s{0,100}){0,20}<([\w:.-]{1,60})")
_NO_TEXT: Final = re.compile("[\x00-\x08\x0e-\x1a]")
_PAGE: Final = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def parse(body: bytes, *, content_type: str, base: str, fetched: datetime, tag: str = "") -> Feed:
    """Return the feed that `body` is. `base` is the address that relative links belong to.

    `tag` is the language that the user gave it: it goes before the feed's own.

    Raises:
        FeedError: it is no feed; says what it looks like instead.
    """
    if not body.strip():
        raise FeedError("The answer is empty")
    decoded = decode(body, content_type)
    if looks_like_json(decoded.text):
        return _json(decoded, base, fetched, tag)
    return _xml(decoded, base, fetched, tag)


def _json(decoded: Decoded, base: str, fetched: datetime, tag: str) -> Feed:
    document = decode_json(decoded.text)
    wired = ninjs_items(document)
    if wired is not None:
        raw, left_out = read_ninjs(wired)
        items, problems = _finish(raw, base, None, fetched)
        return Feed("ninjs", items, problems=(*_said(decoded), *left_out, *problems))
    document, kind, raw = read_json(document)
    given = document.get("language")
    own_tag = given if isinstance(given, str) else ""
    lang = language(own_tag)
    items, problems = _finish(raw, base, lang, fetched, tag or own_tag)
    title = document.get("title")
    hubs = document.get("hubs")
    hub = (
        next((one.get("url") for one in hubs if isinstance(one, dict)), None)
        if isinstance(hubs, list)
        else None
    )
    topic = document.get("feed_url")
    return Feed(
        format=kind,
        items=items,
        title=plain(title) if isinstance(title, str) else "",
        lang=lang,
        hub=hub if isinstance(hub, str) else None,
        topic=topic if isinstance(topic, str) else None,
        problems=(*_said(decoded), *problems),
    )


def _xml(decoded: Decoded, base: str, fetched: datetime, tag: str) -> Feed:
    text = prepared(decoded.text)
    document = text.encode("utf-8", "replace")
    found = read_wellformed(document)
    if found is None:
        odd = odd_shape(document)
        if odd is not None:
            raise FeedError(f"This is no feed that an outlet would send: {odd}")
        known = _by_root(decoded, text, base, fetched)
        if known is not None:
            return known
        found = by_feedparser(document)
        if found is None:
            raise FeedError(_what_it_is(text, decoded.text))
    # In RSS, relative links belong to the outlet's own page, which the feed may stand far from.
    own = found.version.startswith("rss") and found.page.lower().startswith(("http://", "https://"))
    lang = language(found.language)
    raw = [*found.items, *(deleted_entries(text) if found.version.startswith("atom") else ())]
    items, problems = _finish(raw, found.page if own else base, lang, fetched, tag or found.language)
    return Feed(
        format=found.version,
        items=items,
        title=plain(found.title),
        lang=lang,
        hub=found.hub,
        topic=found.topic,
        hints=_hints(found, text),
        problems=(*_said(decoded), *found.faults, *problems),
    )


def prepared(text: str) -> str:
    """Return a document's text as its readers can bear it."""
    return _CAPTION.sub(r"<\1\2the-\3\4>", preamble_cut(characters_kept(text)))


def by_feedparser(document: bytes) -> Found | None:
    """Return the feed as feedparser reads it, None where it sees none.

    Raises:
        FeedError: feedparser stumbles over it.
    """
    found = _feedparser(document)
    entries: list[Any] = found.entries
    if not entries and not found.get("version"):
        return None
    feed = found.feed
    return Found(
        found.get("version") or "unknown",
        [_entry(entry) for entry in entries],
        title=_text(feed, "title"),
        language=_text(feed, "language") or _text(dict.get(feed, "title_detail") or {}, "language"),
        page=_first_page(feed) or _text(feed, "link"),
        hub=_rel(feed, "hub"),
        topic=_rel(feed, "self"),
        ttl=_text(feed, "ttl"),
        period=_text(feed, "sy_updateperiod"),
        frequency=_text(feed, "sy_updatefrequency"),
        faults=(f"malformed: {_fault(found.get('bozo_exception'))}",) if found.get("bozo") else (),
    )


def _by_root(decoded: Decoded, text: str, base: str, fetched: datetime) -> Feed | None:
    """Return the feed where its first element is one that feedparser does not know."""
    root = _ROOT.match(text[:20_000])
    name = root[1].rpartition(":")[2].lower() if root else ""
    faults: tuple[str, ...]
    if name == "sitemapindex":
        raise no_index(text)
    if name == "urlset":
        raw, fault = read_sitemap(text)
        kind, faults = "news sitemap", (fault,) if fault else ()
    elif name in NEWSML_ROOTS:
        raw, faults = read_newsml(text)
        kind = "newsml-g2"
    else:
        return None
    items, problems = _finish(raw, base, None, fetched)
    return Feed(kind, items, problems=(*_said(decoded), *faults, *problems))


def _rel(feed: Any, rel: str) -> str | None:
    links = _parts(feed, "links")
    return next((link for one in links if _text(one, "rel") == rel and (link := _text(one, "href"))), None)


def _feedparser(document: bytes) -> Any:
    try:
        return feedparser.parse(
            io.BytesIO(b"\n" + document),
            # Without an address: it would make addresses of guids that are numbers.
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        # Whatever a document does to feedparser is that feed's own trouble, and not the other feeds'.
        raise FeedError(f"This cannot be read: {type(error).__name__} in feedparser") from error


def _finish(
    raw: list[RawItem], base: str, lang: str | None, fetched: datetime, tag: str = ""
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    problems = (f"{len(raw)} items, {MOST_ITEMS} read",) if len(raw) > MOST_ITEMS else ()
    items = (
        finish(item, base=base, feed_lang=lang, fetched=fetched)
        for item in zoned(raw[:MOST_ITEMS], base, tag, fetched)
    )
    return tuple(items), problems


def _said(decoded: Decoded) -> tuple[str, ...]:
    return (decoded.problem,) if decoded.problem else ()


def _entry(entry: Any) -> RawItem:
    content = _content(entry)
    summary = (
        _text(entry, "summary") or _text(entry, "media_the-description") or _text(entry, "itunes_the-summary")
    )
    first = "published"
    published, unread = _date(entry, first)
    updated, unread_too = _date(entry, "updated")
    if published is None and _text(entry, "created").strip():
        first = "created"
        published, _ = _date(entry, first)
    return RawItem(
        title=_text(entry, "title") or _text(entry, "media_the-title") or _text(entry, "itunes_the-title"),
        # feedparser copies a content without description into the summary.
        summary="" if summary == content else summary,
        text=content,
        guid=_text(entry, "id") or None,
        link=_link(entry),
        lang=_lang(entry),
        published=published,
        updated=updated,
        unread_dates=tuple(date for date in (unread, unread_too) if date),
        written=(_text(entry, first).strip(), _text(entry, "updated").strip()),
    )


def _link(entry: Any) -> str | None:
    """Return the outlet's own address, where a service that counts clicks stands before it."""
    link = (
        _text(entry, "feedburner_origlink")
        or _first_page(entry)
        or _text(entry, "link")
        or _other_link(entry)
    )
    # feedparser takes a guid for the link where there is none, whether it is an address or a number.
    stands_in = dict.get(entry, "guidislink") and link == _text(entry, "id")
    if stands_in and not link.lower().startswith(("http://", "https://", "/")):
        link = _other_link(entry)
    return link or None


def _first_page(entry: Any) -> str:
    """Return the first page of several of an item or a feed: those after it are for telephones, or copies."""
    pages = (
        _text(one, "href")
        for one in _parts(entry, "links")
        if _text(one, "rel") == "alternate" and _text(one, "type") == "text/html"
    )
    return next(filter(None, pages), "")


def _other_link(entry: Any) -> str:
    """Return the best of an entry's links where none is a page."""
    links = {_text(one, "rel"): _text(one, "href") for one in reversed(_parts(entry, "links"))}
    return next((links[rel] for rel in _STAND_INS if links.get(rel)), "")


def _text(mapping: Any, key: str) -> str:
    """Return a text as it stands; `dict.get` leaves out feedparser's own substitutions, some of which warn."""
    value = dict.get(mapping, key) if isinstance(mapping, dict) else None
    return value if isinstance(value, str) else ""


def _parts(mapping: Any, key: str) -> list[Any]:
    """Return what stands in a list; an element of that name that is none of the format's is a text."""
    value = dict.get(mapping, key)
    return value if isinstance(value, list) else []


def _content(entry: Any) -> str:
    """Return the longest content that is text."""
    parts = _parts(entry, "content")
    texts = [
        _text(part, "value")
        for part in parts
        if _text(part, "type").startswith(("text", "application/xhtml"))
    ]
    return max(texts, key=len, default="")


def _lang(entry: Any) -> str | None:
    parts = [dict.get(entry, "title_detail"), *_parts(entry, "content")]
    tags = [_text(part, "language") for part in parts if part]
    return next((tag for tag in tags if tag), None)


def _date(entry: Any, key: str) -> tuple[datetime | None, str | None]:
    """Return a date, or how it is written where it cannot be read; what feedparser makes of it is often a guess."""
    written = _text(entry, key).strip()
    moment = read_date(written) if written else None
    return moment, None if moment else written or None


def _hints(found: Found, text: str) -> FeedHints:
    every: float | None = None
    ttl = found.ttl.strip()
    period = _PERIODS.get(found.period.strip().lower())
    if ttl.isdecimal() and 0 < int(ttl[:8]) <= 525_600:
        every = int(ttl) * 60.0
    elif period:
        frequency = found.frequency.strip()
        every = period / max(1, int(frequency) if frequency.isdecimal() and len(frequency) < 6 else 1)
    skipped = " ".join(match[1] for match in _SKIP.finditer(text[:50_000]))
    return FeedHints(
        every=every,
        # Both 0 and 24 are midnight; the standards differ.
        skip_hours=tuple(sorted({int(hour) % 24 for hour in _HOUR.findall(skipped)})),
        skip_days=tuple(sorted({day.lower() for day in _DAY.findall(skipped)})),
    )


def _fault(error: object) -> str:
    """Return what feedparser complains of, on one short line."""
    said = getattr(error, "getMessage", lambda: str(error))()
    return " ".join(tidy(str(said)).split())[:160]


def _what_it_is(text: str, as_it_came: str) -> str:
    root = _ROOT.match(text[:20_000])
    if root is not None and root[1].lower() == "opml":
        return "This is OPML, a list of feeds and no feed: `wirewatch feeds import` takes what it names"
    if _PAGE.search(text[:4_000]):
        return "This is a web page and no feed; look on it for the feed's own address"
    if text.lstrip().startswith("<"):
        return f"This is XML and no feed: it begins with <{root[1]}>" if root else "This is XML and no feed"
    if as_it_came.count("\ufffd") * 20 > len(text) or _NO_TEXT.search(as_it_came[:4_000]):
        return "This is no text and no feed: a picture, a packed file or the like"
    return "This is text and no feed"
