"""Sends what lasts and is set while running: corrections of the ledger, mutes."""

from collections.abc import Iterable

from aiokafka.errors import KafkaError

from wirewatch.codec import encode, headers
from wirewatch.errors import TopicError
from wirewatch.ids import identify
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Setting
from wirewatch.topics import SETTINGS


async def send_settings(kafka: KafkaConnection, settings: Iterable[Setting]) -> int:
    """Send settings in their order, and return how many; on return all of them are kept.

    Raises:
        TopicError: they cannot be sent.
    """
    name = kafka.topic(SETTINGS)
    producer = kafka.producer()
    sent = 0
    try:
        await producer.start()
        for setting in settings:
            about = headers(
                setting,
                id=identify("setting", setting.key, setting.value, setting.at.isoformat()),
                source="command-line",
                time=setting.at,
            )
            await producer.send_and_wait(name, encode(setting), key=setting.key.encode(), headers=about)
            sent += 1
    except KafkaError as error:
        raise TopicError(f"{name} cannot be written: {error}") from error
    finally:
        await producer.stop()
    return sent
