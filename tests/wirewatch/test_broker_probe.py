"""What the probe makes of those who answer on a port, Kafka or not."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from wirewatch.embedded.probe import Answer, ask, serves_groups


@asynccontextmanager
async def _answering(answer: bytes) -> AsyncIterator[int]:
    """Listen on a free port and give everybody this answer."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1024)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield int(server.sockets[0].getsockname()[1])


def _text(value: bytes) -> bytes:
    return struct.pack(">h", len(value)) + value


def _framed(body: bytes) -> bytes:
    return struct.pack(">ii", len(body) + 4, 1) + body


BROKER = struct.pack(">i", 1) + _text(b"127.0.0.1") + struct.pack(">i", 9092) + struct.pack(">h", -1)
METADATA = struct.pack(">i", 1) + BROKER + _text(b"cluster-of-ours") + struct.pack(">ii", 1, 0)


async def test_a_kafka_names_its_cluster_and_the_ports_of_its_brokers() -> None:
    async with _answering(_framed(METADATA)) as port:
        assert await ask(port) == Answer("cluster-of-ours", (9092,))


async def test_a_kafka_without_a_cluster_yet_is_none() -> None:
    async with _answering(_framed(struct.pack(">ih", 0, -1))) as port:
        assert await ask(port) is None


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        struct.pack(">i", -5),
        struct.pack(">i", 2**31 - 1),
        struct.pack(">i", 400) + b"cut off",
        _framed(struct.pack(">i", 2**31 - 1)),
        _framed(struct.pack(">i", 0) + struct.pack(">h", 4) + b"\xff\xfe\xfd\xfc"),
        _framed(b""),
    ],
    ids=["silence", "http", "negative", "huge", "cut", "many brokers", "no utf-8", "empty"],
)
async def test_whoever_is_no_kafka_is_none(answer: bytes) -> None:
    async with _answering(answer) as port:
        assert await ask(port) is None


async def test_a_port_on_which_nobody_listens_is_none() -> None:
    async with _answering(b"") as port:
        pass
    assert await ask(port) is None


@pytest.mark.parametrize(("code", "ready"), [(0, True), (15, False)])
async def test_groups_are_served_when_their_coordinator_is_there(code: int, ready: bool) -> None:
    body = struct.pack(">hi", code, 1) + _text(b"127.0.0.1") + struct.pack(">i", 9092)
    async with _answering(_framed(body)) as port:
        assert await serves_groups(port) is ready
