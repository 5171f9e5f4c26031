"""NewsML-G2, the agencies' XML: news messages and single news items to items. Pure. https://iptc.org/std/NewsML-G2/."""

from typing import Final
from xml.etree.ElementTree import Element

from connectors.dates import read_date
from connectors.elements import LANGUAGE, all_named, attribute, local, markup_of, read_elements, text_of
from connectors.items import FeedError, RawItem
from connectors.markup import literal
from connectors.wire import NO_STORIES, Wired, correction, left_out, newest, withdrawal

ROOTS: Final = frozenset(["newsmessage", "newsitem", "packageitem", "itemset"])
# Relations of a link that lead to the item's own page.
_OWN_PAGE: Final = frozenset(["canonical", "alternate", "webpage", "self", "isrepresentationof"])


def read_newsml(text: str) -> tuple[list[RawItem], tuple[str, ...]]:
    """Return the texts of a message, newest version each, and what was wrong with it.

    Raises:
        FeedError: it holds no news item.
    """
    found, fault = read_elements(text, "newsItem")
    if not found and "<newsMessage" not in text:
        raise FeedError("This is NewsML-G2 without a news item" + (f", and {fault}" if fault else ""))
    stories = [item for item in found if _class(item) not in NO_STORIES]
    problems = [fault] if fault else []
    if len(stories) < len(found):
        problems.append(left_out(len(found) - len(stories)))
    return newest(map(_item, stories)), tuple(problems)


def _class(item: Element) -> str:
    return attribute(item, "qcode", "itemMeta", "itemClass").rpartition(":")[2].lower()


def _item(item: Element) -> Wired:
    note = text_of(item, "itemMeta", "edNote")
    signals = [one.get("qcode", "") for one in all_named(item, "itemMeta", "signal")]
    dates = {name: _date(item, name) for name in ("versionCreated", "firstCreated", "embargoed")}
    return Wired(
        RawItem(
            title=_headline(item),
            summary=_description(item),
            text=_body(item),
            guid=item.get("guid") or None,
            link=_link(item),
            lang=attribute(item, "tag", "contentMeta", "language") or item.get(LANGUAGE) or None,
            published=read_date(dates["versionCreated"] or dates["firstCreated"]),
            unread_dates=tuple(
                written for written in dates.values() if written and read_date(written) is None
            ),
            embargoed=read_date(dates["embargoed"]),
            withdrawn=withdrawal(attribute(item, "qcode", "itemMeta", "pubStatus"), note),
            correction=correction(signals, note),
        ),
        int(version) if (version := item.get("version", "")[:9]).isdecimal() else 0,
    )


def _date(item: Element, name: str) -> str:
    return text_of(item, "itemMeta", name)


def _headline(item: Element) -> str:
    """Return the main headline: one without a role, or with that of the main one."""
    headlines = list(all_named(item, "contentMeta", "headline"))
    main = [
        one for one in headlines if not one.get("role") or one.get("role", "").endswith((":main", ":hl1"))
    ]
    for one in (*main, *headlines, *all_named(item, "itemMeta", "title")):
        if title := "".join(one.itertext()).strip():
            return literal(title)
    return literal(text_of(item, "contentMeta", "slugline"))


def _description(item: Element) -> str:
    found = list(all_named(item, "contentMeta", "description"))
    summaries = [one for one in found if "summary" in one.get("role", "")]
    return literal(next((text for one in (*summaries, *found) if (text := text_of(one))), ""))


def _body(item: Element) -> str:
    """Return the markup of the longest text that stands in the item."""
    bodies = []
    for content in all_named(item, "contentSet", "inlineXML"):
        for element in content.iter():
            element.tag = local(element.tag)
        inner = next((one for name in ("body.content", "body") for one in content.iter(name)), content)
        bodies.append(markup_of(inner))
    bodies += [
        literal(text_of(data))
        for data in all_named(item, "contentSet", "inlineData")
        if data.get("contenttype", "text/plain").startswith("text")
    ]
    return max(bodies, key=len, default="")


def _link(item: Element) -> str | None:
    links = (
        one.get("href", "")
        for one in all_named(item, "itemMeta", "link")
        if one.get("rel", "").rpartition(":")[2].lower() in _OWN_PAGE
    )
    return next((link for link in links if link.startswith("http")), None)
