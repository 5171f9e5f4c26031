"""Everything that cannot be had again, as one file: and back, onto an empty Kafka, be it this one or another.

The ledger, corrections and mutes, the feeds with their state, open clusters, pending alerts: the compacted topics, and
the changelogs of the three single writers. A line each, the newest of its key; the last line says how many there are,
so that a file that was cut off is noticed before anything is written.
"""

import gzip
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from aiokafka import TopicPartition
from aiokafka.admin import NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from msgspec import Struct

from wirewatch.errors import BrokerError, InputError
from wirewatch.kafka import KafkaConnection
from wirewatch.topics import DEAD, TOPICS

FORM: Final = "wirewatch-backup-1"
WRITERS: Final = ("cluster", "ledger", "desks")
CHANGELOGS: Final = tuple(f"{step}-state-changelog" for step in WRITERS)
NAMES: Final = (*(topic.name for topic in TOPICS if topic.compacted), *CHANGELOGS)


class Head(Struct, frozen=True):
    """The first line."""

    form: str
    at: datetime


class Entry(Struct, frozen=True):
    """A message: its topic without prefix, its partition, and its bytes."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]] = []


class End(Struct, frozen=True):
    """The last line."""

    entries: int


async def back_up(kafka: KafkaConnection, file: Path, now: datetime) -> dict[str, int]:
    """Write the backup; return how many entries of each topic it has.

    Raises:
        BrokerError: Kafka cannot be read.
        InputError: the file cannot be written.
    """
    counts = dict.fromkeys(NAMES, 0)
    part = file.with_name(f"{file.name}.part")
    try:
        part.touch(mode=0o600)
        with gzip.open(part, "wb", compresslevel=6) as out:
            out.write(msgspec.json.encode(Head(FORM, now)) + b"\n")
            async with _reading(kafka) as (consumer, there):
                for name in NAMES:
                    for entry in await _standing(consumer, name, there[name]) if name in there else ():
                        out.write(msgspec.json.encode(entry) + b"\n")
                        counts[name] += 1
            out.write(msgspec.json.encode(End(sum(counts.values()))) + b"\n")
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"{file} cannot be written: {error.strerror}") from error
    except KafkaError as error:
        part.unlink(missing_ok=True)
        raise BrokerError(f"Kafka on {kafka.bootstrap_servers} cannot be read: {error}") from error
    return counts


def read_backup(file: Path) -> tuple[Head, list[Entry]]:
    """Return a backup, read and checked as a whole.

    Raises:
        InputError: it is none, or is not whole.
    """
    try:
        with gzip.open(file, "rb") as lines:
            head = msgspec.json.decode(next(lines), type=Head)
            if head.form != FORM:
                raise InputError(f"{file} is a backup of another form: {head.form!r}")
            entries, end = _entries(lines)
    except FileNotFoundError as error:
        raise InputError(f"There is no file {file}") from error
    except (OSError, EOFError, StopIteration, msgspec.DecodeError) as error:
        raise InputError(f"{file} is no whole backup: {str(error) or 'it is empty'}") from error
    if end is None or end.entries != len(entries):
        raise InputError(f"{file} is no whole backup: it was cut off")
    unknown = {entry.topic for entry in entries} - set(NAMES)
    if unknown:
        raise InputError(f"{file} has topics that are not known: {', '.join(sorted(unknown))}")
    return head, entries


def _entries(lines: Any) -> tuple[list[Entry], End | None]:
    entries: list[Entry] = []
    for line in lines:
        if line.startswith(b'{"entries":'):
            return entries, msgspec.json.decode(line, type=End)
        entries.append(msgspec.json.decode(line, type=Entry))
    return entries, None


async def restore(kafka: KafkaConnection, entries: list[Entry]) -> dict[str, int]:
    """Write a backup's entries to Kafka, whose topics exist; return how many of each topic.

    Raises:
        InputError: something stands there already.
        BrokerError: Kafka does not take it.
    """
    counts = dict.fromkeys(NAMES, 0)
    producer = kafka.producer(linger_ms=5)
    try:
        await _check_empty(kafka)
        await _create_changelogs(kafka)
        await producer.start()
        sent = []
        for entry in entries:
            sent.append(
                await producer.send(
                    kafka.prefix + entry.topic,
                    entry.value,
                    key=entry.key,
                    partition=entry.partition,
                    headers=entry.headers,
                )
            )
            counts[entry.topic] += 1
        for answer in sent:
            await answer
    except (KafkaError, OSError) as error:
        raise BrokerError(f"Kafka on {kafka.bootstrap_servers} does not take it: {error}") from error
    finally:
        await producer.stop()
    return counts


async def _check_empty(kafka: KafkaConnection) -> None:
    async with _reading(kafka) as (consumer, there):
        for name, places in there.items():
            # The clock of a worker that was stopped again is nothing that could be lost.
            if name != "ticks" and any((await consumer.end_offsets(places)).values()):
                raise InputError(
                    f"{kafka.prefix}{name} is not empty: a backup is restored onto a Kafka on which nothing ran. "
                    "Take another state folder, topic prefix or cluster"
                )


async def _create_changelogs(kafka: KafkaConnection) -> None:
    admin = kafka.admin()
    wanted = {"cleanup.policy": "compact", "max.message.bytes": str(DEAD.max_message_bytes)}
    copies = kafka.settings.replication_factor
    try:
        await admin.start()
        for name in CHANGELOGS:
            new = NewTopic(kafka.prefix + name, 1, copies, topic_configs=wanted)
            answer = await admin.create_topics([new])
            for error in answer.topic_errors:
                if error[1] not in {0, TopicAlreadyExistsError.errno}:
                    raise for_code(error[1])(error[2])
    finally:
        await admin.close()


@asynccontextmanager
async def _reading(kafka: KafkaConnection) -> AsyncIterator[tuple[Any, dict[str, list[TopicPartition]]]]:
    """Connect; give a consumer, and the partitions of those of our topics that exist."""
    admin, consumer = kafka.admin(), kafka.consumer()
    try:
        await admin.start()
        await consumer.start()
        found = {entry["topic"]: len(entry["partitions"]) for entry in await admin.describe_topics()}
        there = {}
        for name in (*(topic.name for topic in TOPICS), *CHANGELOGS):
            full = kafka.prefix + name
            if full in found:
                there[name] = [TopicPartition(full, number) for number in range(found[full])]
        yield consumer, there
    finally:
        await admin.close()
        await consumer.stop()


async def _standing(consumer: Any, name: str, places: list[TopicPartition]) -> Iterable[Entry]:
    """Return what stands on a compacted topic: the newest of each key."""
    newest: dict[tuple[int, bytes], Entry] = {}
    ends = await consumer.end_offsets(places)
    consumer.assign(places)
    await consumer.seek_to_beginning(*places)
    left = places
    while left := [place for place in left if await consumer.position(place) < ends[place]]:
        for place, records in (await consumer.getmany(*left, timeout_ms=500)).items():
            for record in records:
                key = (place.partition, record.key or b"")
                newest.pop(key, None)
                if record.value is not None:
                    newest[key] = Entry(name, place.partition, key[1], record.value, list(record.headers))
    return newest.values()
