"""What a feed says, whatever its format: items with decoded texts, and what was wrong with them."""

import re
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from connectors.markup import first_sentence, plain, shorten, tidy, without_boilerplate
from wirewatch.errors import WirewatchError
from wirewatch.messages import FeedHints

LONGEST_TITLE: Final = 1_000
LONGEST_SUMMARY: Final = 20_000
LONGEST_TEXT: Final = 200_000
LONGEST_LINK: Final = 4_000
_NO_LINK: Final = re.compile("[\\s\x00-\x1f\x7f\ud800-\udfff]")
# An address that needs nothing done to it: no port, no dots to resolve, nothing that is not written so.
_WHOLE: Final = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/(?!\.)[\w~%!$&'()*+,;=:@.-]*)+(?:\?[\w~%!$&'()*+,;=:@/?.-]+)?",
    re.ASCII,
)
_ENTITY: Final = re.compile(
    r"&(?:amp|quot|apos|nbsp|[lr][sd]quo|[mn]dash|hellip|#\d{2,5}|#x[0-9a-fA-F]{2,4});"
)
_TARGET: Final = re.compile(r"<a\s[^<>]{0,300}?href\s?=\s?[\"']?([^\"'<>\s]{1,4000})", re.IGNORECASE)
# Clocks of outlets go wrong by minutes; by more, it is the date that is wrong.
CLOCKS_DIFFER: Final = timedelta(minutes=15)
# Before the web there were no feeds; such dates are zeros and defaults.
_EARLIEST_YEAR: Final = 1990


class FeedError(WirewatchError):
    """What was fetched is no feed that can be read; says what it is instead."""


class Item(Struct, frozen=True):
    """One item. `guid` and `link` are as given, the link absolute; texts are without markup."""

    title: str
    guid: str | None = None
    link: str | None = None
    summary: str = ""
    text: str = ""
    lang: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    problems: tuple[str, ...] = ()
    # Not to be told before; set only while that lies ahead.
    embargoed: datetime | None = None
    # Why an agency takes it back, and what this version of it sets right.
    withdrawn: str | None = None
    correction: str | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing to read in it."""
        return not (self.title or self.summary or self.text)


class HubLinks(Struct, frozen=True):
    """The hub that tells of a feed's news, and the name that it knows the feed by. Absolute."""

    hub: str
    topic: str


class Feed(Struct, frozen=True):
    """A feed that was read. `format` is a name such as "rss20" or "json11"; `problems` are the feed's own."""

    format: str
    items: tuple[Item, ...]
    title: str = ""
    lang: str | None = None
    hints: FeedHints = FeedHints()
    problems: tuple[str, ...] = ()
    # False for a piece of a wire: it does not show what else is current.
    whole: bool = True
    # Its hub and its own address, as it says; either may be missing.
    hub: str | None = None
    topic: str | None = None


class RawItem(Struct, frozen=True):
    """An item as its format gives it: texts with markup, dates as written."""

    title: str = ""
    summary: str = ""
    text: str = ""
    guid: str | None = None
    link: str | None = None
    lang: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    # Dates as written that could not be read.
    unread_dates: tuple[str, ...] = ()
    # Both dates as written, where what is written may leave their zone in doubt.
    written: tuple[str, str] = ("", "")
    problems: tuple[str, ...] = ()
    embargoed: datetime | None = None
    withdrawn: str | None = None
    correction: str | None = None


def finish(raw: RawItem, *, base: str, feed_lang: str | None, fetched: datetime) -> Item:
    """Return the item as a person reads it, with its problems named."""
    problems = list(raw.problems)
    title = _title(raw.title)
    summary = without_boilerplate(plain(raw.summary))
    text = without_boilerplate(plain(raw.text))
    if not title:
        title = first_sentence(summary or text)
        problems.append("no title")
    guid = " ".join(raw.guid.split()) if raw.guid else ""
    # Many outlets give the page as guid alone, some of them saying that it is none.
    link, fault = _link(raw.link or (guid if guid.startswith(("http://", "https://")) else None), base)
    problems += [fault] if fault else []
    held = raw.embargoed is not None and raw.embargoed > fetched
    published = None if held else _published(raw, fetched, problems)
    if published is None and not (held or raw.withdrawn or problems_with_dates(problems)):
        unread = " ".join(tidy(raw.unread_dates[0][:80]).split()) if raw.unread_dates else ""
        problems.append(f"date not understood: {unread}" if unread else "no date")
    return Item(
        title=_cut(title, LONGEST_TITLE, "title", problems),
        guid=guid or None,
        link=link,
        summary=_cut(summary, LONGEST_SUMMARY, "summary", problems),
        # Many feeds send the same text in both.
        text="" if text == summary else _cut(text, LONGEST_TEXT, "text", problems),
        lang=language(raw.lang) or feed_lang,
        published=published,
        updated=_date(raw.updated, fetched, []),
        problems=tuple(problems),
        embargoed=raw.embargoed if held else None,
        withdrawn=tidy(raw.withdrawn) if raw.withdrawn else None,
        correction=tidy(raw.correction) if raw.correction else None,
    )


def _title(source: str) -> str:
    """Return a headline on one line; nobody means to show the entities that some outlets escape three times."""
    text = plain(source)
    return " ".join((plain(text) if _ENTITY.search(text) else text).split())


def problems_with_dates(problems: list[str]) -> bool:
    """Whether something was already said of the date."""
    return any(problem.startswith("date ") for problem in problems)


def language(tag: str | None) -> str | None:
    """Return the primary language of a tag: "en" for "en-US"; None for what is no tag."""
    primary = (tag or "").replace("_", "-").strip().split("-", 1)[0].lower()
    return primary if 2 <= len(primary) <= 3 and primary.isascii() and primary.isalpha() else None


def _published(raw: RawItem, fetched: datetime, problems: list[str]) -> datetime | None:
    """Return when it became news: as dated, but not before its embargo ended."""
    dated = _date(raw.published or raw.updated, fetched, problems)
    return max(filter(None, (dated, raw.embargoed)), default=None) if dated else None


def _date(given: datetime | None, fetched: datetime, problems: list[str]) -> datetime | None:
    """Return a date that can be believed: one that is missing or wrong is never "now"."""
    if given is None:
        return None
    if given.year < _EARLIEST_YEAR:
        problems.append(f"date not believed: {given.isoformat()}")
        return None
    if given > fetched + CLOCKS_DIFFER:
        problems.append(f"date in the future: {given.isoformat()}")
        return None
    return min(given, fetched)


def _link(given: str | None, base: str) -> tuple[str | None, str | None]:
    """Return the absolute link, and what is wrong with one that leads nowhere."""
    if not given or not given.strip():
        return None, None
    if len(given) <= LONGEST_LINK and _WHOLE.fullmatch(given):
        return given, None
    if "<" in given:
        # An element stands where its address should.
        target = _TARGET.search(given[:LONGEST_LINK])
        given = target[1] if target else plain(given[:LONGEST_LINK])
    # Written by hand: without a scheme, with spaces in it.
    written = " ".join(given.split()).replace(" ", "%20")
    try:
        begins = written.partition("/")[0].lower()
        named = "." in begins and begins in {urlsplit(base).hostname, f"www.{urlsplit(base).hostname}"}
        link = urljoin(base, f"https://{written}" if named or begins.startswith("www.") else written)
        parts = urlsplit(link)
    except ValueError:
        return None, "link not understood"
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None, "link leads nowhere on the web"
    if len(link) > LONGEST_LINK or _NO_LINK.search(link):
        return None, "link not understood"
    return link, None


def _cut(text: str, length: int, field: str, problems: list[str]) -> str:
    if len(text) <= length:
        return text
    problems.append(f"{field} cut at {length} characters of {len(text)}")
    return shorten(text, length)
