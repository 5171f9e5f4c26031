"""Feeds as tables of the configuration file, to be pasted there. Pure."""

import json
from collections.abc import Iterable
from typing import Final

from wirewatch.settings import FeedSettings

_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def write_tables(feeds: Iterable[FeedSettings]) -> str:
    """Return a `[[feeds]]` table for each feed, with what differs from the defaults."""
    return "\n".join(_table(feed) for feed in feeds)


def _table(feed: FeedSettings) -> str:
    lines = [f"url = {_string(feed.address)}", f"name = {_string(feed.name)}"]
    if feed.language is not None:
        lines.append(f"language = {_string(feed.language)}")
    if feed.tier != 2:
        lines.append(f"tier = {feed.tier}")
    if feed.interval is not None:
        lines.append(f'interval = "{_span(feed.interval)}"')
    if feed.full_text is not None:
        lines.append(f"full_text = {_full_text(feed.full_text)}")
    lines += [f"{key} = {value}" for key, value in _switches(feed)]
    if feed.tags:
        lines.append(f"tags = [{', '.join(map(_string, feed.tags))}]")
    return "\n".join(["[[feeds]]", *lines, ""])


def _switches(feed: FeedSettings) -> list[tuple[str, str]]:
    return [
        *([] if feed.redistribute else [("redistribute", "false")]),
        *([("own", "true")] if feed.own else []),
    ]


def _full_text(value: str) -> str:
    return {"always": "true", "never": "false"}.get(value, f'"{value}"')


def _string(value: str) -> str:
    # JSON's strings are TOML's but for one sign.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _span(seconds: float) -> str:
    size, unit = next((pair for pair in _UNITS if seconds % pair[0] == 0), (1, "s"))
    return f"{seconds / size:g}{unit}"
