"""How the poller stands, and the canary that it sends."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, get_args

from connectors.state import StoryOutlet
from wirewatch.clock import Clock
from wirewatch.messages import FeedHealth, FeedState
from wirewatch.operations import metrics
from wirewatch.operations.canary import canary_story
from wirewatch.operations.standing import Standing


def standing(states: Iterable[FeedState], consumer: Any, *, recovered: bool) -> Standing:
    """Return how a poller stands towards Kafka; its feeds by health are a metric."""
    healths = Counter(state.health for state in states)
    for health in get_args(FeedHealth):
        metrics.FEEDS.labels(health).set(healths[health])
    return Standing(bool(consumer.assignment()), recovered)


async def send_canaries(outlet: StoryOutlet, every: float, clock: Clock, stop: asyncio.Event) -> None:
    """Send a canary every so many seconds, until told to stop."""
    stopping = asyncio.ensure_future(stop.wait())
    while not stop.is_set():
        await outlet.send_canary(canary_story(clock.now()))
        pause = asyncio.ensure_future(clock.sleep(every))
        await asyncio.wait({stopping, pause}, return_when=asyncio.FIRST_COMPLETED)
        pause.cancel()
        with suppress(asyncio.CancelledError):
            await pause
