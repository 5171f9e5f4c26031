"""Asks whoever listens on a port whether it is a Kafka, and which: one Metadata request, by hand.

An aiokafka client would do, with its own tasks and half a second of retries; this is asked every few milliseconds
while the broker starts, and by every command that looks for one.
"""

import asyncio
import struct
from contextlib import suppress
from typing import Final

from msgspec import Struct

METADATA: Final = 3
VERSION: Final = 2  # the first that names the cluster; Kafka 4 still speaks it
LARGEST_ANSWER: Final = 65_536
TIMEOUT: Final = 2.0


class Answer(Struct, frozen=True):
    """What a Kafka says of itself: its cluster, and the ports of the brokers that serve it."""

    cluster_id: str
    ports: tuple[int, ...]


async def ask(port: int) -> Answer | None:
    """Return what the Kafka on this loopback port says, or None where there is none that answers."""
    try:
        async with asyncio.timeout(TIMEOUT):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(_request())
                (size,) = struct.unpack(">i", await reader.readexactly(4))
                if not 0 < size <= LARGEST_ANSWER:
                    return None
                return _parse(await reader.readexactly(size))
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, struct.error, ValueError):
        return None


def _request() -> bytes:
    client = b"wirewatch"
    header = struct.pack(">hhih", METADATA, VERSION, 1, len(client)) + client
    no_topics = struct.pack(">i", 0)
    return struct.pack(">i", len(header + no_topics)) + header + no_topics


def _parse(body: bytes) -> Answer | None:
    """Read correlation id, brokers (node, host, port, rack) and cluster id; the rest is of no interest."""
    fields = _Fields(body)
    fields.number(">i")
    ports: list[int] = []
    for _ in range(fields.number(">i")):
        fields.number(">i")
        fields.text()
        ports.append(fields.number(">i"))
        fields.text()
    cluster_id = fields.text()
    return None if cluster_id is None else Answer(cluster_id, tuple(ports))


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
