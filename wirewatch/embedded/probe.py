"""Asks whoever listens on a port whether it is a Kafka, and which: single requests, by hand.

An aiokafka client would do, with its own tasks and half a second of retries; this is asked every few milliseconds
while the broker starts, and by every command that looks for one.
"""

import asyncio
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

from msgspec import Struct

METADATA: Final = 3
METADATA_VERSION: Final = 2  # the first that names the cluster; Kafka 4 still speaks it
FIND_COORDINATOR: Final = 10
FIND_COORDINATOR_VERSION: Final = 0
LARGEST_ANSWER: Final = 65_536
TIMEOUT: Final = 2.0

T = TypeVar("T")


class Answer(Struct, frozen=True):
    """What a Kafka says of itself: its cluster, and the ports of the brokers that serve it."""

    cluster_id: str
    ports: tuple[int, ...]


async def ask(port: int) -> Answer | None:
    """Return what the Kafka on this loopback port says of itself, or None where there is none that answers."""
    no_topics = struct.pack(">i", 0)
    return await _exchange(port, METADATA, METADATA_VERSION, no_topics, _cluster)


async def serves_groups(port: int) -> bool:
    """Whether consumer groups have their coordinator; the first such question on a new Kafka makes it."""
    return (
        await _exchange(port, FIND_COORDINATOR, FIND_COORDINATOR_VERSION, _text(b"wirewatch"), _no_error)
        is True
    )


async def _exchange(
    port: int, kind: int, version: int, body: bytes, read: Callable[["_Fields"], T]
) -> T | None:
    """Send one request and read its answer; None for whatever is no Kafka's answer, or comes too late."""
    message = struct.pack(">hhi", kind, version, 1) + _text(b"wirewatch") + body
    try:
        async with asyncio.timeout(TIMEOUT):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(struct.pack(">i", len(message)) + message)
                (size,) = struct.unpack(">i", await reader.readexactly(4))
                if not 0 < size <= LARGEST_ANSWER:
                    return None
                fields = _Fields(await reader.readexactly(size))
                fields.number(">i")  # the correlation id
                return read(fields)
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, struct.error, ValueError):
        return None


def _cluster(fields: "_Fields") -> Answer | None:
    """Read the brokers (node, host, port, rack) and the cluster's id; the rest is of no interest."""
    ports: list[int] = []
    for _ in range(fields.number(">i")):
        fields.number(">i")
        fields.text()
        ports.append(fields.number(">i"))
        fields.text()
    cluster_id = fields.text()
    return None if cluster_id is None else Answer(cluster_id, tuple(ports))


def _no_error(fields: "_Fields") -> bool:
    return fields.number(">h") == 0


def _text(value: bytes) -> bytes:
    return struct.pack(">h", len(value)) + value


class _Fields:
    """Reads Kafka's numbers and nullable texts one after another."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def number(self, layout: str) -> int:
        value: int
        (value,) = struct.unpack_from(layout, self._body, self._at)
        self._at += struct.calcsize(layout)
        return value

    def text(self) -> str | None:
        length = self.number(">h")
        if length < 0:
            return None
        found = self._body[self._at : self._at + length]
        self._at += length
        return found.decode()
