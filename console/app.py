"""The console's application, assembled: pages, JSON, the stream of changes, and what editors do."""

import sqlite3
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from msgspec import Struct
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from console import acting, api, operating, pages
from console.access import Sessions, Tries
from console.guarding import Guard
from console.health import Health
from console.live import Hub
from console.rendering import render_line, templates
from console.schema import open_reading
from wirewatch.clock import Clock
from wirewatch.messages import Command, PollRequest, Setting
from wirewatch.settings import Settings

SendCommand = Callable[[Command], Awaitable[None]]
SendSetting = Callable[[Setting], Awaitable[None]]
AskForPoll = Callable[[PollRequest], Awaitable[None]]
Replay = Callable[[str], Awaitable[None]]


class Ways(Struct, frozen=True):
    """How what somebody does on a page gets to Kafka."""

    command: SendCommand
    setting: SendSetting
    ask: AskForPoll
    replay: Replay


class Console(Struct, frozen=True):
    """What every page of the console stands on."""

    settings: Settings
    read: Callable[[], sqlite3.Connection]
    clock: Clock
    hub: Hub
    sessions: Sessions
    tries: Tries
    ways: Ways
    health: Health


def build_app(
    settings: Settings,
    file: Path,
    clock: Clock,
    *,
    key: bytes,
    ways: Ways,
) -> tuple[Guard, Console]:
    """Return the application behind its guard, and what it stands on. The read model must be there."""
    read = _one_a_thread(file)
    environment = templates()
    console = Console(
        settings=settings,
        read=read,
        clock=clock,
        hub=Hub(read, lambda line: render_line(environment, line)),
        sessions=Sessions(key, clock),
        tries=Tries(clock),
        ways=ways,
        health=Health(),
    )
    app = Starlette(
        routes=[
            *(Route(path, page, methods=["GET"]) for path, page in pages.PAGES.items()),
            Route("/login", acting.login_page, methods=["GET"]),
            Route("/login", acting.login, methods=["POST"]),
            Route("/logout", acting.logout, methods=["POST"]),
            Route("/story/{cluster}/act", acting.act, methods=["POST"]),
            Route("/feeds/{feed}/poll", operating.poll_now, methods=["POST"]),
            Route("/delivery/dead/{letter}/replay", operating.replay, methods=["POST"]),
            *(Route(path, answer, methods=["GET"]) for path, answer in api.ANSWERS.items()),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        exception_handlers={404: pages.missing, 405: pages.missing},
    )
    app.state.console = console
    app.state.templates = environment
    return Guard(app, settings.console, console.sessions), console


def _one_a_thread(file: Path) -> Callable[[], sqlite3.Connection]:
    """SQLite reads in many threads, each by a connection of its own; a file that was built anew is opened anew."""
    own = threading.local()

    def read() -> sqlite3.Connection:
        found = file.stat().st_ino
        known: Any = getattr(own, "store", None)
        if known is None or known[0] != found:
            if known is not None:
                known[1].close()
            own.store = known = (found, open_reading(file))
        store: sqlite3.Connection = known[1]
        return store

    return read
