"""What editors do to alerts, made and sent: acknowledge, claim, hand over, snooze, mark, and mute."""

from datetime import datetime
from typing import Literal

from aiokafka.errors import KafkaError

from wirewatch.codec import encode, headers
from wirewatch.errors import TopicError
from wirewatch.ids import identify
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Act, Command, Setting
from wirewatch.topics import COMMANDS


def command(
    act: Act,
    cluster: str,
    *,
    by: str,
    at: datetime,
    until: datetime | None = None,
    note: str = "",
    to: str = "",
    alert: str = "",
    desk: str = "",
    story: str = "",
) -> Command:
    """Return an act with the id that its content gives: the same act at the same moment is the same."""
    parts = (act, cluster, by, at.isoformat(), until.isoformat() if until else "", to, alert, desk, story)
    return Command(identify("command", *parts), act, cluster, by, at, until, note, to, alert, desk, story)


def mute(
    kind: Literal["cluster", "metric", "words"], what: str, *, by: str, at: datetime, until: datetime | None
) -> Setting:
    """Return a mute of a cluster, a metric or words of a headline; without `until` for ever."""
    return Setting(f"mute/{kind}/{what}", until.isoformat() if until else "always", by, at)


def unmute(kind: Literal["cluster", "metric", "words"], what: str, *, by: str, at: datetime) -> Setting:
    """Return what lifts a mute."""
    return Setting(f"mute/{kind}/{what}", "", by, at)


async def send_command(kafka: KafkaConnection, act: Command, *, source: str = "command-line") -> None:
    """Send an act of an editor; on return it is kept.

    Raises:
        TopicError: it cannot be sent.
    """
    name = kafka.topic(COMMANDS)
    producer = kafka.producer()
    about = headers(act, id=act.id, source=source, time=act.at)
    key = (act.cluster or act.story).encode()
    try:
        await producer.start()
        await producer.send_and_wait(name, encode(act), key=key, headers=about)
    except KafkaError as error:
        raise TopicError(f"{name} cannot be written: {error}") from error
    finally:
        await producer.stop()
