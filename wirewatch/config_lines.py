"""Where a key stands in a TOML text."""

import re
from collections.abc import Sequence


def line_of(lines: Sequence[str], key: str, place: int) -> int | None:
    """Return where a key stands: tomllib does not say, so its table's header is looked for, then the key."""
    table, _, name = key.partition(".")
    pattern = re.compile(rf"\s*\[\[?\s*{re.escape(table)}\s*\]\]?")
    headers = [number for number, line in enumerate(lines, 1) if pattern.match(line)]
    if place >= len(headers):
        own = re.compile(rf"\s*\"?{re.escape(table)}\"?\s*=")
        return next((number for number, line in enumerate(lines, 1) if own.match(line)), None)
    start = headers[place]
    for number in range(start, len(lines) + 1 if name else start):
        line = lines[number - 1]
        if number > start and line.lstrip().startswith("["):
            break
        if re.match(rf"\s*\"?{re.escape(name)}\"?\s*=", line):
            return number
    return start
