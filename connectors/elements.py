"""A well-formed document, or the well-formed beginning of one, as elements without namespaces. Pure.

For the formats that feedparser does not know. Entities that HTML names are understood, external ones are not fetched.
"""

import html
import re
from collections.abc import Iterator
from typing import Any, Final, cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser, tostring

_NAMED: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,30});")
_DOCTYPE: Final = re.compile(r"<!DOCTYPE[^<>\[]{0,2000}(?:\[[^\]]{0,10000}\]\s*)?>", re.IGNORECASE)
LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def read_elements(text: str, *names: str) -> tuple[list[Element], str | None]:
    """Return the whole elements of these names, outermost, in order; and what ended the reading, if not the end."""
    parser: XMLPullParser[Any] = XMLPullParser(["start", "end"])
    found: list[Element] = []
    fault: str | None = None
    inside = 0
    try:
        parser.feed(_DOCTYPE.sub("", _NAMED.sub(_character, text), count=1))
        parser.close()
    except ParseError as error:
        fault = f"malformed: {error}"
    try:
        for event, element in cast(Iterator[tuple[str, Element]], parser.read_events()):
            element.tag = local(element.tag)
            if element.tag in names:
                inside += 1 if event == "start" else -1
                if event == "end" and not inside:
                    found.append(element)
    except ParseError as error:
        # The parser hands its fault on when it is asked for what it read before.
        fault = f"malformed: {error}"
    return found, fault


def local(tag: str) -> str:
    """Return a name without its namespace."""
    return tag.rpartition("}")[2]


def all_named(element: Element | None, *path: str) -> Iterator[Element]:
    """Return the descendants that a path of children leads to."""
    if element is None:
        return
    if not path:
        yield element
        return
    for child in element:
        if child.tag == path[0]:
            yield from all_named(child, *path[1:])


def text_of(element: Element | None, *path: str) -> str:
    """Return the whole text of the first element at a path, empty where there is none."""
    found = next(all_named(element, *path), None)
    return "" if found is None else "".join(found.itertext()).strip()


def attribute(element: Element | None, name: str, *path: str) -> str:
    """Return an attribute of the first element at a path that has it."""
    return next((value for one in all_named(element, *path) if (value := one.get(name, "").strip())), "")


def markup_of(element: Element) -> str:
    """Return what stands in an element, with its tags."""
    return tostring(element, encoding="unicode")


def _character(entity: re.Match[str]) -> str:
    found = html.unescape(entity[0])
    # What no one knows stays as it was written, in a way that XML can bear.
    return html.escape(entity[0]) if found == entity[0] else "".join(f"&#{ord(each)};" for each in found)
