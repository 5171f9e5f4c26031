"""200,000 clusters in the read model, 50 stories a second arriving, 20 open pages: how soon the page answers.

`python -m benchmarks.console [CLUSTERS]`. The console runs as it is, behind its server, without a Kafka: what Kafka
would bring is laid into the read model as it comes.
"""

import asyncio
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
import uvicorn

from console.app import Ways, build_app
from console.filling import fill
from console.incoming import Incoming
from console.schema import open_store
from console.serving import listen
from wirewatch.clock import SystemClock
from wirewatch.codec import encode
from wirewatch.messages import Cluster, ClusteredStory, Command, PollRequest, Setting, Story
from wirewatch.settings import Settings
from wirewatch.topics import CLUSTERED, CLUSTERS

CLUSTERS_KEPT: Final = 200_000
PAGES: Final = 20
A_SECOND: Final = 50
SECONDS: Final = 20
BEGIN: Final = datetime(2025, 6, 1, tzinfo=UTC)
WORDS: Final = (
    "drones",
    "talks",
    "harvest",
    "election",
    "flood",
    "strike",
    "budget",
    "storm",
    "court",
    "border",
    "oil",
    "rail",
)
PATHS: Final = ("/", "/?q=flood+border", "/?lang=de", "/?kind=alerts", "/story/c-77", "/api/wire", "/system")


def told(number: int) -> list[Incoming]:
    """Return what the topics say of one more cluster."""
    at = BEGIN + timedelta(seconds=number)
    title = f"{WORDS[number % 12]} and {WORDS[number // 12 % 12]} near town {number}"
    story = Story(
        f"s-{number}",
        "v",
        f"f-{number % 60}",
        f"Outlet {number % 60}",
        title,
        at,
        lang=("en", "de", "fr")[number % 3],
    )
    moment = int(at.timestamp() * 1000)
    cluster = Cluster(f"c-{number}", title, at, at, 1, 1)
    return [
        Incoming(CLUSTERS, 0, number, moment, f"c-{number}".encode(), encode(cluster)),
        Incoming(
            CLUSTERED, 0, number, moment, b"k", encode(ClusteredStory(f"c-{number}", "new", "", story, 1, 1))
        ),
    ]


async def main(clusters: int) -> None:
    """Fill, serve, ask, and print what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "read-model.sqlite"
        store = open_store(file)
        began = time.perf_counter()
        for start in range(0, clusters, 2_000):
            fill(
                store,
                [each for number in range(start, min(start + 2_000, clusters)) for each in told(number)],
            )
        filled = time.perf_counter() - began
        print(
            f"{clusters:,} clusters laid in: {filled:.1f} s, {2 * clusters / filled:,.0f} messages/s, {file.stat().st_size / 1e6:.0f} MB"
        )

        async def drop(_: Command | Setting | PollRequest | str) -> None:
            """Nobody acts here."""

        app, console = build_app(
            Settings(), file, SystemClock(), key=b"k" * 32, ways=Ways(drop, drop, drop, drop)
        )
        listening = listen("127.0.0.1:0")
        server = uvicorn.Server(
            uvicorn.Config(
                app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
            )
        )
        stop = asyncio.Event()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        serving = [
            asyncio.create_task(server._serve([listening])),
            asyncio.create_task(console.hub.run(SystemClock(), stop)),
        ]
        heard = [0]
        async with httpx.AsyncClient(
            base_url=address, timeout=60, limits=httpx.Limits(max_connections=64)
        ) as client:
            readers = [asyncio.create_task(_listen(client, heard)) for _ in range(PAGES)]
            arriving = asyncio.create_task(_arrive(store, console.hub.changed, clusters))
            busy = time.process_time()
            began = time.perf_counter()
            took: dict[str, list[float]] = {path: [] for path in PATHS}
            while not arriving.done():
                for path in PATHS:
                    asked = time.perf_counter()
                    (await client.get(path)).raise_for_status()
                    took[path].append(time.perf_counter() - asked)
            share = (time.process_time() - busy) / (time.perf_counter() - began)
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)
        stop.set()
        server.should_exit = True
        await asyncio.gather(*serving)
        for path, seconds in took.items():
            seconds.sort()
            print(
                f"{path:20} median {seconds[len(seconds) // 2] * 1e3:5.0f} ms, p95 {seconds[int(len(seconds) * 0.95)] * 1e3:5.0f} ms ({len(seconds)} times)"
            )
        every = sorted(each for seconds in took.values() for each in seconds)
        print(f"all: p95 {every[int(len(every) * 0.95)] * 1e3:.0f} ms; {heard[0]:,} events to {PAGES} pages; {share:.2f} cores with the asking; "
              f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB at most")  # fmt: skip


async def _listen(client: httpx.AsyncClient, heard: list[int]) -> None:
    async with client.stream("GET", "/api/stream?html=1") as answer:
        async for line in answer.aiter_lines():
            heard[0] += line.startswith("event:")


async def _arrive(store: object, changed: object, begin: int) -> None:
    clock = SystemClock()
    for tick in range(SECONDS * 10):
        batch = [
            each for number in range(A_SECOND // 10) for each in told(begin + tick * A_SECOND // 10 + number)
        ]
        await asyncio.to_thread(fill, store, batch)  # type: ignore[arg-type]
        changed()  # type: ignore[operator]
        await clock.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else CLUSTERS_KEPT))
