"""The folder that one embedded Kafka lives in: who holds it, on which ports, and what it was written by.

The lock is the system's own, on an open file that the owner hands to the guard and the guard to Java: it is free
again when the last of the three is gone, however they ended, and no file that lies about can say otherwise.
"""

import base64
import fcntl
import os
import random
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from wirewatch.embedded import kafka_files
from wirewatch.embedded.jars import KAFKA_VERSION
from wirewatch.errors import BrokerError

# Below the ports that systems hand to outgoing connections, so that nobody takes ours while we are away.
FIRST_PORT: Final = 20_000
LAST_PORT: Final = 31_999
NAME: Final = "kafka"
NOTE: Final = "broker.json"


class Note(Struct, frozen=True):
    """What is remembered between starts, and who runs it now; the last two mean something while the lock is held."""

    kafka: str
    port: int
    controller_port: int
    owner: int = 0
    java: int = 0


class BrokerFolder:
    """`kafka/` in the state folder."""

    def __init__(self, state_folder: Path) -> None:
        self.path = state_folder.absolute() / NAME
        self._lock: int | None = None

    @property
    def lock(self) -> int:
        """The descriptor of the lock, for the processes that must hold it too."""
        if self._lock is None:
            raise BrokerError(f"The lock on {self.path} is not held")
        return self._lock

    @property
    def is_ours(self) -> bool:
        """Whether this very object holds the lock."""
        return self._lock is not None

    def read_note(self) -> Note | None:
        """Return what was remembered, or None where nothing is, or nothing that can be read."""
        try:
            return msgspec.json.decode((self.path / NOTE).read_bytes(), type=Note)
        except (OSError, msgspec.DecodeError):
            return None

    def write_note(self, note: Note) -> None:
        """Remember this, whole or not at all."""
        unfinished = self.path / f".{NOTE}"
        unfinished.write_bytes(msgspec.json.encode(note) + b"\n")
        unfinished.replace(self.path / NOTE)

    def is_held(self) -> bool:
        """Whether some process holds the folder now."""
        try:
            descriptor = os.open(self.path / "lock", os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def take(self) -> bool:
        """Take the lock, and return whether that worked; True too where it is ours already."""
        if self._lock is not None:
            return True
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._lock = descriptor
        return True

    def let_go(self) -> None:
        """Close our end of the lock; it is free once Java is gone."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def cluster_id(self) -> str | None:
        """Return the id of the cluster whose data lies here, or None where none does."""
        try:
            lines = (
                (self.path / kafka_files.DATA / "meta.properties").read_text(encoding="utf-8").splitlines()
            )
        except OSError:
            return None
        return next(
            (line.removeprefix("cluster.id=") for line in lines if line.startswith("cluster.id=")), None
        )

    def prepare(self, ports: tuple[int, int], jars: Path) -> None:
        """Write what Kafka reads at its start."""
        for name in (kafka_files.LOGS, kafka_files.TEMPORARY):
            (self.path / name).mkdir(exist_ok=True)
        for leftover in (self.path / kafka_files.TEMPORARY).iterdir():
            with suppress(OSError):
                leftover.unlink()
        (self.path / kafka_files.PROPERTIES).write_text(
            kafka_files.server_properties(*ports), encoding="ascii"
        )
        (self.path / kafka_files.LOGGING).write_text(kafka_files.logging_properties(), encoding="ascii")
        library = self.path / kafka_files.LIBRARY
        library.unlink(missing_ok=True)
        library.symlink_to(jars, target_is_directory=True)


def refuse_newer(note: Note | None, folder: Path) -> None:
    """Refuse data that a newer Kafka has written.

    Raises:
        BrokerError: says which Kafka wrote it, and what to do.
    """
    if note is not None and _parts(note.kafka) > _parts(KAFKA_VERSION):
        raise BrokerError(newer_data(folder, f"Kafka {note.kafka}"))


def newer_data(folder: Path, by: str) -> str:
    """Return what to say of data that a newer Kafka has written."""
    return (
        f"The data in {folder} was written by {by}, newer than the {KAFKA_VERSION} of this Wirewatch, and Kafka never "
        "reads newer data. Use the newer Wirewatch again, or another state folder with --state"
    )


def new_cluster_id() -> str:
    """Return an id for a new cluster; none begins with a dash, which Kafka's tool would take for an option."""
    while True:
        made = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        if not made.startswith("-"):
            return made


def choose_ports(remembered: Note | None) -> tuple[tuple[int, int], bool]:
    """Return a port for clients and one for the controller, and whether remembered ones had to be given up."""
    if remembered is not None and is_free(remembered.port) and is_free(remembered.controller_port):
        return (remembered.port, remembered.controller_port), False
    free = _free_ports()
    return (next(free), next(free)), remembered is not None


def _free_ports() -> Iterator[int]:
    candidates = list(range(FIRST_PORT, LAST_PORT + 1))
    random.shuffle(candidates)  # two that look at the same time find different ones
    yield from filter(is_free, candidates)
    raise BrokerError(
        f"No port from {FIRST_PORT} to {LAST_PORT} is free on 127.0.0.1; the embedded Kafka needs two"
    )


def is_free(port: int) -> bool:
    """Whether nobody listens on this loopback port."""
    with _listener() as trial:
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def _listener() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as made:
        # As Kafka does: connections of its last run that linger are no obstacle, a listener is.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        yield made


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
