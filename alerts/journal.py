"""What a delivery worker writes down in Kafka, for one partition of `alerts`.

    keep      the alert waits: its state on `alerts.pending`, in the partition that it came from
    strike    it waits no longer: a tombstone there
    note      what became of an attempt, on `deliveries`
    expired   it was news no longer: desks hear of it on `commands`
    bury      it is never delivered: its bytes on `dead`
    posted    how the service names its message: on `alerts.posted`, in the same partition
    write     another endpoint is to get it: an alert on `alerts`
    disable   its endpoint is gone, or failed for days: a setting on `settings`; `failing` says since when one fails

Each returns when Kafka has it. Any failure is one of the infrastructure and ends the worker.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from sys import intern
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from msgspec import Struct

from alerts.lease import Lease
from alerts.measure import measure_delivery
from alerts.schedule import WORDS, Answer, Reason, Verdict
from wirewatch.clock import Clock
from wirewatch.codec import Headers, dead_headers, decode_as, encode, headers
from wirewatch.endpoint_switch import Off, disable, failing
from wirewatch.errors import BrokerError, MessageError, WirewatchError
from wirewatch.ids import identify
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Alert, Command, Delivery, PendingDelivery, Posted, Priority, Setting
from wirewatch.operations import metrics
from wirewatch.topics import (
    ALERTS,
    ALERTS_PENDING,
    ALERTS_POSTED,
    COMMANDS,
    DEAD,
    DELIVERIES,
    SETTINGS,
    Topic,
)

logger = logging.getLogger(__name__)

# Alerts kept in memory beside the heap, so that a retry within seconds reads nothing back.
REMEMBERED: Final = 2_000
MOST_REMEMBERED_BYTES: Final = 16 * 1024
MOST_POLLED: Final = 1_000
READ_TIMEOUT: Final = 20.0


class UndeliverableError(WirewatchError):
    """An alert that its endpoint will never get."""


class Item:
    """An alert under way: what is known of it beyond its message."""

    __slots__ = ("alert", "attempts", "offset", "settled", "since", "stored", "storing")

    def __init__(
        self, alert: Alert, *, since: datetime, offset: int, attempts: int = 0, stored: bool = False
    ) -> None:
        self.alert = alert
        self.since = since
        self.offset = offset
        self.attempts = attempts
        # Whether `alerts.pending` holds it (or is about to), and whether its offset on `alerts` may be committed.
        self.stored = stored
        self.storing: asyncio.Task[None] | None = None
        self.settled = stored

    @property
    def lifetime(self) -> float | None:
        """Return for how many seconds since it came to stand here it is news.

        As a duration, and not as a moment: alerts may arise on another clock than this worker's, as in the demo.
        """
        expires = self.alert.expires
        return None if expires is None else (expires - self.alert.at).total_seconds()


class Kept(Struct, gc=False):
    """What a worker that takes a partition over must know of an alert that waits there; not the alert itself.

    `flash` is the alert where it is a flash, and one of the last: a fallback may have to get it.
    """

    offset: int
    endpoint: str
    alert: str
    revision: int
    priority: Priority
    due: datetime
    since: datetime
    flash: Alert | None = None


class Journal:
    """Writes for one partition; reads what waits there."""

    def __init__(
        self,
        kafka: KafkaConnection,
        producer: AIOKafkaProducer,
        readers: "Readers",
        lease: Lease,
        *,
        partition: int,
        clock: Clock,
    ) -> None:
        self._kafka = kafka
        self._producer = producer
        self._readers = readers
        self._lease = lease
        self._clock = clock
        self._remembered: OrderedDict[int, Item] = OrderedDict()
        self.partition = partition

    async def keep(self, item: Item, due: datetime, why: str) -> int:
        """Write that the alert waits until `due`; return the offset to read it back from."""
        pending = PendingDelivery(item.alert, item.attempts, due, item.since, item.offset, why)
        written = encode(pending)
        offset = await self._write_pending(
            item.alert, written, self._headers(pending, f"{item.alert.webhook_id} {item.attempts} {why}")
        )
        item.stored = True
        if len(written) <= MOST_REMEMBERED_BYTES:
            self._remembered[offset] = item
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        return offset

    async def expired(self, alert: Alert) -> None:
        """Write that an alert was news no longer when it could have been delivered; desks say so in one line."""
        body, now = alert.body, self._clock.now()
        name = identify("expired", alert.webhook_id)
        act = Command(
            name, "expired", body.cluster, "deliver", now, note=body.headline, to=alert.endpoint, alert=alert.id,
            desk=body.desk,
        )  # fmt: skip
        await self._send(
            COMMANDS, body.cluster, encode(act), headers(act, id=name, source="deliver", time=now)
        )

    async def strike(self, alert: Alert) -> None:
        """Write that the alert waits no longer."""
        await self._write_pending(alert, None, [])

    async def note(self, item: Item, answer: Answer, verdict: Verdict) -> None:
        """Write what became of an attempt, or of an alert that gets no further one."""
        alert = item.alert
        measure_delivery(alert, answer, verdict, self._clock.now())
        delivery = Delivery(
            alert=alert.id,
            revision=alert.revision,
            endpoint=alert.endpoint,
            webhook_id=alert.webhook_id,
            attempt=item.attempts,
            outcome=verdict.outcome,
            reason=verdict.reason,
            at=self._clock.now(),
            status=answer.status,
            seconds=round(answer.seconds, 6),
        )
        await self._send(
            DELIVERIES,
            alert.id,
            encode(delivery),
            self._headers(delivery, f"{alert.webhook_id} {item.attempts} {verdict.reason}"),
        )

    async def posted(self, alert: Alert, receipt: str) -> None:
        """Write what names an alert's message at the service, for whoever sends its revisions."""
        message = Posted(alert.id, alert.endpoint, receipt, self._clock.now())
        said = self._headers(message, f"{alert.webhook_id} {receipt}")
        await self._send(ALERTS_POSTED, alert.id, encode(message), said, self.partition)

    async def posted_before(self) -> Iterable[Posted]:
        """Return what names the messages that this partition's alerts became, oldest first."""
        found: list[Posted] = []

        def take(record: Any) -> None:
            try:
                found.append(decode_as(Posted, record.value))
            except MessageError as error:
                # Its revisions stand beside the message instead of editing it.
                logger.warning("%s, offset %d, cannot be read: %s", ALERTS_POSTED.name, record.offset, error)

        await self._readers.posted.read_all(self.partition, take)
        return found

    async def write(self, alert: Alert) -> None:
        """Write an alert for another endpoint, as desks do."""
        said = headers(alert, id=alert.webhook_id, source="deliver", time=self._clock.now())
        await self._send(ALERTS, alert.endpoint, encode(alert), said)

    async def disable(self, endpoint: str, why: Off) -> None:
        """Write that an endpoint is disabled until somebody enables it: it is gone, or failed for days."""
        await self._set(disable(endpoint, why, by="deliver", at=self._clock.now()))

    async def failing(self, endpoint: str, since: datetime | None) -> None:
        """Write since when an endpoint takes nothing; None where it is well."""
        await self._set(failing(endpoint, since, at=self._clock.now()))

    async def _set(self, setting: Setting) -> None:
        await self._send(SETTINGS, setting.key, encode(setting), self._headers(setting, setting.key))

    async def bury(self, item: Item, reason: Reason, answer: Answer) -> None:
        """Write that the alert is never delivered, and why."""
        alert = item.alert
        # The last answer is often the whole reason: said once.
        why = (
            answer.detail
            if WORDS[reason] in answer.detail
            else f"{WORDS[reason]}. Last answer: {answer.detail}"
        )
        attempts = f"{item.attempts} attempt{'' if item.attempts == 1 else 's'}"
        cause = UndeliverableError(
            f"Alert {alert.id}, revision {alert.revision}, was not delivered to the endpoint {alert.endpoint!r} "
            f"after {attempts}: {reason}: {why}"
        )
        await self.bury_bytes(ALERTS.name, encode(item.alert), item.offset, cause)

    async def bury_bytes(self, source: str, value: bytes | None, offset: int, cause: BaseException) -> None:
        """Write bytes that could not be processed to `dead`, untouched."""
        metrics.DEAD.labels(source, type(cause).__name__).inc()
        where = dead_headers(
            self._kafka.prefix + source,
            partition=self.partition,
            offset=offset,
            cause=cause,
            at=self._clock.now(),
        )
        await self._send(DEAD, source, value, where)

    async def load(self, offset: int) -> Item | None:
        """Return what waits at `offset` of `alerts.pending`; None where it was replaced by another worker."""
        item = self._remembered.pop(offset, None)
        if item is not None:
            return item
        found = await self._readers.single.read(self.partition, offset)
        if found is None:
            return None
        return Item(found.alert, since=found.since, offset=found.offset, attempts=found.attempts, stored=True)

    async def rebuild(self) -> Iterable[Kept]:
        """Return all that waits in this partition. What cannot be read goes to `dead` and waits no longer."""
        found: dict[bytes, Kept] = {}
        unread: dict[bytes, tuple[Any, MessageError]] = {}
        flashes: deque[Kept] = deque()

        def take(record: Any) -> None:
            # Only the last message of a key counts.
            found.pop(record.key, None)
            unread.pop(record.key, None)
            if record.value is None:
                return
            try:
                kept = kept_of(decode_as(PendingDelivery, record.value), record.offset)
            except MessageError as error:
                unread[record.key] = (record, error)
                return
            found[record.key] = kept
            if kept.flash is not None:
                flashes.append(kept)
                if len(flashes) > REMEMBERED:
                    flashes.popleft().flash = None

        await self._readers.whole.read_all(self.partition, take)
        for key, (record, cause) in unread.items():
            await self.bury_bytes(ALERTS_PENDING.name, record.value, record.offset, cause)
            await self._send(ALERTS_PENDING, key, None, [], self.partition)
        return found.values()

    async def _write_pending(self, alert: Alert, value: bytes | None, said: Headers) -> int:
        key = f"{alert.endpoint} {alert.id} {alert.revision}"
        return await self._send(ALERTS_PENDING, key, value, said, self.partition)

    async def _send(
        self, topic: Any, key: str | bytes, value: bytes | None, said: Headers, partition: int | None = None
    ) -> int:
        self._lease.check()
        try:
            sent = await self._producer.send_and_wait(
                self._kafka.topic(topic),
                value,
                key.encode() if isinstance(key, str) else key,
                partition=partition,
                headers=said,
            )
        except (KafkaError, OSError) as error:
            raise BrokerError(
                f"Kafka did not take a message for {self._kafka.topic(topic)}: {error!r}"
            ) from error
        return int(sent.offset)

    def _headers(self, message: Struct, what: str) -> Headers:
        # One alert is written of many times: each message has an id of its own, and only the alert's is for ever.
        now = self._clock.now()
        name = identify(type(message).__name__, what, now.isoformat())
        return headers(message, id=name, source="deliver", time=now)


class PendingReader:
    """Reads a topic of its own kind back, for all partitions of a worker; one reading at a time."""

    def __init__(self, kafka: KafkaConnection, *, most_at_once: int, topic: Topic = ALERTS_PENDING) -> None:
        self._name = kafka.topic(topic)
        self._consumer: AIOKafkaConsumer = kafka.consumer(
            max_partition_fetch_bytes=most_at_once, fetch_max_wait_ms=100
        )
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Connect."""
        await self._consumer.start()
        places = [TopicPartition(self._name, partition) for partition in range(ALERTS_PENDING.partitions)]
        self._consumer.assign(places)
        # Nothing is fetched before it is asked for.
        self._consumer.pause(*places)
        for place in places:
            self._consumer.seek(place, 0)

    async def stop(self) -> None:
        """Disconnect."""
        await self._consumer.stop()

    async def read(self, partition: int, offset: int) -> PendingDelivery | None:
        """Return the message at an offset; None where it is not there any more."""
        async with self._reading(partition) as place, asyncio.timeout(READ_TIMEOUT):
            if await self._consumer.position(place) != offset:
                self._consumer.seek(place, offset)
            record = await self._consumer.getone(place)
        if record.offset != offset or record.value is None:
            return None
        return decode_as(PendingDelivery, record.value)

    async def read_all(self, partition: int, take: Callable[[Any], None]) -> None:
        """Give every message of a partition to `take`, up to what stands there now."""
        async with self._reading(partition) as place:
            end = (await self._consumer.end_offsets([place]))[place]
            # Where the log begins later, Kafka says so and the reading begins there.
            self._consumer.seek(place, 0)
            while await self._consumer.position(place) < end:
                polled = await self._consumer.getmany(place, timeout_ms=1000, max_records=MOST_POLLED)
                for record in polled.get(place, ()):
                    take(record)

    @asynccontextmanager
    async def _reading(self, partition: int) -> AsyncIterator[TopicPartition]:
        place = TopicPartition(self._name, partition)
        async with self._lock:
            self._consumer.resume(place)
            try:
                yield place
            except (KafkaError, OSError, TimeoutError) as error:
                raise BrokerError(f"{self._name} cannot be read back: {error!r}") from error
            finally:
                self._consumer.pause(place)


class Readers(Struct, frozen=True):
    """Two ways to read `alerts.pending` back, that do not wait for one another."""

    # A message that is due, among others that are not; and all of a partition, when it is taken over.
    single: PendingReader
    whole: PendingReader
    # And how services name the messages that they were sent.
    posted: PendingReader


def item_of_record(alert: Alert, record: Any, clock: Clock) -> Item:
    """Return an alert of `alerts` as one under way."""
    stamp = record.timestamp
    since = datetime.fromtimestamp(stamp / 1000, UTC) if stamp and stamp > 0 else clock.now()
    return Item(alert, since=since, offset=record.offset)


def kept_of(pending: PendingDelivery, offset: int) -> Kept:
    """Return what is to be known of an alert that waits at an offset of `alerts.pending`."""
    alert = pending.alert
    priority = alert.body.priority
    return Kept(
        offset,
        # One string for all alerts of an endpoint.
        intern(alert.endpoint),
        alert.id,
        alert.revision,
        priority,
        pending.due,
        pending.since,
        alert if priority == "flash" else None,
    )
