"""A console for tests: a read model of its own, a clock that is set, and lists instead of a Kafka."""

from collections.abc import Iterable
from pathlib import Path

import httpx

from console.app import Ways, build_app
from console.filling import fill
from console.incoming import Incoming
from console.schema import open_store
from tests.clock import ManualClock
from wirewatch.console_settings import ConsoleSettings
from wirewatch.errors import InputError
from wirewatch.messages import Command, PollRequest, Setting
from wirewatch.settings import DeskSettings, FeedSettings, Settings

FEED = FeedSettings("https://outlet.example/feed", "Outlet")
ADDRESS = "http://127.0.0.1:8470"


class Scene:
    """The application, a client, and what editors sent."""

    def __init__(
        self, folder: Path, messages: Iterable[Incoming] = (), console: ConsoleSettings | None = None
    ) -> None:
        self.file = folder / "read-model.sqlite"
        self.store = open_store(self.file)
        self.clock = ManualClock()
        self.commands: list[Command] = []
        self.settings: list[Setting] = []
        self.asked: list[PollRequest] = []
        self.replayed: list[str] = []
        self.fill(messages)
        settings = Settings(
            state_folder=folder,
            desks=(DeskSettings("world", ("world-desk",)),),
            feeds=(FEED,),
            console=console or ConsoleSettings(),
        )
        self.app, self.console = build_app(
            settings,
            self.file,
            self.clock,
            key=b"k" * 32,
            ways=Ways(self._command, self._setting, self._ask, self._replay),
        )
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=ADDRESS)

    def fill(self, messages: Iterable[Incoming]) -> None:
        fill(self.store, messages)

    async def named(self, name: str = "Ada") -> str:
        """Give a name, and return what forms must bring along."""
        await self.client.post("/login", data={"name": name, "back": "/"})
        page = (await self.client.get("/")).text
        return page.split('<meta name="csrf" content="', 1)[1].split('"', 1)[0]

    async def _command(self, act: Command) -> None:
        self.commands.append(act)

    async def _setting(self, setting: Setting) -> None:
        self.settings.append(setting)

    async def _ask(self, request: PollRequest) -> None:
        self.asked.append(request)

    async def _replay(self, letter: str) -> None:
        if letter == "0/404":
            raise InputError("No dead letter stands at 0/404; they are kept for 30 days")
        self.replayed.append(letter)
