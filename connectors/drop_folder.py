"""The drop folder: files that an agency delivers, each read once and moved when its stories are safe.

    folder:/srv/wires/agency        files are read here, the oldest first
    /srv/wires/agency/done          where they go
    /srv/wires/agency/failed        where those go that nobody can read

A file that is still being written is waited for: it must have rested, and one that breaks off may go on for a while.
"""

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from connectors.answer import Fetched
from connectors.connector import Collected
from connectors.items import Feed, FeedError
from connectors.outcome import Poll
from connectors.parse import parse
from connectors.unpack import EncodingError, TooLargeError, sink_for
from wirewatch.settings import FeedSettings

DONE: Final = "done"
FAILED: Final = "failed"
# How long a file must not have changed; and how long one that breaks off is waited for.
RESTED: Final = timedelta(seconds=5)
PATIENCE: Final = timedelta(minutes=5)
MOST_BYTES: Final = 32 * 1024 * 1024
MOST_FILES: Final = 500
_UNFINISHED: Final = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", ".writing")


# How XML, JSON and gzip begin, and texts with a byte order mark.
_BEGINNINGS: Final = (b"<", b"{", b"[", b"\x1f\x8b", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00")


class Waiting(Struct, frozen=True):
    """A file that lies in the folder."""

    path: Path
    changed: datetime
    size: int


class DropFolder:
    """Reads the files of a folder."""

    every = 5.0

    def check(self, address: str) -> str | None:
        """Return what is wrong with the address of a folder."""
        parts = urlsplit(address)
        if parts.netloc or not Path(unquote(parts.path)).is_absolute():
            return "names no folder; write for example folder:/srv/wires/agency"
        return None

    async def collect(self, feed: FeedSettings, now: datetime) -> AsyncIterator[Collected]:
        """Return each file that is complete, the oldest first; one error where the folder cannot be used."""
        folder = Path(unquote(urlsplit(feed.address).path))
        try:
            files = await asyncio.to_thread(ready, folder, now)
        except OSError as error:
            said = f"The folder {folder} cannot be used: {error.strerror or error}"
            yield Collected(Poll(Fetched("unreachable", said)), _nothing)
            return
        for file in files:
            collected = await asyncio.to_thread(read_file, file, now)
            if collected is not None:
                yield collected


def ready(folder: Path, now: datetime) -> list[Waiting]:
    """Return the files that have rested, the oldest first.

    Raises:
        OSError: it is no folder that files can be read from and moved within.
    """
    for name in (DONE, FAILED):
        (folder / name).mkdir(exist_ok=True)
        if not os.access(folder / name, os.W_OK):
            raise PermissionError(None, f"{name} may not be written")
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            about = entry.stat(follow_symlinks=False)
            if not stat.S_ISREG(about.st_mode) or _is_unfinished(entry.name):
                continue
            changed = datetime.fromtimestamp(about.st_mtime, UTC)
            # A clock that is wrong, here or where the file comes from, shall not hold it back for ever.
            if now - changed >= RESTED or changed > now + PATIENCE:
                found.append(Waiting(Path(entry.path), changed, about.st_size))
    return sorted(found, key=lambda file: (file.changed, file.path.name))[:MOST_FILES]


def _is_unfinished(name: str) -> bool:
    return name.startswith((".", "~")) or name.lower().endswith(_UNFINISHED)


def read_file(file: Waiting, now: datetime) -> Collected | None:
    """Return what a file says, or why it cannot be read; None for one that is still being written."""
    try:
        feed = _parsed(file, now)
        if file.path.stat().st_size != file.size:
            # It grew since it was found: what came after the reading would be lost.
            return None
    except FileNotFoundError:
        # Somebody took it away.
        return None
    except Exception as error:  # noqa: BLE001 - whatever is in it, the files after it are to be read
        if _may_go_on(file, now) and _begins_well(file.path):
            return None
        said = Poll(Fetched("fetched", address=""), unreadable=f"{file.path.name}: {error}")
        return Collected(said, partial(_move, file.path, FAILED))
    breaks_off = any(problem.startswith("malformed") for problem in feed.problems)
    if breaks_off and _may_go_on(file, now):
        return None
    return Collected(Poll(Fetched("fetched", address=""), feed=feed), partial(_move, file.path, DONE))


def _may_go_on(file: Waiting, now: datetime) -> bool:
    return timedelta() <= now - file.changed < PATIENCE


def _begins_well(path: Path) -> bool:
    """Whether a file that cannot be read may be the beginning of one that can: XML, JSON or packed, or nothing yet."""
    try:
        with path.open("rb") as opened:
            start = opened.read(100).lstrip()
    except OSError:
        return True
    return not start or start.startswith(_BEGINNINGS)


def _parsed(file: Waiting, now: datetime) -> Feed:
    if file.size > MOST_BYTES:
        raise FeedError(f"it is larger than {MOST_BYTES} bytes")
    sink = sink_for("", MOST_BYTES)
    try:
        sink.take(file.path.read_bytes())
        body = sink.body()
    except (TooLargeError, EncodingError) as error:
        raise FeedError(str(error)) from error
    read = parse(body, content_type="", base="", fetched=now)
    # A file is a piece of the wire: that it shares nothing with the one before is no gap.
    return replace(read, whole=False)


async def _move(path: Path, into: str) -> None:
    await asyncio.to_thread(_moved, path, into)


def _moved(path: Path, into: str) -> None:
    """Move a file into a folder beside it, under a name that is free there."""
    target = path.parent / into / path.name
    number = 1
    while target.exists():
        number += 1
        target = path.parent / into / f"{path.stem}.{number}{path.suffix}"
    path.replace(target)


async def _nothing() -> None:
    return
