"""Starts the stages as processes of this machine, watches them, and stops them: what `wirewatch up` stands on.

A stage that ends is started again, later each time it ends quickly. All of them end with their owner, however it
ends: each holds the reading end of a pipe that only the owner holds open.
"""

import asyncio
import hashlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct

from wirewatch.clock import Clock
from wirewatch.operations import metrics
from wirewatch.owner import OWNER_FD

# The name under which a stage's successor takes its place in Kafka's groups: one of each stage a supervisor.
INSTANCE: Final = "WIREWATCH_INSTANCE"
# A stage that ran so long was well: what ends it then is new.
WELL_AFTER: Final = 30.0
FIRST_PAUSE: Final = 0.3
LONGEST_PAUSE: Final = 15.0
STOP_WITHIN: Final = 2.0
MAX_LOG_BYTES: Final = 20 * 1024 * 1024


class Stage(Struct, frozen=True):
    """A process to run: its name, and the arguments after `wirewatch`."""

    name: str
    arguments: tuple[str, ...]


class StageState(Struct):
    """How a stage stands."""

    stage: Stage
    pid: int | None = None
    starts: int = 0
    last_exit: int | None = None


class Supervisor:
    """The stages of one `wirewatch up`."""

    def __init__(
        self, stages: tuple[Stage, ...], folder: Path, clock: Clock, *, say: Callable[[str], None]
    ) -> None:
        self.states = {stage.name: StageState(stage) for stage in stages}
        self._folder = folder
        self._clock = clock
        self._say = say
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        # Another supervisor on this machine has another folder.
        digest = hashlib.blake2b(str(folder.resolve()).encode(), digest_size=4).hexdigest()
        self._instance = f"{socket.gethostname()}-{digest}"
        self._reading, self._writing = os.pipe()

    def start(self) -> None:
        """Start every stage, and keep them running."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._tasks = [asyncio.create_task(self._keep_running(state)) for state in self.states.values()]

    def restart(self, name: str) -> None:
        """End a stage that does not answer any more; it is started again as after any other end."""
        state = self.states[name]
        if state.pid is not None:
            self._say(f"{name} stands still although there is something to read; it is started again.")
            with suppress(ProcessLookupError):
                os.kill(state.pid, signal.SIGKILL)

    async def stop(self) -> None:
        """Stop every stage: politely, and after two seconds not. Once stopped, it does nothing."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._signal(signal.SIGTERM)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STOP_WITHIN)
            if late:
                self._signal(signal.SIGKILL)
                await asyncio.wait(late, timeout=STOP_WITHIN)
        for task in self._tasks:
            task.cancel()
        for descriptor in (self._reading, self._writing):
            with suppress(OSError):
                os.close(descriptor)

    def log_of(self, name: str) -> Path:
        """Return where a stage's log is; beside it stands its process id, as NAME.pid."""
        return self._folder / f"{name.replace(' ', '-')}.log"

    async def _keep_running(self, state: StageState) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            began = self._clock.monotonic()
            state.last_exit = await self._run_once(state)
            if self._stopping.is_set():
                return
            if self._clock.monotonic() - began > WELL_AFTER:
                pause = FIRST_PAUSE
            self._say(
                f"{state.stage.name} ended ({_meaning(state.last_exit)}); it starts again in {pause:g} s. "
                f"Its log: {self.log_of(state.stage.name)}"
            )
            await self._clock.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _run_once(self, state: StageState) -> int:
        log = self.log_of(state.stage.name)
        if log.exists() and log.stat().st_size > MAX_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "wirewatch",
                *state.stage.arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self._environment(),
                pass_fds=(self._reading,),
                # Ctrl-C is for the owner, who then stops the stages in order.
                start_new_session=True,
            )
        state.pid = process.pid
        state.starts += 1
        metrics.STARTS.labels(state.stage.name).inc()
        log.with_suffix(".pid").write_text(f"{process.pid}\n", encoding="ascii")
        if self._stopping.is_set():
            process.terminate()
        code = await process.wait()
        state.pid = None
        return code

    def _environment(self) -> Mapping[str, str]:
        return {**os.environ, OWNER_FD: str(self._reading), INSTANCE: self._instance}

    def _signal(self, number: signal.Signals) -> None:
        for state in self.states.values():
            if state.pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(state.pid, number)


def _meaning(code: int | None) -> str:
    if code is not None and code < 0:
        return f"by signal {signal.Signals(-code).name}"
    return {70: "it lost Kafka", 1: "with an error"}.get(code or 0, f"with exit code {code}")
