"""Who may ask at a time, and how those that hang make room for the others."""

import asyncio
from ipaddress import ip_network

import pytest

from connectors.answer import Validators
from connectors.fetch import Fetcher, FetchLimits
from connectors.places import Patience, Places
from connectors.poller import Poller
from tests.connectors.feeds import news, rss
from tests.connectors.loopback import Loopback, Request, answers, reply
from tests.connectors.test_poller import Memory
from wirewatch.clock import SystemClock
from wirewatch.network import Guard, open_client
from wirewatch.settings import FeedSettings


async def settled() -> None:
    """Let every task that can go on go on."""
    for _ in range(20):
        await asyncio.get_running_loop().run_in_executor(None, int)


class Crowd:
    """Holds places, and counts the most that were held at a time."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self.now = self.most = 0
        self.go_on = asyncio.Event()

    async def hold(self, host: str, *, slow: bool = False) -> None:
        async with self._places.hold(host, slow=slow):
            self.now += 1
            self.most = max(self.most, self.now)
            await self.go_on.wait()
            self.now -= 1


@pytest.mark.parametrize("most", [1, 2, 4, 10])
async def test_there_are_never_more_requests_in_all_than_were_allowed(most: int) -> None:
    crowd = Crowd(Places(most, per_host=2))
    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(crowd.hold(f"{number}.example", slow=number % 2 == 0))
        await settled()
        assert crowd.now == most
        crowd.go_on.set()
    assert crowd.most == most


async def test_a_host_has_so_many_places_and_no_more() -> None:
    crowd = Crowd(Places(100, per_host=2))
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(crowd.hold("outlet.example"))
        await settled()
        assert crowd.now == 2
        crowd.go_on.set()
    assert crowd.most == 2


async def test_the_slow_never_hold_more_than_a_quarter() -> None:
    crowd = Crowd(Places(8, per_host=2))
    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(crowd.hold(f"{number}.example", slow=True))
        await settled()
        assert crowd.now == 2
        crowd.go_on.set()


async def test_who_gives_up_waiting_takes_no_place_with_it() -> None:
    places = Places(1, per_host=1)
    crowd = Crowd(places)
    first = asyncio.create_task(crowd.hold("a.example"))
    await settled()
    others = [asyncio.create_task(crowd.hold("b.example")) for _ in range(5)]
    await settled()
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    crowd.go_on.set()
    await first
    async with asyncio.timeout(5), places.hold("b.example", slow=True):
        assert crowd.most == 1


async def test_who_is_slow_moves_over_where_others_wait() -> None:
    places = Places(4, per_host=1)
    crowd = Crowd(places)
    async with places.hold("slow.example", slow=False) as place, asyncio.TaskGroup() as group:
        assert place.give_way()
        for number in range(3):
            group.create_task(crowd.hold(f"{number}.example"))
        await settled()
        assert crowd.now == 2
        assert place.give_way()
        await settled()
        assert crowd.now == 3
        crowd.go_on.set()


async def test_dead_hosts_do_not_keep_the_others_from_being_read() -> None:
    """Twenty hosts never answer, and there are eight places; the patience is short, the limit is not."""

    async def hang(_request: Request, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with Loopback(hang) as dead, Loopback(answers(reply(rss([news(1)])))) as well:
        limits = FetchLimits(seconds=60, read_seconds=60, concurrency=8, per_host=100, patience=0.5)
        async with open_client(Guard([ip_network("127.0.0.0/8")]), user_agent="Wirewatch/test") as client:
            fetcher = Fetcher(client, limits, SystemClock())

            async def ask(address: str, host: str) -> str:
                async with fetcher.place(host) as place:
                    return (await fetcher.fetch(address, Validators(), place=place)).outcome

            hung = [asyncio.create_task(ask(dead.url(), f"dead-{number}")) for number in range(20)]
            async with asyncio.timeout(10):
                found = await asyncio.gather(*(ask(well.url(), f"well-{number}") for number in range(30)))
            for task in hung:
                task.cancel()
            ended = await asyncio.gather(*hung, return_exceptions=True)
    assert set(found) == {"fetched"}
    assert {one for one in ended if isinstance(one, str)} == {"timeout"}


async def test_a_feed_that_made_room_for_others_is_asked_again_and_read() -> None:
    """Eight hosts answer only when all others were answered, and there are four places."""
    others = asyncio.Event()
    answered: set[str] = set()

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        if request.path.startswith("/slow"):
            await others.wait()
        else:
            answered.add(request.path)
            if len(answered) == 12:
                others.set()
        writer.write(reply(rss([news(1)])))

    stop = asyncio.Event()
    memory = Memory(20, stop)
    async with (
        Loopback(answer) as wire,
        open_client(Guard([ip_network("127.0.0.0/8")]), user_agent="Wirewatch/test") as client,
    ):
        limits = FetchLimits(seconds=60, read_seconds=60, concurrency=4, per_host=100, patience=0.02)
        feeds = [FeedSettings(wire.url(f"/slow/{number}"), f"Slow {number}") for number in range(8)]
        feeds += [FeedSettings(wire.url(f"/quick/{number}"), f"Quick {number}") for number in range(12)]
        poller = Poller(feeds, Fetcher(client, limits, SystemClock()), memory, SystemClock())
        poller.take({})
        async with asyncio.timeout(20):
            await poller.run(stop)
    assert {(state.health, state.failures) for state in memory.states} == {("ok", 0)}
    assert len({state.feed for state in memory.states}) == 20


def test_patience_follows_what_answers_take_within_its_limits() -> None:
    patience = Patience(3.0)
    assert patience.seconds == 3.0
    for _ in range(500):
        patience.heard(0.01)
    assert patience.seconds == 0.75
    for _ in range(500):
        patience.heard(0.4)
    assert 1.15 < patience.seconds < 1.25
    for _ in range(500):
        patience.heard(20)
    assert patience.seconds == 3.0
