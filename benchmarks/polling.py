"""How many feeds a second one poller polls, beside `reader` from PyPI and plain httpx on the same feeds, in one run.

    python -m benchmarks.polling [--feeds 5000] [--items 20] [--reader PYTHON | --no-reader]

A server in a process of its own, on the same cores, is as many outlets as there are feeds, each on a loopback address
of its own (`benchmarks.outlets`). Each contender is a process of its own, too. In two rounds, first with all feeds new,
then later, when a tenth has news, a tenth answers after half a second, a tenth answers 429, 5xx or a web page, and the
others have nothing new:

    httpx            a bare loop: fetches, a hundred at a time, and does nothing with it
    httpx on aiohttp the same on the transport that the poller uses: the ceiling
    poller           the whole poll: fetch, unpack, decode, read, recognise, absorb, encode
    reader           `reader`, whose own store is a file: as it comes (one feed at a time), and with 20 workers.
                     On a tenth of the feeds, for its time does not depend on how many there are

and in two last rounds all feeds again, the slow tenth being dead: it refuses connections or leaves them to wait, never
answers, breaks off, or sends a byte a second for ever. It says how late the feeds that are well were read in each round.

`reader` is no dependency: unless `--reader` names an interpreter that has it, it is installed into an environment that
is thrown away afterwards.
"""

import argparse
import asyncio
import json
import logging
import multiprocessing
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from ipaddress import IPv4Network
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Final

import httpx
from msgspec import Struct
from msgspec.structs import replace

from benchmarks.outlets import CLOCK, addresses, serve
from connectors.fetch import open_fetcher
from connectors.poller import Poller
from wirewatch.codec import decode_as, encode
from wirewatch.messages import FeedState, Story
from wirewatch.network import Guard, open_client
from wirewatch.settings import FeedSettings, HttpSettings

LOOPBACK: Final = (IPv4Network("127.0.0.0/8"),)
OURS: Final = "Wirewatch/"
WORKERS: Final = 20


class Result(Struct):
    """What a contender did in a round."""

    seconds: float
    note: str = ""
    megabytes: float = 0.0
    # Seconds after the start at which feeds that are neither slow nor failing were handed over.
    waits: list[float] = []


class Kafka:
    """Takes what is handed over as Kafka would, encoded; ends the run when every feed was polled."""

    def __init__(self, file: Path, feeds: int, stop: asyncio.Event) -> None:
        self.stories = self.failing = 0
        self.at: dict[str, float] = {}
        self._began = time.perf_counter()
        self._file = file.open("wb")
        self._feeds = feeds
        self._stop = stop

    async def hand_over(self, stories: Iterable[Story], state: FeedState | None) -> None:
        """Count, encode as for Kafka, and write the states to a file: Kafka is another process."""
        for story in stories:
            encode(story)
            self.stories += 1
        if state is not None:
            self._file.write(encode(state) + b"\n")
            self.at[state.feed] = time.perf_counter() - self._began
            self.failing += state.last_error is not None
        if len(self.at) == self._feeds:
            self._file.close()
            self._stop.set()


async def all_of(urls: list[str], get: Callable[[str], Awaitable[object]]) -> float:
    """Return the seconds that it takes to get all, a hundred at a time."""
    places = asyncio.Semaphore(100)

    async def one(address: str) -> None:
        async with places:
            await get(address)

    began = time.perf_counter()
    await asyncio.gather(*(one(address) for address in urls))
    return time.perf_counter() - began


async def bare(urls: list[str], later: bool, aiohttp: bool) -> Result:
    """Fetch all with httpx as it comes, or on the poller's own transport."""
    guarded = open_client(Guard(LOOPBACK), user_agent="bare", timeout=60) if aiohttp else None
    async with guarded or httpx.AsyncClient(timeout=60) as plain:

        async def get(address: str) -> object:
            tag = f'"{address.rpartition("/")[2]}-False"'
            return await plain.get(address, headers={"If-None-Match": tag} if later else {})

        return Result(await all_of(urls, get))


async def poll(urls: list[str], folder: Path, seconds: float) -> Result:
    """Poll all with the poller, going on from the states of the round before."""
    feeds = [FeedSettings(address, f"Outlet {number}") for number, address in enumerate(urls)]
    stop, before = asyncio.Event(), folder / "states"
    kafka = Kafka(folder / "next", len(feeds), stop)
    http = HttpSettings(contact="bench@outlet.example", allow_networks=LOOPBACK, timeout=seconds)
    async with open_fetcher(http, CLOCK) as fetcher:
        poller = Poller(feeds, fetcher, kafka, CLOCK)
        now = CLOCK.now()
        if before.exists():
            with before.open("rb") as lines:
                for line in lines:
                    state = decode_as(FeedState, line)
                    poller.take({state.feed: replace(state, due=now, why_due="habit")}, [state.feed])
        else:
            poller.take({})
        began = time.perf_counter()
        await poller.run(stop)
        took = time.perf_counter() - began
    (folder / "next").replace(before)
    names = [feed.id for number, feed in enumerate(feeds) if number % 10 not in {1, 2}]
    note = f"{kafka.stories:,} stories, {kafka.failing} feeds in trouble"
    return Result(took, note, _resident(), sorted(kafka.at[name] for name in names))


def _resident() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_bare(urls: list[str], later: bool, aiohttp: bool = False) -> Result:
    """Run the bare loop in a process of its own."""
    return asyncio.run(bare(urls, later, aiohttp))


def run_poller(urls: list[str], folder: Path, seconds: float = 30.0) -> Result:
    """Run the poller in a process of its own."""
    logging.getLogger("wirewatch").setLevel(logging.ERROR)
    return asyncio.run(poll(urls, folder, seconds))


def run_reader(python: Path, file: Path, urls: list[str], workers: int) -> Result:
    """Run `reader` in a process of its own."""
    command = [str(python), str(Path(__file__).with_name("polling_reader.py")), str(file), str(workers)]
    done = subprocess.run(command, input="\n".join(urls), text=True, capture_output=True, check=True)
    seconds, read = done.stdout.split()
    return Result(float(seconds), f"{len(urls)} feeds, of which {read} are well")


def environment_with_reader(folder: Path) -> Path:
    """Return an interpreter that has `reader`, in an environment made for it."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    # What it brings along of feedparser needs sgmllib, and does not say so.
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "reader", "sgmllib3k"]
    subprocess.run([str(python), *install], check=True)
    return python


def alone(run: Callable[..., Result], *arguments: object) -> Result:
    """Run a contender in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as one:
        return one.submit(run, *arguments).result()


class Comparison:
    """One run of all contenders on the same feeds."""

    def __init__(self, ports: list[int], feeds: int, folder: Path, reader: Path | None) -> None:
        self._home = f"http://127.0.0.1:{ports[0]}"
        self._all = addresses(ports, feeds)
        self._some = self._all[: max(20, feeds // 10)]
        self._folder = folder
        self._reader = reader

    def run(self) -> None:
        """Run all rounds, and say what came of them."""
        # What the server makes once is made before anything is measured.
        alone(run_bare, self._all, False)
        print("all feeds new")
        self._say("httpx", alone(run_bare, self._all, False))
        self._say("httpx on aiohttp", alone(run_bare, self._all, False, True))
        self._say("poller", alone(run_poller, self._all, self._folder))
        self._readers("first", [WORKERS])
        self._turn("later")
        print("later: a tenth changed, a tenth slow, a tenth 429, 5xx or a page")
        self._say("httpx", alone(run_bare, self._all, True))
        most = self._say("httpx on aiohttp", alone(run_bare, self._all, True, True))
        ours = self._say("poller", alone(run_poller, self._all, self._folder))
        print(f"{'':22}the poller reaches {ours / most:.0%} of the ceiling")
        in_all, of_one = json.loads(httpx.get(f"{self._home}/asked", params={"by": OURS}).text)
        for name, theirs in self._readers("later", [1, WORKERS]).items():
            print(f"{'':22}the poller reads {ours / theirs:.0f} times as many feeds a second as {name}")
        print(f"{'':22}requests of the poller: {in_all:,}; the feed that was asked most got {of_one}")
        self._turn("dead")
        print("the slow tenth dead, limits of 5 s: for the first time, and again", flush=True)
        for _ in range(2):
            self._say("poller", alone(run_poller, self._all, self._folder, 5.0))

    def _turn(self, state: str) -> None:
        httpx.get(f"{self._home}/turn/{state}")

    def _readers(self, state: str, workers: list[int]) -> dict[str, float]:
        found = {}
        for count in workers if self._reader else []:
            name = f"reader, {count} worker{'s' if count > 1 else ''}"
            if state == "later":
                # Each with a store of its own, filled by the first round.
                self._turn("new")
                self._run_reader(f"{count}", WORKERS)
                self._turn("later")
            found[name] = self._say(
                name, self._run_reader(f"{state}-{count}" if state == "first" else f"{count}", count)
            )
        return found

    def _run_reader(self, store: str, workers: int) -> Result:
        if self._reader is None:
            raise ValueError("There is no reader")
        return run_reader(self._reader, self._folder / f"reader-{store}.sqlite", self._some, workers)

    def _say(self, name: str, result: Result) -> float:
        feeds = len(self._some if name.startswith("reader") else self._all)
        rate = feeds / result.seconds
        print(f"{name:22}{rate:>8,.0f} feeds/s{result.seconds:>9.2f} s   {result.note}")
        if result.megabytes:
            late = quantiles(result.waits, n=20)
            print(
                f"{'':22}resident at most {result.megabytes:.0f} MB; feeds that are well were read after "
                f"{late[9]:.1f} s (median), {late[18]:.1f} s (p95)"
            )
        sys.stdout.flush()
        return rate


def main() -> None:
    """Compare the contenders."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=5_000)
    parser.add_argument("--items", type=int, default=20)
    parser.add_argument("--reader", type=Path, help="an interpreter that has `reader`")
    parser.add_argument("--no-reader", action="store_true")
    options = parser.parse_args()
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(options.items, there), daemon=True)
    server.start()
    try:
        with TemporaryDirectory(prefix="wirewatch-bench-") as name:
            folder = Path(name)
            reader = None
            if not options.no_reader:
                reader = options.reader or environment_with_reader(folder / "reader")
            Comparison(here.recv(), options.feeds, folder, reader).run()
    finally:
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()
