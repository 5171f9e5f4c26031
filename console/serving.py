"""`wirewatch console`: the read model kept up with the topics, and the pages served."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import uvicorn

from console.access import check_exposure, session_key
from console.app import Ways, build_app
from console.health import look_for_ever
from console.reading import read_for_ever
from console.schema import open_store
from wirewatch.clock import Clock
from wirewatch.dead_letters import find_letter, replay
from wirewatch.editorial import send_command
from wirewatch.errors import SettingsError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Command, PollRequest, Setting
from wirewatch.operations.vitals import Vitals
from wirewatch.poll_request import send_poll_request
from wirewatch.setting import send_settings
from wirewatch.settings import Settings

log = logging.getLogger(__name__)
# In the state folder: where the console that runs on it is.
ADDRESS_FILE: Final = "console/address"


async def serve_console(
    settings: Settings,
    kafka: KafkaConnection,
    clock: Clock,
    stop: asyncio.Event,
    vitals: Vitals,
    *,
    ready: Callable[[str], None],
) -> None:
    """Serve the console until told to stop; `ready` hears its address.

    Raises:
        SettingsError: it may not or cannot listen where it is told to.
    """
    check_exposure(settings.console)
    listening = listen(settings.console.listen)
    folder = settings.state_folder / "console"
    file = folder / "read-model.sqlite"
    (await asyncio.to_thread(open_store, file)).close()

    app, console = build_app(settings, file, clock, key=session_key(folder), ways=ways_to(kafka))
    server = _Server(
        uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    )
    serving = asyncio.create_task(server.serve([listening]))
    tasks = [
        asyncio.create_task(read_for_ever(kafka, file, clock, stop, console.hub.changed, vitals=vitals)),
        asyncio.create_task(console.hub.run(clock, stop)),
    ]
    looking = asyncio.create_task(
        look_for_ever(console.health, kafka, settings, console.read, clock=clock, stop=stop)
    )
    address = address_of(settings, listening)
    _note(settings.state_folder / ADDRESS_FILE, address)
    ready(address)
    ending = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, ending, looking, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    server.should_exit = True
    # A look takes a while, and nobody waits for what it would see.
    looking.cancel()
    await asyncio.gather(serving, *tasks)
    with suppress(asyncio.CancelledError):
        await looking


def ways_to(kafka: KafkaConnection) -> Ways:
    """Return how what somebody does on a page gets to this Kafka."""

    async def command(act: Command) -> None:
        await send_command(kafka, act, source="console")

    async def setting(told: Setting) -> None:
        await send_settings(kafka, (told,))

    async def ask(request: PollRequest) -> None:
        await send_poll_request(kafka, request)

    async def again(letter: str) -> None:
        await replay(kafka, await find_letter(kafka, letter))

    return Ways(command, setting, ask, again)


def listen(address: str) -> socket.socket:
    """Return a socket that listens.

    Raises:
        SettingsError: it cannot.
    """
    host, _, port = address.rpartition(":")
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host.strip("[]"), int(port), type=socket.SOCK_STREAM
        )[0]
        found = socket.socket(family, kind, protocol)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(where)
        found.listen(256)
    except OSError as error:
        raise SettingsError(f"The console cannot listen on {address}: {error.strerror or error}") from error
    return found


def address_of(settings: Settings, listening: socket.socket) -> str:
    """Return the address that a person opens."""
    host, port = listening.getsockname()[:2]
    return settings.console.public_url or f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _note(file: Path, address: str) -> None:
    """Write the address down in one piece: who waits for the file reads it at once."""
    written = file.with_suffix(".new")
    written.write_text(f"{address}\n", encoding="utf-8")
    written.replace(file)


class _Server(uvicorn.Server):
    """Leaves the signals to the stage, which stops everything in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield
