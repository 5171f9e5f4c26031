"""Endpoints that are disabled while everything runs: a `Setting` with the key "endpoint/ID".

Its value is "disabled" where a person said so, "gone" where the endpoint did (410), "failed" where it took nothing for
five days, and empty where it is enabled. "failing/ID" says since when one takes nothing, and is empty when it is well.
"""

from datetime import datetime
from typing import Final, Literal, get_args

from wirewatch.codec import decode
from wirewatch.errors import MessageError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Setting
from wirewatch.tail import read_topics
from wirewatch.topics import SETTINGS

PREFIX: Final = "endpoint/"
FAILING: Final = "failing/"
Off = Literal["disabled", "gone", "failed"]


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
    return setting.value in get_args(Off)


def failing(endpoint: str, since: datetime | None, *, at: datetime) -> Setting:
    """Return what says since when an endpoint takes nothing; with None, that it is well."""
    return Setting(FAILING + endpoint, "" if since is None else since.isoformat(), "deliver", at)


def failing_of(setting: Setting) -> tuple[str, datetime | None] | None:
    """Return the endpoint that a setting says to fail, and since when; None where it is about another thing."""
    if not setting.key.startswith(FAILING):
        return None
    try:
        since = datetime.fromisoformat(setting.value) if setting.value else None
    except ValueError:
        since = None
    # Compared with the time, it needs a zone.
    return setting.key.removeprefix(FAILING), since if since is None or since.tzinfo else None


async def read_disabled(kafka: KafkaConnection) -> dict[str, Setting]:
    """Return the endpoints that are disabled now, each with the setting that did it.

    Raises:
        TopicError: `settings` cannot be read.
    """
    return (await read_states(kafka))[0]


async def read_states(kafka: KafkaConnection) -> tuple[dict[str, Setting], dict[str, datetime]]:
    """Return the endpoints that are disabled, each with the setting that did it, and since when others fail.

    Raises:
        TopicError: `settings` cannot be read.
    """
    found: dict[str, Setting] = {}
    fails: dict[str, datetime] = {}
    async for topic, message in read_topics(kafka, (SETTINGS,)):
        try:
            setting: Setting = decode(topic, message.value)
        except MessageError:
            continue
        failed = failing_of(setting)
        if failed is not None:
            fails.pop(failed[0], None)
            if failed[1] is not None:
                fails[failed[0]] = failed[1]
        name = endpoint_of(setting)
        if name is not None:
            fails.pop(name, None)
            found.pop(name, None)
            if is_off(setting):
                found[name] = setting
    return found, fails
