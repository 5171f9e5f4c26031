"""Kafka's jars: which they are, where they are kept, and whether they are what the lock names.

The lock names every jar with its size and sha256, so nothing is resolved on the user's machine, and every start
checks what it runs.
"""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final

from msgspec import Struct

from wirewatch.clock import Clock
from wirewatch.errors import BrokerError

KAFKA_VERSION: Final = "4.3.1"
LOCK_FILE: Final = "jars.lock"
CACHE_VARIABLE: Final = "WIREWATCH_CACHE"


class Jar(Struct, frozen=True):
    """One file of the lock."""

    sha256: str
    size: int
    group: str
    artifact: str
    version: str

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.artifact}-{self.version}.jar"

    @property
    def coordinates(self) -> str:
        """What a Maven repository calls it."""
        return f"{self.group}:{self.artifact}:{self.version}"


def locked_jars() -> tuple[Jar, ...]:
    """Return every jar that Kafka is run with, as the lock in this package names them."""
    lines = files("wirewatch.embedded").joinpath(LOCK_FILE).read_text(encoding="utf-8").splitlines()
    entries = (line.split() for line in lines if line and not line.startswith("#"))
    return tuple(Jar(sha256, int(size), *coordinates.split(":")) for sha256, size, coordinates in entries)


def lock_text(jars: Iterable[Jar]) -> str:
    """Return the lock's text for these jars."""
    header = (
        f"# The jars of Apache Kafka {KAFKA_VERSION}: sha256, bytes, coordinates.",
        "# Written by `python -m wirewatch.embedded.relock`.",
    )
    ordered = sorted(jars, key=lambda jar: jar.coordinates)
    return "\n".join((*header, *(f"{jar.sha256} {jar.size} {jar.coordinates}" for jar in ordered))) + "\n"


def cache_folder() -> Path:
    """Return where the jars are kept: `$WIREWATCH_CACHE`, or the user's own cache."""
    given = os.environ.get(CACHE_VARIABLE)
    if given:
        return Path(given).expanduser()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "wirewatch"


async def provide_jars(jars: tuple[Jar, ...], clock: Clock, progress: Callable[[str], None]) -> Path:
    """Return the folder that holds these jars, each checked; download what is missing or broken.

    Raises:
        BrokerError: a jar cannot be had, or the cache cannot be written.
    """
    folder = cache_folder().absolute() / f"kafka-{KAFKA_VERSION}"
    if not await asyncio.to_thread(_lacking, folder, jars):
        return folder
    from wirewatch.embedded.download import download  # noqa: PLC0415  jgo is imported where there is work for it

    try:
        folder.mkdir(parents=True, exist_ok=True)
        async with _alone(folder, clock, progress):
            lacking = await asyncio.to_thread(_lacking, folder, jars)
            if lacking:
                await download(folder, lacking, clock, progress)
    except OSError as error:
        raise BrokerError(
            f"Kafka's jars cannot be kept in {folder}: {error.strerror or error}. Make room there, or set "
            f"{CACHE_VARIABLE} to a folder that can be written"
        ) from error
    return folder


def _lacking(folder: Path, jars: Iterable[Jar]) -> tuple[Jar, ...]:
    return tuple(jar for jar in jars if not _is_whole(folder / jar.name, jar))


def _is_whole(path: Path, jar: Jar) -> bool:
    try:
        if path.stat().st_size != jar.size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256
    except OSError:
        return False


@asynccontextmanager
async def _alone(folder: Path, clock: Clock, progress: Callable[[str], None]) -> AsyncIterator[None]:
    """Let one process at a time download into the folder."""
    descriptor = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        told = False
        while not _locked(descriptor):
            if not told:
                progress("Another Wirewatch downloads Kafka right now; waiting for it")
                told = True
            await clock.sleep(0.1)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
