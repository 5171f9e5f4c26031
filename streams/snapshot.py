"""A step's state in a file of its state folder, so that it comes back in seconds, without its whole changelog.

The changelog alone is the truth; the file only spares reading it from the beginning. It holds the table as it stood
when everything up to an offset of the changelog had been applied, and nothing beyond. It is used where it is whole, of
this form, and of this very changelog: the same Kafka, no further than that reaches, and the same record at that place.
Anything else is a reason to read the changelog instead, and is logged.
"""

import asyncio
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import msgspec
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from msgspec import Struct

from wirewatch.errors import WirewatchError
from wirewatch.kafka import KafkaConnection

logger = logging.getLogger(__name__)

# Of another form nothing is read.
VERSION: Final = 1
_CHUNK: Final = 4_096
_LOOK: Final = 5_000
_SIZE: Final = 8

Pairs = list[tuple[bytes, bytes]]


class Mark(Struct, frozen=True):
    """How far a table has come in its changelog: the last record applied, and what that record was."""

    offset: int
    digest: int


class Header(Struct, frozen=True):
    """What a file holds."""

    version: int
    # Which Kafka, and which changelog.
    cluster: str
    topic: str
    mark: Mark
    entries: int


class Snapshot(Struct, frozen=True):
    """A table as it stood when its changelog was at a mark."""

    mark: Mark
    table: dict[bytes, bytes]


class SnapshotError(WirewatchError):
    """A file cannot be used; the message says why."""


def digest(key: bytes, value: bytes | None) -> int:
    """Return what tells a record from another."""
    return crc32(value or b"", crc32(key))


def save(path: Path, header: Header, pairs: Pairs) -> None:
    """Write a file in one piece: it is there as a whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    with beside.open("wb") as file:
        for piece in _pieces(header, pairs):
            file.write(len(piece).to_bytes(4, "little") + crc32(piece).to_bytes(4, "little"))
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _pieces(header: Header, pairs: Pairs) -> Iterator[bytes]:
    yield msgspec.json.encode(header)
    for start in range(0, len(pairs), _CHUNK):
        yield msgspec.msgpack.encode(pairs[start : start + _CHUNK])


def recall(path: Path, kafka: KafkaConnection, topic: str) -> Snapshot | None:
    """Return what a file holds of a changelog; None where there is none, or it cannot be used."""
    if not path.exists():
        return None
    try:
        with path.open("rb") as file:
            pieces = _read(file)
            header = _header(next(pieces, b""), topic)
            table = _table(header, pieces)
        asyncio.run(_compare(header, kafka))
    except (SnapshotError, OSError, KafkaError, msgspec.MsgspecError) as error:
        logger.warning("%s is not used, and the changelog is read from its beginning: %s", path.name, error)
        return None
    logger.info("%s: %d entries, up to offset %d", path.name, len(table), header.mark.offset)
    return Snapshot(header.mark, table)


def _table(header: Header, pieces: Iterator[bytes]) -> dict[bytes, bytes]:
    table: dict[bytes, bytes] = {}
    for piece in pieces:
        table.update(msgspec.msgpack.decode(piece, type=Pairs))
    if len(table) != header.entries:
        raise SnapshotError(f"it has {len(table)} entries of {header.entries}")
    return table


def _read(file: Any) -> Iterator[bytes]:
    while head := file.read(_SIZE):
        piece = file.read(int.from_bytes(head[:4], "little"))
        if crc32(piece) != int.from_bytes(head[4:], "little"):
            raise SnapshotError("it is torn")
        yield piece


def _header(piece: bytes, topic: str) -> Header:
    if not piece:
        raise SnapshotError("it is torn")
    version = msgspec.json.decode(piece, type=dict[str, Any]).get("version")
    if version != VERSION:
        raise SnapshotError(f"it is of version {version}, and this is {VERSION}")
    header = msgspec.json.decode(piece, type=Header)
    if header.topic != topic:
        raise SnapshotError(f"it is of {header.topic}")
    return header


async def cluster_of(kafka: KafkaConnection) -> str:
    """Return which Kafka this is."""
    admin = kafka.admin()
    await admin.start()
    try:
        return str((await admin.describe_cluster())["cluster_id"])
    finally:
        await admin.close()


async def _compare(header: Header, kafka: KafkaConnection) -> None:
    """Hold a file to the changelog.

    Raises:
        SnapshotError: it is of another one.
    """
    if header.cluster != await cluster_of(kafka):
        raise SnapshotError("it is of another Kafka")
    place, offset = TopicPartition(header.topic, 0), header.mark.offset
    consumer = kafka.consumer()
    await consumer.start()
    try:
        consumer.assign([place])
        end = (await consumer.end_offsets([place]))[place]
        if offset >= end:
            raise SnapshotError(f"the changelog ends at {end}, before its offset {offset}")
        consumer.seek(place, offset)
        found = (await consumer.getmany(place, timeout_ms=_LOOK, max_records=1)).get(place)
    finally:
        await consumer.stop()
    # Where a newer value of the same key has replaced the record, the first one after it comes.
    if found and found[0].offset == offset and digest(found[0].key, found[0].value) != header.mark.digest:
        raise SnapshotError(f"the changelog has another record at {offset}")
