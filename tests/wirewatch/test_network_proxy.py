"""A proxy that the configuration names: asked for what is public, and never for what may not be reached."""

import asyncio
from collections.abc import AsyncIterator
from ipaddress import ip_network

import httpx
import pytest

from tests.wirewatch.test_network_client import Names
from wirewatch.config_file import parse_settings
from wirewatch.errors import RefusedAddressError
from wirewatch.network import Guard, open_client

PUBLIC = "93.184.216.34"
USER = "proxy-authorization: Basic YWRhOlQwcFNlQ3JFdA=="


class Proxy:
    """Writes down what it is asked for, and answers "through"."""

    def __init__(self, status: str = "200 OK") -> None:
        self.asked: list[str] = []
        self._status = status
        self.port = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(f"HTTP/1.1 {self._status}\r\nContent-Length: 7\r\n\r\nthrough".encode())
        await writer.drain()
        writer.close()


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    made = Proxy()
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()


def client(proxy: Proxy, *answers: list[str], allow: tuple[str, ...] = ()) -> httpx.AsyncClient:
    return open_client(
        Guard(ip_network(each) for each in allow),
        user_agent="Wirewatch/test",
        timeout=5.0,
        resolver=Names(*answers),
        proxy=f"http://ada:T0pSeCrEt@127.0.0.1:{proxy.port}",
    )


async def test_what_is_public_goes_through_the_proxy_under_its_own_name(proxy: Proxy) -> None:
    async with client(proxy, [PUBLIC]) as http:
        answer = await http.post("http://hooks.example/in", content=b"{}")
    assert answer.text == "through"
    (asked,) = proxy.asked
    assert asked.startswith("POST http://hooks.example/in HTTP/1.1")
    assert USER.lower() in asked.lower()


async def test_https_asks_the_proxy_for_a_tunnel_alone(proxy: Proxy) -> None:
    async with client(proxy, [PUBLIC]) as http:
        with pytest.raises(httpx.ConnectError) as caught:
            await http.post("https://hooks.example/T0pSeCrEt")
    assert proxy.asked[0].startswith("CONNECT hooks.example:443 HTTP/1.1")
    assert "T0pSeCrEt" not in proxy.asked[0]
    assert "T0pSeCrEt" not in str(caught.value)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1"])
async def test_what_may_not_be_reached_is_refused_before_the_proxy_is_asked(
    proxy: Proxy, address: str
) -> None:
    async with client(proxy, [address]) as http:
        with pytest.raises(RefusedAddressError):
            await http.get("http://inside.example/")
    assert proxy.asked == []


async def test_a_listed_network_is_reached_directly(proxy: Proxy) -> None:
    own = Proxy()
    server = await asyncio.start_server(own.answer, "127.0.0.1", 0)
    async with server, client(proxy, ["127.0.0.1"], allow=("127.0.0.0/8",)) as http:
        port = server.sockets[0].getsockname()[1]
        assert (await http.get(f"http://inside.example:{port}/")).text == "through"
    assert proxy.asked == []
    assert own.asked[0].startswith("GET / HTTP/1.1")


async def test_a_proxy_that_is_not_there_is_named_without_its_password() -> None:
    gone = Proxy()
    gone.port = 1
    async with client(gone, [PUBLIC]) as http:
        with pytest.raises(httpx.ConnectError, match="No connection to the proxy") as caught:
            await http.get("http://hooks.example/")
    assert "T0pSeCrEt" not in f"{caught.value!r} {caught.value.__cause__!r}"


async def test_a_proxy_that_refuses_says_by_which_status() -> None:
    refusing = Proxy("407 Proxy Authentication Required")
    server = await asyncio.start_server(refusing.answer, "127.0.0.1", 0)
    refusing.port = server.sockets[0].getsockname()[1]
    async with server, client(refusing, [PUBLIC]) as http:
        with pytest.raises(httpx.ConnectError, match="it answered 407"):
            await http.get("https://hooks.example/")


async def test_a_name_that_nobody_knows_is_named(proxy: Proxy) -> None:
    http = open_client(Guard(), user_agent="t", timeout=5.0, proxy=f"http://127.0.0.1:{proxy.port}")
    async with http:
        with pytest.raises(httpx.ConnectError, match="name is not known"):
            await http.get("http://no-such-host.invalid/")


async def test_the_environment_names_no_proxy(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    async with open_client(Guard(), user_agent="t", timeout=5.0) as http:
        with pytest.raises(RefusedAddressError):
            await http.get("http://127.0.0.1:9/")
    assert proxy.asked == []


def test_the_configuration_keeps_its_password() -> None:
    settings = parse_settings('[http]\nproxy = "http://ada:T0pSeCrEt@proxy.example:3128"\n')
    assert settings.http.proxy_address == "http://ada:T0pSeCrEt@proxy.example:3128"
    assert "T0pSeCrEt" not in repr(settings)
