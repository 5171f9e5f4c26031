"""Endpoints that are disabled while everything runs: a `Setting` with the key "endpoint/ID".

Its value is "disabled" where a person said so, "gone" where the endpoint did (410), and empty where it is enabled.
"""

from datetime import datetime
from typing import Final, Literal

from wirewatch.codec import decode
from wirewatch.errors import MessageError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Setting
from wirewatch.tail import read_topics
from wirewatch.topics import SETTINGS

PREFIX: Final = "endpoint/"
Off = Literal["disabled", "gone"]


def disable(endpoint: str, why: Off, *, by: str, at: datetime) -> Setting:
    """Return what disables an endpoint until it is enabled again."""
    return Setting(PREFIX + endpoint, why, by, at)


def enable(endpoint: str, *, by: str, at: datetime) -> Setting:
    """Return what enables an endpoint."""
    return Setting(PREFIX + endpoint, "", by, at)


def endpoint_of(setting: Setting) -> str | None:
    """Return the endpoint that a setting is about; None where it is about another thing."""
    return setting.key.removeprefix(PREFIX) if setting.key.startswith(PREFIX) else None


def is_off(setting: Setting) -> bool:
    """Whether an endpoint's setting disables it; a value that nobody knows does not."""
    return setting.value in {"disabled", "gone"}


async def read_disabled(kafka: KafkaConnection) -> dict[str, Setting]:
    """Return the endpoints that are disabled now, each with the setting that did it.

    Raises:
        TopicError: `settings` cannot be read.
    """
    found: dict[str, Setting] = {}
    async for topic, message in read_topics(kafka, (SETTINGS,)):
        try:
            setting: Setting = decode(topic, message.value)
        except MessageError:
            continue
        name = endpoint_of(setting)
        if name is not None:
            found.pop(name, None)
            if is_off(setting):
                found[name] = setting
    return found
