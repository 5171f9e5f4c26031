"""The poller as a process: joined to Kafka, to the pollers beside it, and to the hubs that call it."""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext

from aiokafka.errors import KafkaError

from connectors.fetch import open_fetcher
from connectors.hubs import CallbackServer, Hubs
from connectors.measure import send_canaries, standing
from connectors.poller import Poller, first_fault
from connectors.shares import Shares
from connectors.state import StateReader, StoryOutlet
from wirewatch.clock import Clock
from wirewatch.errors import BrokerError
from wirewatch.kafka import KafkaConnection
from wirewatch.operations.vitals import Vitals
from wirewatch.settings import Settings


async def run_poller(
    settings: Settings,
    kafka: KafkaConnection,
    clock: Clock,
    stop: asyncio.Event,
    vitals: Vitals | None = None,
) -> None:
    """Poll the configured feeds, sharing them with the other pollers of this Kafka, until told to stop.

    Raises:
        BrokerError: Kafka cannot be reached or does not take what was read.
    """
    producer = kafka.producer()
    consumer = kafka.consumer(group_id=kafka.group("poll"))
    async with open_fetcher(settings.http, clock) as fetcher:
        outlet = StoryOutlet(producer, kafka, clock)
        hubs = Hubs(fetcher, settings.websub, clock, outlet.ask) if settings.websub.callback else None
        poller = Poller(
            settings.feeds,
            fetcher,
            outlet,
            clock,
            full_text=settings.http.full_text,
            hubs=hubs,
        )
        reader = StateReader(consumer, kafka, Shares(settings.feeds, poller))
        if vitals is not None:
            vitals.probe = lambda: standing(poller.states.outlines(), consumer, recovered=reader.level)
        try:
            await producer.start()
            await consumer.start()
            async with _listening(settings, hubs, poller), asyncio.TaskGroup() as group:
                group.create_task(poller.run(stop))
                group.create_task(reader.run(stop))
                if settings.operations.canary is not None:
                    group.create_task(send_canaries(outlet, settings.operations.canary, clock, stop))
        except ExceptionGroup as errors:
            raise first_fault(errors) from errors
        except KafkaError as error:
            raise BrokerError(f"Kafka cannot be reached: {error}") from error
        finally:
            await consumer.stop()
            await producer.stop()


def _listening(settings: Settings, hubs: Hubs | None, poller: Poller) -> AbstractAsyncContextManager[object]:
    """Return what listens for hubs while the poller runs; nothing where no hub is asked."""
    if hubs is None:
        return nullcontext()
    shared = settings.websub.secret is not None
    return CallbackServer(hubs, poller.push, settings.websub.listen, settings.http.max_bytes, shared=shared)
