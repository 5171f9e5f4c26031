"""Puts the watch together: what it looks at, whom it tells and when, whose heartbeat it keeps."""

import asyncio
import logging
from contextlib import AsyncExitStack
from importlib.metadata import version

import httpx

from alerts.delivery import Outgoing
from alerts.exchange import Wire
from alerts.webhooks import KINDS
from wirewatch.clock import Clock
from wirewatch.errors import RefusedAddressError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Alert
from wirewatch.network import Guard, open_client, user_agent
from wirewatch.operations.illness import Survey
from wirewatch.operations.shift_lines import ShiftLines
from wirewatch.operations.survey import Surveyor
from wirewatch.operations.watch import Beat, Restart, Tell, Watch
from wirewatch.settings import Settings

logger = logging.getLogger(__name__)
HEARTBEAT_WITHIN = 10.0


async def run_watch(
    settings: Settings,
    kafka: KafkaConnection,
    clock: Clock,
    stop: asyncio.Event,
    *,
    restart: Restart | None = None,
) -> None:
    """Watch over everything until told to stop."""

    async def look(whole: bool) -> Survey:
        async with Surveyor(kafka, clock) as surveyor:
            return await surveyor.look((feed.id for feed in settings.feeds), whole=whole)

    async with AsyncExitStack() as stack:
        guard = Guard(settings.http.allow_networks)
        client = await stack.enter_async_context(
            open_client(
                guard,
                user_agent=user_agent(version("wirewatch"), settings.http.contact),
                proxy=settings.http.proxy_address,
            )
        )
        watch = Watch(
            look,
            clock,
            servers=kafka.bootstrap_servers,
            tell=teller(settings, Wire(client, clock, guard=guard)),
            beat=heartbeat(settings, client),
            restart=restart,
        )
        lines = ShiftLines(
            settings.desks, kafka, clock, feeds=(feed.id for feed in settings.feeds), ill=watch.in_words
        )
        await asyncio.gather(watch.run(stop), lines.run(stop))


def teller(settings: Settings, wire: Wire) -> Tell | None:
    """Return what posts to the operations endpoint; None where none is configured."""
    name = settings.operations.endpoint
    endpoint = next((each for each in settings.endpoints if each.id == name), None)
    if endpoint is None:
        return None

    async def tell(alert: Alert) -> bool:
        answer = await KINDS[endpoint.kind].send(endpoint, Outgoing(alert, wire.clock.now()), wire)
        if answer.reason != "accepted":
            logger.warning("The operations endpoint was not told: %s (%s)", answer.reason, answer.detail)
        return answer.reason == "accepted"

    return tell


def heartbeat(settings: Settings, client: httpx.AsyncClient) -> Beat | None:
    """Return what asks the heartbeat's address; None where none is configured."""
    address = settings.operations.heartbeat
    if address is None:
        return None

    async def beat() -> bool:
        try:
            answer = await client.get(address.reveal(), timeout=HEARTBEAT_WITHIN)
        except (httpx.HTTPError, httpx.InvalidURL, RefusedAddressError, OSError) as error:
            # Its text may hold the address, which may be a secret.
            logger.warning("The heartbeat's address does not answer: %s", type(error).__name__)
            return False
        return answer.is_success

    return beat
