"""Reads topics as a person would: from some messages before the end, or whole, up to where they end now."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from wirewatch.codec import header
from wirewatch.errors import TopicError
from wirewatch.kafka import KafkaConnection
from wirewatch.topics import Topic


async def tail_topic(kafka: KafkaConnection, topic: Topic, *, last: int, follow: bool) -> AsyncIterator[str]:
    """Yield the newest messages of a topic as JSON lines, oldest first; with `follow` without end.

    Raises:
        TopicError: the topic cannot be read.
    """
    consumer = kafka.consumer()
    try:
        await consumer.start()
        ends = await _seek(consumer, kafka.topic(topic), last)
        if follow:
            async for message in consumer:
                yield line(message)
            return
        messages = [message async for message in _until(consumer, ends)]
    except KafkaError as error:
        raise TopicError(f"{kafka.topic(topic)} cannot be read: {error}") from error
    finally:
        await consumer.stop()
    messages.sort(key=lambda message: message.timestamp)
    for message in messages[-last:]:
        yield line(message)


async def read_topics(kafka: KafkaConnection, topics: Iterable[Topic]) -> AsyncIterator[tuple[Topic, Any]]:
    """Yield every message that stands on these topics now, topic by topic, in order of time within one.

    Raises:
        TopicError: one cannot be read.
    """
    for topic in topics:
        consumer = kafka.consumer()
        try:
            await consumer.start()
            ends = await _seek(consumer, kafka.topic(topic), None)
            messages = [message async for message in _until(consumer, ends)]
        except KafkaError as error:
            raise TopicError(f"{kafka.topic(topic)} cannot be read: {error}") from error
        finally:
            await consumer.stop()
        for message in sorted(messages, key=lambda message: (message.timestamp, message.offset)):
            yield topic, message


async def read_message(kafka: KafkaConnection, name: str, partition: int, offset: int) -> Any:
    """Return the message at one place of a topic, which is named in full; None where none stands there.

    Raises:
        TopicError: the topic cannot be read.
    """
    consumer = kafka.consumer()
    place = TopicPartition(name, partition)
    try:
        await consumer.start()
        if place not in await _places(consumer, name):
            return None
        consumer.assign([place])
        begins, ends = await consumer.beginning_offsets([place]), await consumer.end_offsets([place])
        if not begins[place] <= offset < ends[place]:
            return None
        consumer.seek(place, offset)
        async for message in _until(consumer, {place: offset + 1}):
            # What is compacted away, or is no message but a mark, leaves its place to the next one.
            return message if message.offset == offset else None
    except KafkaError as error:
        raise TopicError(f"{name} cannot be read: {error}") from error
    finally:
        await consumer.stop()
    return None


def line(message: Any) -> str:
    """Return a message as one line of JSON; a value that is no JSON is shown as text."""
    value: Any = None
    if message.value:
        try:
            msgspec.json.decode(message.value)
            value = msgspec.Raw(message.value)
        except (msgspec.DecodeError, RecursionError):
            value = message.value.decode("utf-8", "replace")
    shown = {
        "partition": message.partition,
        "offset": message.offset,
        "timestamp": message.timestamp,
        "key": (message.key or b"").decode("utf-8", "replace"),
        "type": header(message.headers, "ce_type"),
        "value": value,
    }
    reason = header(message.headers, "dead_reason")
    if reason is not None:
        shown |= {"from": header(message.headers, "dead_topic"), "reason": reason}
    return msgspec.json.encode(shown).decode()


async def _seek(consumer: AIOKafkaConsumer, name: str, last: int | None) -> dict[TopicPartition, int]:
    """Assign all partitions of a topic, so many messages before the end; return where each ends."""
    places = await _places(consumer, name)
    if not places:
        return {}
    consumer.assign(places)
    ends: dict[TopicPartition, int] = await consumer.end_offsets(places)
    begins = await consumer.beginning_offsets(places)
    for place in places:
        start = begins[place] if last is None else max(begins[place], ends[place] - last)
        consumer.seek(place, start)
    return {place: end for place, end in ends.items() if end > begins[place]}


async def _places(consumer: AIOKafkaConsumer, name: str) -> list[TopicPartition]:
    partitions = consumer.partitions_for_topic(name) or set()
    if not partitions:
        await consumer._client.force_metadata_update()
        partitions = consumer.partitions_for_topic(name) or set()
    return [TopicPartition(name, partition) for partition in sorted(partitions)]


async def _until(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> AsyncIterator[Any]:
    left = dict(ends)
    while left:
        for found in (await consumer.getmany(timeout_ms=200)).values():
            for message in found:
                yield message
        left = {place: end for place, end in left.items() if await consumer.position(place) < end}
