"""One polite conditional GET, against real servers."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from connectors.answer import Demand, Fetched, Validators
from connectors.fetch import Fetcher, FetchLimits
from tests.connectors.loopback import Handler, Loopback, Request, answers, reply
from wirewatch.clock import SystemClock
from wirewatch.network import Guard, host_of, open_client

LOOPBACK = Guard([ip_network("127.0.0.0/8")])
LIMITS = FetchLimits(seconds=5, bytes=100_000, per_host=2, concurrency=4)
NONE = Validators()
CERTIFICATE = Path(__file__).parent / "fixtures" / "loopback.pem"


@asynccontextmanager
async def fetcher(
    limits: FetchLimits = LIMITS, guard: Guard = LOOPBACK, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Fetcher]:
    async with open_client(guard, user_agent="Wirewatch/test (+desk@example.org)", tls=tls) as client:
        yield Fetcher(client, limits, SystemClock())


async def ask(
    handler: Handler, validators: Validators = NONE, limits: FetchLimits = LIMITS
) -> tuple[Fetched, list[Request]]:
    async with Loopback(handler) as wire, fetcher(limits) as fetch:
        return await fetch.fetch(wire.url("/feed?key=hunter2"), validators), wire.requests


async def test_says_who_asks_and_what_it_takes() -> None:
    fetched, requests = await ask(answers(reply(b"<rss/>", headers={"Content-Type": "text/xml"})))
    assert (fetched.outcome, fetched.body, fetched.content_type) == ("fetched", b"<rss/>", "text/xml")
    sent = requests[0].headers
    assert sent["user-agent"] == "Wirewatch/test (+desk@example.org)"
    assert sent["accept-encoding"] == "gzip, deflate, br, zstd"
    assert "application/rss+xml" in sent["accept"]
    assert "if-none-match" not in sent


async def test_sends_validators_back_as_they_came_and_takes_a_304() -> None:
    given = Validators('W/"a b\\c-1"', "whenever")
    fetched, requests = await ask(
        answers(reply(status="304 Not Modified", headers={"Cache-Control": "max-age=90"})), given
    )
    assert fetched.outcome == "not modified"
    assert fetched.demand == Demand(90, "max-age")
    assert requests[0].headers["if-none-match"] == 'W/"a b\\c-1"'
    assert requests[0].headers["if-modified-since"] == "whenever"


async def test_keeps_the_validators_of_the_body() -> None:
    fetched, _ = await ask(answers(reply(b"x", headers={"ETag": '"1"', "Last-Modified": "yesterday"})))
    assert fetched.validators == Validators('"1"', "yesterday")


async def test_unpacks_gzip() -> None:
    packed = reply(gzip.compress(b"<rss/>"), headers={"Content-Encoding": "gzip"})
    assert (await ask(answers(packed)))[0].body == b"<rss/>"


@pytest.mark.parametrize(
    ("answer", "outcome", "said"),
    [
        (reply(status="429 Too Many Requests", headers={"Retry-After": "60"}), "limited", "answers 429"),
        (reply(status="503 Busy"), "unavailable", "answers 503"),
        (reply(status="403 Forbidden"), "forbidden", "answers 403"),
        (reply(status="404 Not Found"), "not found", "answers 404"),
        (reply(status="410 Gone"), "gone", "answers 410"),
        (reply(status="500 Oops"), "server error", "answers 500 Oops"),
        (reply(status="204 No Content"), "unexpected status", "answers 204"),
        (reply(b"x" * 200_000), "too large", "200000 bytes long; at most 100000"),
        (reply(gzip.compress(b"\0" * 9_000_000), headers={"Content-Encoding": "gzip"}), "too large", "unpacks to more"),
        (reply(b"x", headers={"Content-Encoding": "compress"}), "encoding", "not asked for"),
        (reply(b"plain", headers={"Content-Encoding": "gzip"}), "encoding", "broken"),
        (reply(status="302 Found", headers={"Location": "ftp://x/y"}), "redirects", "no address"),
        (reply(status="302 Found", headers={"Location": "/again"}), "redirects", "more than 5 times"),
        (reply(status="302 Found", headers={"Location": "http://169.254.169.254/"}), "address not allowed", "metadata"),
        (reply(status="302 Found", headers={"Location": "http://[::1]/"}), "address not allowed", "loopback"),
        (b"HTTP/9.9 what\r\n\r\n", "broken", ""),
    ],
)  # fmt: skip
async def test_every_bad_answer_is_one_named_outcome_without_a_secret(
    answer: bytes, outcome: str, said: str
) -> None:
    fetched, _ = await ask(answers(answer))
    assert fetched.outcome == outcome
    assert said in fetched.detail
    assert "hunter2" not in fetched.detail


async def test_a_large_body_without_a_length_is_given_up_at_the_limit() -> None:
    async def flood(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"2710\r\n" + b"x" * 10_000 + b"\r\n")
            await writer.drain()

    fetched, _ = await ask(flood)
    assert (fetched.outcome, fetched.detail) == ("too large", "The answer is larger than 100000 bytes")


async def test_a_server_that_drips_is_given_up_in_time() -> None:
    async def drip(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await SystemClock().sleep(0.01)

    fetched, _ = await ask(drip, limits=FetchLimits(seconds=0.1))
    assert (fetched.outcome, fetched.detail) == ("timeout", "No whole answer within 0.1 s")


async def test_silence_is_given_up_in_time() -> None:
    async def silence(_request: Request, _writer: asyncio.StreamWriter) -> None:
        return

    assert (await ask(silence, limits=FetchLimits(seconds=5, read_seconds=0.05)))[0].outcome == "timeout"


async def test_a_disconnect_is_named() -> None:
    async def hang_up(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.close()

    assert (await ask(hang_up))[0].outcome == "broken"


async def test_a_host_that_is_away_is_unreachable() -> None:
    async with Loopback(answers(reply())) as gone:
        address = gone.url("/feed?key=hunter2")
    async with fetcher() as fetch:
        fetched = await fetch.fetch(address, Validators())
    assert fetched.outcome == "unreachable"
    assert "hunter2" not in fetched.detail


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/feed", "http://2130706433/feed", "http://localhost/feed"]
)
async def test_what_the_guard_refuses_is_named(address: str) -> None:
    async with fetcher(guard=Guard()) as fetch:
        assert (await fetch.fetch(address, Validators())).outcome == "address not allowed"


@pytest.mark.parametrize(
    "address", ["http://", "http://[", "nonsense", "ftp://127.0.0.1/", "http://a b/", "http://x:99999/"]
)
async def test_an_address_that_is_none_is_an_outcome_and_no_crash(address: str) -> None:
    async with fetcher() as fetch:
        assert (await fetch.fetch(address, Validators())).outcome in {
            "unreachable",
            "broken",
            "address not allowed",
        }


def by_path(replies: dict[str, Callable[[str], bytes]]) -> Handler:
    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(replies[request.path](request.headers["host"]))

    return handle


async def test_follows_redirects_and_says_where_the_feed_has_moved_for_good() -> None:
    handler = by_path(
        {
            "/old": lambda host: reply(status="301 Moved", headers={"Location": f"http://{host}/new"}),
            "/new": lambda _: reply(status="302 Found", headers={"Location": "/now"}),
            "/now": lambda _: reply(b"<rss/>"),
        }
    )
    async with Loopback(handler) as wire, fetcher() as fetch:
        fetched = await fetch.fetch(wire.url("/old"), Validators())
        assert fetched.outcome == "fetched"
        assert fetched.moved == wire.url("/new")
        assert fetched.address == wire.url("/now")


async def test_a_redirect_for_now_moves_nothing() -> None:
    handler = by_path(
        {
            "/old": lambda _: reply(status="307 Temporary", headers={"Location": "/now"}),
            "/now": lambda _: reply(b"<rss/>"),
        }
    )
    async with Loopback(handler) as wire, fetcher() as fetch:
        assert (await fetch.fetch(wire.url("/old"), Validators())).moved is None


async def test_refuses_to_leave_https() -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(CERTIFICATE)
    trust = ssl.create_default_context(cafile=str(CERTIFICATE))
    plain = answers(reply(status="301 Moved", headers={"Location": "http://127.0.0.1/plain?key=hunter2"}))
    async with Loopback(plain, server) as wire, fetcher(tls=trust) as fetch:
        fetched = await fetch.fetch(wire.url("/"), Validators())
    assert fetched.outcome == "insecure redirect"
    assert "hunter2" not in fetched.detail


async def test_names_a_certificate_that_nobody_vouches_for() -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(CERTIFICATE)
    async with Loopback(answers(reply()), server) as wire, fetcher() as fetch:
        assert (await fetch.fetch(wire.url("/"), Validators())).outcome == "tls"


async def ask_in_place(fetch: Fetcher, address: str, *, slow: bool = False) -> Fetched:
    async with fetch.place(host_of(address), slow=slow):
        return await fetch.fetch(address, NONE)


async def test_asks_a_host_no_more_than_so_many_times_at_once() -> None:
    open_now: list[int] = []
    most = 0
    release = asyncio.Event()

    async def hold(_request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal most
        open_now.append(1)
        most = max(most, len(open_now))
        if len(open_now) == 2:
            release.set()
        await release.wait()
        open_now.pop()
        writer.write(reply(b"x"))

    async with Loopback(hold) as wire, fetcher() as fetch:
        done = await asyncio.gather(*(ask_in_place(fetch, wire.url(f"/{number}")) for number in range(8)))
    assert {one.outcome for one in done} == {"fetched"}
    assert most == 2


@pytest.mark.parametrize("slow", [False, True])
async def test_a_host_that_does_not_answer_delays_no_other(slow: bool) -> None:
    release = asyncio.Event()

    async def hold(_request: Request, writer: asyncio.StreamWriter) -> None:
        await release.wait()
        writer.write(reply(b"late"))

    limits = FetchLimits(seconds=5, per_host=1, concurrency=4)
    async with Loopback(hold) as dead, Loopback(answers(reply(b"x"))) as alive, fetcher(limits) as fetch:
        waiting = [asyncio.create_task(ask_in_place(fetch, dead.url(), slow=slow)) for _ in range(6)]
        assert (await ask_in_place(fetch, alive.url(host="localhost"))).body == b"x"
        release.set()
        await asyncio.gather(*waiting)


async def test_slow_hosts_wait_among_themselves() -> None:
    release = asyncio.Event()

    async def hold(_request: Request, writer: asyncio.StreamWriter) -> None:
        await release.wait()
        writer.write(reply(b"late"))

    limits = FetchLimits(seconds=5, per_host=1, concurrency=4)
    async with Loopback(hold) as dead, Loopback(answers(reply(b"x"))) as alive, fetcher(limits) as fetch:
        hosts = [f"127.0.0.{number}" for number in range(2, 12)]
        waiting = [asyncio.create_task(_held(fetch, host, dead.url(), slow=True)) for host in hosts]
        assert (await ask_in_place(fetch, alive.url())).body == b"x"
        release.set()
        await asyncio.gather(*waiting)


async def _held(fetch: Fetcher, host: str, address: str, *, slow: bool) -> Fetched:
    async with fetch.place(host, slow=slow):
        return await fetch.fetch(address, NONE)
