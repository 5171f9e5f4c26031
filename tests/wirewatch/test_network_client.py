"""The guarded client against real servers on loopback."""

import asyncio
import logging
import socket
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from tests.connectors.loopback import Loopback, Request, answers, reply
from wirewatch.errors import RefusedAddressError
from wirewatch.network import Guard, open_client

LOOPBACK = Guard([ip_network("127.0.0.0/8")])
CERTIFICATE = Path(__file__).parents[1] / "connectors" / "fixtures" / "loopback.pem"


class Names(AbstractResolver):
    """A name server that gives each look-up the next of its answers."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.closed = False

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(hostname=host, host=ip, port=port, family=family, proto=0, flags=0) for ip in found
        ]

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
async def wire() -> AsyncIterator[Loopback]:
    async with Loopback(answers(reply(b"news"))) as server:
        yield server


def client(guard: Guard = LOOPBACK, **options: Any) -> httpx.AsyncClient:
    return open_client(guard, user_agent="Wirewatch/test", timeout=5.0, **options)


async def test_reaches_a_listed_network_under_its_own_name(wire: Loopback) -> None:
    async with client() as http:
        answer = await http.get(wire.url("/feed"))
    assert answer.text == "news"
    assert wire.requests[0].headers["user-agent"] == "Wirewatch/test"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "017700000001"]
)
async def test_refuses_loopback_in_every_notation_before_a_byte_is_sent(wire: Loopback, host: str) -> None:
    async with client(Guard()) as http:
        with pytest.raises(RefusedAddressError, match="refused"):
            await http.get(f"http://{host}:{wire.port}/secret-path")
    assert wire.requests == []


@pytest.mark.parametrize("host", ["[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "169.254.169.254"])
async def test_refuses_other_networks_by_number(host: str) -> None:
    async with client() as http:
        with pytest.raises(RefusedAddressError):
            await http.get(f"http://{host}:9/")


async def test_refuses_a_name_that_leads_to_a_refused_address(wire: Loopback) -> None:
    async with client(Guard(), resolver=Names(["127.0.0.1"])) as http:
        with pytest.raises(RefusedAddressError, match=r"outlet\.example is refused: its address is loopback"):
            await http.get(wire.url("/secret-path", host="outlet.example"))
    assert wire.requests == []


async def test_refuses_a_name_whose_address_changes_after_the_first_look_up(wire: Loopback) -> None:
    guard = Guard([ip_network("127.0.0.1/32")])
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    async with client(guard, resolver=names) as http:
        assert (await http.get(wire.url("/", host="first.example"))).status_code == 200
        with pytest.raises(RefusedAddressError):
            await http.get(wire.url("/", host="second.example"))


async def test_takes_the_permitted_addresses_of_a_name_and_leaves_the_others(wire: Loopback) -> None:
    guard = Guard([ip_network("127.0.0.1/32")])
    async with client(guard, resolver=Names(["10.0.0.1", "127.0.0.1"])) as http:
        assert (await http.get(wire.url("/", host="outlet.example"))).status_code == 200


async def test_a_refusal_shows_no_path_and_no_password(wire: Loopback) -> None:
    async with client(Guard()) as http:
        with pytest.raises(RefusedAddressError) as caught:
            await http.get(f"http://user:hunter2@127.0.0.1:{wire.port}/T0/secret?token=abc")
    assert not [secret for secret in ("hunter2", "secret", "abc") if secret in str(caught.value)]


async def test_a_password_in_the_address_becomes_a_header(wire: Loopback) -> None:
    async with client() as http:
        await http.get(f"http://desk:hunter2@127.0.0.1:{wire.port}/feed")
    assert wire.requests[0].path == "/feed"
    assert b64decode(wire.requests[0].headers["authorization"].removeprefix("Basic ")) == b"desk:hunter2"


async def test_logs_no_url(wire: Loopback, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with client() as http:
            await http.get(wire.url("/T0/secret"))
    assert "secret" not in caplog.text


async def test_keeps_no_cookies() -> None:
    async with Loopback(answers(reply(headers={"Set-Cookie": "id=1; Path=/"}))) as wire, client() as http:
        await http.get(wire.url())
        await http.get(wire.url())
        assert "cookie" not in wire.requests[1].headers


async def test_follows_no_redirect_of_its_own() -> None:
    moved = reply(status="302 Found", headers={"Location": "http://169.254.169.254/"})
    async with Loopback(answers(moved)) as wire, client() as http:
        assert (await http.get(wire.url())).status_code == 302


async def test_uses_no_proxy_of_the_environment(wire: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with client() as http:
        assert (await http.get(wire.url())).status_code == 200


async def test_a_disconnect_is_named_as_one() -> None:
    async def hang_up(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with Loopback(hang_up) as wire, client() as http:
        with pytest.raises(httpx.RemoteProtocolError, match="closed the connection"):
            await http.post(wire.url(), content=b"{}")


async def test_an_answer_that_ends_too_early_is_named_as_one() -> None:
    async def half(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(b"half", length=100))
        writer.close()

    async with Loopback(half) as wire, client() as http:
        with pytest.raises(httpx.RemoteProtocolError, match="too early"):
            await http.get(wire.url())


async def test_silence_is_a_read_timeout() -> None:
    async def silence(_request: Request, _writer: asyncio.StreamWriter) -> None:
        return

    async with Loopback(silence) as wire, client() as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.get(wire.url(), timeout=0.05)


async def test_a_closed_port_is_a_connect_error(wire: Loopback) -> None:
    async with Loopback(answers(reply())) as gone:
        address = gone.url("/secret")
    async with client() as http:
        with pytest.raises(httpx.ConnectError, match="No connection") as caught:
            await http.get(address)
    assert "secret" not in str(caught.value)


async def test_what_is_not_http_is_named_as_such() -> None:
    async with Loopback(answers(b"SSH-2.0-OpenSSH\r\n\r\n")) as wire, client() as http:
        with pytest.raises(httpx.RemoteProtocolError) as caught:
            await http.get(wire.url("/secret"))
    assert "secret" not in str(caught.value)


async def test_takes_headers_of_twenty_kilobytes() -> None:
    policy = {"Content-Security-Policy": "x" * 20_000}
    async with Loopback(answers(reply(b"news", headers=policy))) as wire, client() as http:
        assert (await http.get(wire.url())).text == "news"


@pytest.fixture
def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


async def test_a_certificate_that_nobody_vouches_for_is_named(tls: ssl.SSLContext) -> None:
    async with Loopback(answers(reply()), tls) as wire, client() as http:
        with pytest.raises(httpx.ConnectError, match="certificate is not accepted"):
            await http.get(wire.url())


async def test_takes_a_certificate_that_is_trusted(tls: ssl.SSLContext) -> None:
    trust = ssl.create_default_context(cafile=str(CERTIFICATE))
    async with Loopback(answers(reply(b"news")), tls) as wire, client(tls=trust) as http:
        assert (await http.get(wire.url())).text == "news"


async def test_plain_http_on_a_tls_port_is_named() -> None:
    async def complain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(status="400 Bad Request"))
        writer.close()

    async with await asyncio.start_server(complain, "127.0.0.1", 0) as server, client() as http:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(httpx.ConnectError, match="TLS failed"):
            await http.get(f"https://127.0.0.1:{port}/")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"])
async def test_speaks_http_alone(url: str) -> None:
    async with client() as http:
        with pytest.raises(httpx.UnsupportedProtocol):
            await http.get(url)


@pytest.mark.parametrize("host", ["nobody.invalid", "a..b.invalid", "x" * 70 + ".invalid"])
async def test_a_name_that_nobody_knows_is_named_as_such(host: str) -> None:
    async with client() as http:
        with pytest.raises((httpx.ConnectError, httpx.InvalidURL, httpx.UnsupportedProtocol)):
            await http.get(f"http://{host}/secret")


async def test_closes_the_name_server_that_it_was_given() -> None:
    names = Names(["127.0.0.1"])
    async with client(resolver=names):
        pass
    assert names.closed
