"""Brings jars from a Maven repository into the cache, each checked before it gets its name.

jgo knows where jars are published, and what its configuration says instead. The bytes come over a few connections
that are kept open: a new one for each jar, as jgo makes them, takes fifty times as long.
"""

import asyncio
import hashlib
import os
import ssl
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, Self

import httpx

from wirewatch.clock import Clock
from wirewatch.embedded.jars import KAFKA_VERSION, Jar
from wirewatch.errors import BrokerError

REPOSITORY_VARIABLE: Final = "WIREWATCH_MAVEN_REPOSITORY"
CONNECTIONS: Final = 4
ATTEMPTS: Final = 3
PAUSE: Final = 1.0
TIMEOUT: Final = 30.0
REPORT_EVERY: Final = 10_000_000
MEGABYTE: Final = 1_000_000
PART: Final = ".part"


class BrokenJarError(Exception):
    """What arrived is not what the lock names."""


async def download(
    folder: Path, jars: tuple[Jar, ...], clock: Clock, progress: Callable[[str], None]
) -> None:
    """Bring these jars into the folder, the largest first; what is there of them is broken, and removed.

    Raises:
        BrokerError: a jar cannot be had, or is not what the lock names.
        OSError: the folder cannot be written.
    """
    _clear(folder, jars, progress)
    total = sum(jar.size for jar in jars)
    progress(
        f"Downloading Kafka {KAFKA_VERSION}: {len(jars)} jars, {total / MEGABYTE:.1f} MB, once for this machine"
    )
    waiting = sorted(jars, key=lambda jar: jar.size)
    async with httpx.AsyncClient(verify=_certificates(), timeout=TIMEOUT, follow_redirects=True) as client:
        fetcher = _Fetcher(folder, _repositories(), client, clock, _Tally(total, progress))

        async def work() -> None:
            while waiting:
                await fetcher.fetch(waiting.pop())

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(CONNECTIONS, len(jars))):
                    group.create_task(work())
        except* (BrokerError, OSError) as errors:
            raise errors.exceptions[0] from None


def _clear(folder: Path, jars: tuple[Jar, ...], progress: Callable[[str], None]) -> None:
    """Remove what is broken, and what a download that was killed left behind."""
    broken = [folder / jar.name for jar in jars if (folder / jar.name).exists()]
    if broken:
        progress(
            f"Removing {len(broken)} broken jars of Kafka from {folder}: {', '.join(each.name for each in broken)}"
        )
    for path in (*broken, *folder.glob(f".*{PART}")):
        path.unlink(missing_ok=True)


class _Tally:
    """Says how far the download is, every so many bytes."""

    def __init__(self, total: int, progress: Callable[[str], None]) -> None:
        self._total = total
        self._progress = progress
        self._done = 0
        self._told = 0

    def add(self, count: int) -> None:
        self._done += count
        if self._done - self._told >= REPORT_EVERY:
            self._told = self._done
            self._progress(f"Downloading Kafka: {self._done // MEGABYTE} of {self._total // MEGABYTE} MB")


class _Part:
    """A file under a name of its own until it is whole: whoever looks sees a whole jar or none."""

    def __init__(self, folder: Path) -> None:
        self.size = 0
        self._folder = folder
        self._digest = hashlib.sha256()
        self._file = NamedTemporaryFile(dir=folder, prefix=".", suffix=PART, delete=False)  # noqa: SIM115  see __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        Path(self._file.name).unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def keep_as(self, jar: Jar) -> None:
        if self.size != jar.size:
            raise BrokenJarError(f"{self.size} bytes came, {jar.size} were due")
        if self._digest.hexdigest() != jar.sha256:
            raise BrokenJarError(f"its sha256 is {self._digest.hexdigest()}, not {jar.sha256}")
        self._file.flush()
        part = Path(self._file.name)
        part.chmod(0o644)
        part.replace(self._folder / jar.name)


class _Fetcher:
    """Fetches one jar after another into one folder."""

    def __init__(
        self,
        folder: Path,
        repositories: tuple[str, ...],
        client: httpx.AsyncClient,
        clock: Clock,
        tally: _Tally,
    ) -> None:
        self._folder = folder
        self._repositories = repositories
        self._client = client
        self._clock = clock
        self._tally = tally

    async def fetch(self, jar: Jar) -> None:
        """Bring one jar into the folder, from the first repository that has it; try again what may pass."""
        cause: Exception | None = None
        for attempt in range(ATTEMPTS):
            await self._clock.sleep(attempt * PAUSE)
            for repository in self._repositories:
                try:
                    await self._keep(jar, repository)
                except (httpx.HTTPError, httpx.InvalidURL, BrokenJarError) as error:
                    cause = error
                else:
                    return
        raise BrokerError(self._why_not(jar, cause)) from cause

    async def _keep(self, jar: Jar, repository: str) -> None:
        path = f"{jar.group.replace('.', '/')}/{jar.artifact}/{jar.version}/{jar.name}"
        with _Part(self._folder) as part:
            async with self._client.stream("GET", f"{repository}/{path}") as response:
                response.raise_for_status()
                async for chunk in response.aiter_bytes():
                    part.write(chunk)
                    self._tally.add(len(chunk))
                    if part.size > jar.size:
                        break
            part.keep_as(jar)

    def _why_not(self, jar: Jar, cause: Exception | None) -> str:
        hosts = " or ".join(httpx.URL(each).host for each in self._repositories)
        mirror = f"set {REPOSITORY_VARIABLE} to a Maven repository that can be reached"
        match cause:
            case BrokenJarError():
                return (
                    f"The download of {jar.coordinates} from {hosts} is broken: {cause}. Nothing of it was kept. Try "
                    f"again; if that does not help, something on the way changes files: {mirror}"
                )
            case httpx.HTTPStatusError():
                return (
                    f"{hosts} does not give out {jar.coordinates}: HTTP {cause.response.status_code}. "
                    f"Try again later, or {mirror}"
                )
            case _:
                return (
                    f"Kafka could not be downloaded: {hosts} cannot be reached ({str(cause) or type(cause).__name__}). "
                    f"The first start needs a network; later ones do not. Connect, or {mirror}, or copy the jars from "
                    f"a machine that has them into {self._folder}, or name a Kafka of your own as bootstrap_servers "
                    "under [kafka]"
                )


def _repositories() -> tuple[str, ...]:
    """Return where to look: the mirror that is named, else what jgo knows and is configured for."""
    given = os.environ.get(REPOSITORY_VARIABLE)
    if given:
        return (given.rstrip("/"),)
    try:
        from jgo.config import GlobalSettings  # noqa: PLC0415  the extra is not everybody's
        from jgo.maven import MavenContext  # noqa: PLC0415
    except ImportError as error:
        raise BrokerError(
            "The embedded Kafka is not installed. Run: pip install 'wirewatch[embedded]', or name a Kafka of your own "
            "as bootstrap_servers under [kafka]"
        ) from error
    known = MavenContext().remote_repos | GlobalSettings.load().repositories
    return tuple(url.rstrip("/") for url in known.values())


def _certificates() -> ssl.SSLContext | bool:
    """Trust what the machine is told to trust, by whichever of the usual variables."""
    for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"):
        bundle = os.environ.get(variable)
        if bundle and Path(bundle).is_file():
            return ssl.create_default_context(cafile=bundle)
    return True
