"""Which endpoints are disabled and which fail, as `settings` says: known to all workers, and as soon as it is said."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from wirewatch.codec import decode
from wirewatch.endpoint_switch import endpoint_of, failing_of, is_off
from wirewatch.errors import BrokerError, MessageError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Setting
from wirewatch.topics import SETTINGS


class Switchboard:
    """What stands on `settings` of endpoints; `enabled` is called with each endpoint that somebody enables."""

    def __init__(self) -> None:
        self._off: set[str] = set()
        self._failing: dict[str, datetime] = {}
        self._listeners: list[Callable[[str], None]] = []

    def is_off(self, endpoint: str) -> bool:
        """Whether an endpoint is disabled now."""
        return endpoint in self._off

    def failing_since(self, endpoint: str) -> datetime | None:
        """Return since when an endpoint took nothing, as the worker before this one knew it."""
        return self._failing.get(endpoint)

    def listen(self, enabled: Callable[[str], None]) -> None:
        """Call `enabled` whenever an endpoint that was disabled is enabled."""
        self._listeners.append(enabled)

    def disable(self, endpoint: str) -> None:
        """Enter what this worker itself is about to write."""
        self._off.add(endpoint)

    def take(self, setting: Setting) -> None:
        """Enter a setting; one that is of no endpoint changes nothing."""
        name = endpoint_of(setting)
        if name is not None and is_off(setting):
            self._off.add(name)
        elif name is not None:
            self._failing.pop(name, None)
            if name in self._off:
                self._off.discard(name)
                for enabled in self._listeners:
                    enabled(name)
        failing = failing_of(setting)
        if failing is not None:
            of, since = failing
            self._failing.pop(of, None)
            if since is not None:
                self._failing[of] = since


class SettingsReader:
    """Reads `settings` from its beginning, and goes on with what is written."""

    def __init__(self, kafka: KafkaConnection, switchboard: Switchboard) -> None:
        self._kafka = kafka
        self._switchboard = switchboard
        self._place = TopicPartition(kafka.topic(SETTINGS), 0)
        self._consumer: AIOKafkaConsumer = kafka.consumer(fetch_max_wait_ms=500)

    async def start(self) -> None:
        """Connect, and read all that stands there now."""
        await self._consumer.start()
        self._consumer.assign([self._place])
        self._consumer.seek(self._place, 0)
        end = (await self._consumer.end_offsets([self._place]))[self._place]
        while await self._consumer.position(self._place) < end:
            await self._read()

    async def run(self) -> None:
        """Read what is written, for ever.

        Raises:
            BrokerError: Kafka cannot be read.
        """
        while True:
            try:
                await self._read()
            except (KafkaError, OSError) as error:
                raise BrokerError(f"{self._place.topic} cannot be read: {error!r}") from error

    async def stop(self) -> None:
        """Disconnect."""
        await self._consumer.stop()

    async def _read(self) -> None:
        polled: dict[Any, list[Any]] = await self._consumer.getmany(self._place, timeout_ms=1000)
        for record in polled.get(self._place, ()):
            if record.value is None:
                continue
            try:
                self._switchboard.take(decode(SETTINGS, record.value))
            except MessageError:
                # The stages that it concerns say so.
                continue
