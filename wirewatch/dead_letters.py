"""What stands on `dead`, and how it is tried again: its bytes to the topic that they came from."""

import re
from collections.abc import AsyncIterator
from typing import Any, Final

from aiokafka.errors import KafkaError
from msgspec import Struct

from wirewatch.codec import Headers, decode, header, headers
from wirewatch.errors import InputError, MessageError, TopicError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Alert
from wirewatch.tail import read_message, read_topics
from wirewatch.topics import ALERTS, BY_NAME, DEAD, Topic

_ID: Final = re.compile(r"(\d{1,9})/(\d{1,18})", re.ASCII)


class DeadLetter(Struct, frozen=True):
    """Bytes that could not be processed, and why. `topic` is with its prefix, as in the headers."""

    # Where it stands on `dead`: PARTITION/OFFSET.
    id: str
    topic: str
    partition: int
    offset: int
    cause: str
    reason: str
    at: str
    value: bytes | None


async def read_letters(kafka: KafkaConnection) -> AsyncIterator[DeadLetter]:
    """Yield all that stands on `dead`, oldest first.

    Raises:
        TopicError: it cannot be read.
    """
    async for _, message in read_topics(kafka, (DEAD,)):
        yield _letter(message)


async def find_letter(kafka: KafkaConnection, wanted: str) -> DeadLetter:
    """Return the dead letter of an id.

    Raises:
        InputError: it is no id, or nothing stands there.
        TopicError: `dead` cannot be read.
    """
    found = _ID.fullmatch(wanted)
    if found is None:
        raise InputError(
            f"{wanted!r} is no id of a dead letter; ids are PARTITION/OFFSET, as `wirewatch dead list` shows"
        )
    message = await read_message(kafka, kafka.topic(DEAD), int(found[1]), int(found[2]))
    if message is None:
        raise InputError(f"No dead letter stands at {wanted}; they are kept for 30 days")
    return _letter(message)


async def replay(kafka: KafkaConnection, letter: DeadLetter) -> int:
    """Send a letter's bytes again to where they came from, with their key and headers; return their new offset.

    Raises:
        InputError: nobody knows where they came from, or what their key was, or the topic is one of states.
        TopicError: they cannot be sent.
    """
    topic = BY_NAME.get(letter.topic.removeprefix(kafka.prefix))
    if topic is None or not letter.topic.startswith(kafka.prefix):
        raise InputError(f"{letter.id} came from {letter.topic!r}, which is no topic of this Wirewatch")
    if topic.compacted or topic is DEAD:
        # An older state would take the place of a newer one.
        raise InputError(
            f"{letter.id} came from {letter.topic}, which holds states: what stands may be newer"
        )
    key, about = await _envelope(kafka, topic, letter)
    producer = kafka.producer()
    try:
        await producer.start()
        sent = await producer.send_and_wait(
            letter.topic, letter.value, key=key, partition=letter.partition, headers=about
        )
    except (KafkaError, ValueError, AssertionError) as error:
        raise TopicError(f"{letter.topic} cannot be written: {error!r}") from error
    finally:
        await producer.stop()
    return int(sent.offset)


async def find_dead_alert(kafka: KafkaConnection, webhook_id: str) -> DeadLetter:
    """Return the newest dead letter of an alert's revision.

    Raises:
        InputError: there is none.
    """
    newest: DeadLetter | None = None
    async for letter in read_letters(kafka):
        alert = alert_of(kafka, letter)
        if alert is not None and alert.webhook_id == webhook_id:
            newest = letter
    if newest is None:
        raise InputError(f"No dead letter holds the alert of webhook-id {webhook_id}")
    return newest


def alert_of(kafka: KafkaConnection, letter: DeadLetter) -> Alert | None:
    """Return the alert that a letter holds; None where it holds another thing."""
    if letter.topic != kafka.topic(ALERTS):
        return None
    try:
        alert: Alert = decode(ALERTS, letter.value)
    except MessageError:
        return None
    return alert


async def _envelope(kafka: KafkaConnection, topic: Topic, letter: DeadLetter) -> tuple[bytes | None, Headers]:
    origin = await read_message(kafka, letter.topic, letter.partition, letter.offset)
    if origin is not None and (origin.value or b"") == (letter.value or b""):
        return origin.key, list(origin.headers)
    alert = alert_of(kafka, letter) if topic is ALERTS else None
    if alert is not None:
        # A worker buries the alert, and its key and id are known from it.
        about = headers(alert, id=alert.webhook_id, source="command-line", time=alert.at)
        return alert.endpoint.encode(), about
    raise InputError(
        f"{letter.id} cannot be sent again: the message is gone from {letter.topic}, and with it its key"
    )


def _letter(message: Any) -> DeadLetter:
    about = message.headers
    return DeadLetter(
        id=f"{message.partition}/{message.offset}",
        topic=header(about, "dead_topic") or "",
        partition=_number(header(about, "dead_partition")),
        offset=_number(header(about, "dead_offset")),
        cause=header(about, "dead_cause") or "",
        reason=header(about, "dead_reason") or "",
        at=header(about, "dead_at") or "",
        value=message.value,
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else 0
