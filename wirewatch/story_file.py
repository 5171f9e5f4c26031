"""Reads stories from a file of one JSON object a line, as `wirewatch backtest` takes them."""

import hashlib
import html
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from wirewatch.errors import InputError
from wirewatch.ids import identify
from wirewatch.messages import Story

# Where neither a story nor one before it says when it was: any time would do, so long as it is the same each run.
UNDATED: Final = datetime(2000, 1, 1, tzinfo=UTC)
_decoder = msgspec.json.Decoder(dict[str, Any])
MAX_TITLE: Final = 300
# No story is of another time: beyond, a date is a slip, and reckoning with it leaves the calendar.
YEARS: Final = range(1800, 2200)
# What a story may say of itself.
STORY_KEYS: Final = ("title", "summary", "text", "source", "tier", "lang", "published", "url", "id")


def version_of(title: str, summary: str, text: str) -> str:
    """Return the digest of a story's words: another one, another version."""
    return hashlib.blake2b(
        "\x1f".join((title, summary, text)).encode("utf-8", "replace"), digest_size=12
    ).hexdigest()


def read_stories(lines: Iterable[str], *, name: str) -> Iterator[Story]:
    """Yield the stories of a file, in its order.

    Raises:
        InputError: a line is no story; says which line of `name`, and why.
    """
    last = UNDATED
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            given = _decoder.decode(line)
            story = _story(given, number, last)
        except (msgspec.DecodeError, ValueError, TypeError) as error:
            raise InputError(f"{name}, line {number}, is no story: {error}") from error
        last = story.at
        yield story


def story_of_text(words: str, at: datetime) -> Story:
    """Return a text as a story: its first line is the title, or its first sentence where that line is long."""
    head, _, body = words.strip().partition("\n")
    if not head:
        raise InputError("There is no text to explain")
    if len(head) > MAX_TITLE:
        head, body = head.split(". ", 1)[0][:MAX_TITLE], words.strip()
    return Story(
        id=identify("text", words),
        version=version_of(head, "", body),
        feed="stdin",
        source="stdin",
        title=head.strip(),
        text=body.strip(),
        published=at,
        fetched=at,
    )


def story_of_mapping(given: dict[str, Any], number: int, at: datetime) -> Story:
    """Return a story of its plain values, told at a moment unless they say when.

    Raises:
        ValueError, TypeError: they are those of no story.
    """
    if not _words(given, "title").strip():
        raise ValueError("it has no title")
    return _story(given, number, at)


def _story(given: dict[str, Any], number: int, last: datetime) -> Story:
    title, summary, text = (_words(given, key) for key in ("title", "summary", "text"))
    if text == title and not summary:
        text = ""
    told = _time(given.get("published"), last)
    at = told if told.year in YEARS else last
    source = str(given.get("source") or "")
    return Story(
        id=str(given.get("id") or identify("line", str(number), title)),
        version=version_of(title, summary, text),
        feed=source,
        source=source,
        tier=given["tier"] if given.get("tier") in {1, 2, 3} else 2,
        url=given.get("url") or None,
        title=title,
        summary=summary,
        text=text,
        lang=given.get("lang") or None,
        published=at,
        fetched=at,
        problems=() if at is told else (f"date not believed: {given.get('published')}",),
    )


def _words(given: dict[str, Any], key: str) -> str:
    value = given.get(key) or ""
    if not isinstance(value, str):
        raise TypeError(f"{key} is no text")
    return html.unescape(value)


def _time(value: object, last: datetime) -> datetime:
    if value is None:
        return last
    if not isinstance(value, str):
        raise TypeError("published is no text")
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
