"""Sends many messages as a batch a partition: a future each, and what makes one, costs more than the message itself."""

from collections.abc import Awaitable, Sequence
from typing import Any, cast

import faust
from msgspec import Struct

from wirewatch.codec import Headers


class Sending(Struct, frozen=True, omit_defaults=True):
    """A message on its way: full topic name, key, bytes, headers; the partition where it is not for the key to say."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers = []
    partition: int | None = None


class Batch(Struct, frozen=True):
    """Messages that stand one behind the other in a partition, and Kafka's answer: where the first of them stands."""

    sendings: Sequence[Sending]
    answer: Awaitable[Any]


async def send_together(app: faust.App, sendings: Sequence[Sending]) -> list[Batch]:
    """Send messages, those of each partition in their order; return when all are on their way."""
    sent: list[Batch] = []
    by_partition: dict[tuple[str, int], list[Sending]] = {}
    for sending in sendings:
        if sending.partition is None:
            answer = await app.producer.send(
                sending.topic, sending.key, sending.value, None, None, sending.headers or None
            )
            sent.append(Batch((sending,), answer))
        else:
            by_partition.setdefault((sending.topic, sending.partition), []).append(sending)
    # Faust's own producer knows of messages alone.
    producer = cast("Any", app.producer)._ensure_producer()
    for (topic, partition), waiting in by_partition.items():
        start = 0
        while start < len(waiting):
            builder = producer.create_batch()
            end = start
            # A builder takes the first message, however large, and then as many as there is room for.
            while end < len(waiting) and _added(builder, waiting[end]):
                end += 1
            builder.close()
            answer = await producer.send_batch(builder, topic, partition=partition)
            sent.append(Batch(waiting[start:end], answer))
            start = end
    return sent


def _added(builder: Any, sending: Sending) -> bool:
    added = builder.append(timestamp=None, key=sending.key, value=sending.value, headers=sending.headers)
    return added is not None
