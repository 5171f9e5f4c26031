"""Reads why Kafka ended out of what it left behind: its log, its console, its exit code. Pure."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from wirewatch.embedded.folder import newer_data

LONGEST_QUOTE: Final = 300

# What Kafka and Java write, in any of their versions, and what a person does about it. The first that is found wins.
_KNOWN: Final = (
    (
        re.compile(r"No space left on device|Disk quota exceeded"),
        "the disk that holds {folder} is full. Make room there (or move the state folder with --state) and start again",
    ),
    (
        re.compile(r"Read-only file system|AccessDeniedException|Permission denied"),
        "it may not write where it must. Give this user the right to write everything under {folder}",
    ),
    (
        re.compile(r"Address already in use"),
        "another program took its port between our look and its start. Start again: another port is chosen",
    ),
    (
        re.compile(r"Failed to acquire lock on file"),
        "another Kafka that is not ours uses the data in {folder}. End that one, or use another state folder (--state)",
    ),
    (
        re.compile(
            r"OutOfMemoryError|insufficient memory|Could not reserve enough space|Cannot allocate memory"
        ),
        "the machine has no memory left for it; it needs about 300 MB. Free some and start again",
    ),
)
_NEWER: Final = re.compile(r"No MetadataVersion with feature level \d+")
_ENTRY: Final = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+ ([A-Z]+) ")
_WORD_OF_JAVA: Final = re.compile(r"^(?:Error|Exception|#|[\w./-]+: )")


def cause_of_death(log: str, console: str, code: int, folder: Path) -> str:
    """Return one sentence that says why Kafka ended, what to do, and the line that says so."""
    lines = [*log.splitlines(), *console.splitlines()]
    newer = _first(lines, _NEWER)
    if newer:
        return f"{newer_data(folder, 'a newer Kafka')}. Kafka said: {newer}"
    for pattern, advice in _KNOWN:
        found = _first(lines, pattern)
        if found:
            return f"{advice.format(folder=folder)}. Kafka said: {found}"
    worst = _worst(log.splitlines()) or _quote(next(filter(_WORD_OF_JAVA.match, console.splitlines()), ""))
    if worst:
        return f"{_ending(code)}. Kafka said: {worst}"
    return _ending(code)


def _first(lines: Iterable[str], pattern: re.Pattern[str]) -> str | None:
    found = next((line for line in lines if pattern.search(line)), None)
    return None if found is None else _quote(found)


def _worst(log: list[str]) -> str | None:
    """Return the first severe entry, with the exception beneath it: what comes after follows from it."""
    for at, line in enumerate(log):
        entry = _ENTRY.match(line)
        if entry and entry[1] == "SEVERE":
            below = log[at + 1] if at + 1 < len(log) else ""
            return _quote(line if _ENTRY.match(below) else f"{line}: {below.strip()}")
    return None


def _quote(line: str) -> str:
    line = line.strip()
    return line if len(line) <= LONGEST_QUOTE else line[:LONGEST_QUOTE] + "…"


def _ending(code: int) -> str:
    if code > 128:
        return f"signal {code - 128} ended it"
    return f"it ended by itself, with exit code {code}"
