"""Lists of feeds as OPML, in and out; folders are tags. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final, cast
from xml.etree.ElementTree import Element, ParseError, SubElement, XMLPullParser, indent, tostring

from connectors.elements import local
from connectors.encoding import decode
from connectors.shape import odd_shape
from wirewatch.errors import InputError
from wirewatch.network import host_of
from wirewatch.settings import FeedSettings

_LONGEST: Final = 200
MOST_FEEDS: Final = 50_000


def read_opml(body: bytes) -> list[FeedSettings]:
    """Return the feeds of a list, each address once, with the folders that it stands in as its tags.

    Raises:
        InputError: it is no OPML.
    """
    text = decode(body, "application/xml").text.lstrip("\ufeff \t\r\n")
    document = text.encode("utf-8", "replace")
    odd = odd_shape(document)
    if odd is not None:
        raise InputError(f"This is no list of feeds: {odd}")
    found: dict[str, FeedSettings] = {}
    try:
        for outline, folders in _outlines(document):
            url = _given(outline, "xmlUrl")
            if not url.lower().startswith(("http://", "https://")) or len(found) >= MOST_FEEDS:
                continue
            tags = (*found[url].tags, *folders) if url in found else (*folders, *_categories(outline))
            name = _given(outline, "title") or _given(outline, "text") or host_of(url)
            first = found.get(url)
            found[url] = FeedSettings(
                url, first.name if first else name[:_LONGEST], tags=tuple(dict.fromkeys(tags))
            )
    except ParseError as error:
        raise InputError(f"This is no OPML that can be read: {error}") from error
    return list(found.values())


def write_opml(feeds: Iterable[FeedSettings], now: datetime) -> str:
    """Return a list of feeds; one with several tags stands in the folder of the first and names the others."""
    root = Element("opml", version="2.0")
    head = SubElement(root, "head")
    SubElement(head, "title").text = "Wirewatch feeds"
    SubElement(head, "dateCreated").text = format_datetime(now)
    body = SubElement(root, "body")
    folders: dict[str, Element] = {}
    for feed in feeds:
        above = body
        if feed.tags:
            tag = feed.tags[0]
            if tag not in folders:
                folders[tag] = SubElement(body, "outline", text=tag, title=tag)
            above = folders[tag]
        given = {"type": "rss", "text": feed.name, "title": feed.name, "xmlUrl": feed.address}
        if feed.tags[1:]:
            given["category"] = ",".join(feed.tags[1:])
        SubElement(above, "outline", {name: _clean(value) for name, value in given.items()})
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _outlines(document: bytes) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Yield each outline with the folders above it."""
    parser: XMLPullParser[Any] = XMLPullParser(["start", "end"])
    parser.feed(document)
    parser.close()
    above: list[Element] = []
    root: str | None = None
    for event, element in cast(Iterator[tuple[str, Element]], parser.read_events()):
        root = root or local(element.tag).lower()
        if root != "opml":
            raise InputError(f"This is no OPML: it begins with <{root[:_LONGEST]}>")
        if local(element.tag) != "outline":
            continue
        if event == "end":
            above.pop()
            continue
        named = (_given(one, "title") or _given(one, "text") for one in above if not _given(one, "xmlUrl"))
        yield element, tuple(name[:_LONGEST] for name in named if name)
        above.append(element)


def _categories(outline: Element) -> list[str]:
    """Return what an outline names besides its folders: "africa,/world/asia"."""
    given = _given(outline, "category").split(",")
    return [name[:_LONGEST] for one in given if (name := one.strip().strip("/").rpartition("/")[2])]


def _given(element: Element, name: str) -> str:
    """Return an attribute, whatever the case of its name: some programs write "xmlurl"."""
    found = next((value for key, value in element.attrib.items() if key.lower() == name.lower()), "")
    return " ".join(found.split())


def _clean(value: str) -> str:
    """Return a text without the signs that XML cannot hold."""
    return "".join(sign for sign in value if sign.isprintable())
