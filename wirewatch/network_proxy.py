"""Requests through a proxy that the configuration names: the target is looked up and judged before.

A guard at the connection would see the proxy alone. The proxy's own address is the operator's word, and not judged.
"""

import ssl
from base64 import b64encode
from collections.abc import Callable

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver
from httpx_aiohttp import AiohttpTransport

from wirewatch.network_faults import NamedStream, RefusedError, named_faults

# Outlets send content security policies of 20 kB in one header.
MAX_HEADER = 65_536
_PORTS = {"http": 80, "https": 443}


class ProxiedTransport(httpx.AsyncBaseTransport):
    """Sends what is public through a proxy, and what stands on the operator's own networks directly."""

    def __init__(
        self,
        direct: httpx.AsyncBaseTransport,
        proxy: str,
        guarded: AbstractResolver,
        *,
        is_own: Callable[[str], bool],
        tls: ssl.SSLContext,
        keepalive: float | None,
        most: int | None,
    ) -> None:
        self._direct = direct
        self._guarded = guarded
        self._is_own = is_own

        def session() -> aiohttp.ClientSession:
            return aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=most or 0, keepalive_timeout=keepalive, ssl=tls),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                max_line_size=MAX_HEADER,
                max_field_size=MAX_HEADER,
            )

        address = httpx.URL(proxy)
        self._login = _login(address)
        plain = address.copy_with(username=None, password=None)
        self._proxied = AiohttpTransport(
            verify=tls, client=session, proxy=httpx.Proxy(plain, headers=self._login)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request the way that its target asks for; one that is refused raises before anybody is asked."""
        scheme, host = request.url.scheme, request.url.host
        if scheme not in _PORTS:
            raise httpx.UnsupportedProtocol("Only http and https are spoken", request=request)
        found = await self._resolve(host, request.url.port or _PORTS[scheme])
        if any(self._is_own(address) for address in found):
            return await self._direct.handle_async_request(request)
        if request.url.userinfo:
            # httpx has made a header of it, and aiohttp refuses to have both.
            request.url = request.url.copy_with(username="", password="")
        if scheme == "http":
            # A tunnel is asked for with the login beside; without one it stands in the request itself.
            request.headers.update(self._login)
        with named_faults():
            response: httpx.Response = await self._proxied.handle_async_request(request)
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = NamedStream(response.stream)
        return response

    async def aclose(self) -> None:
        """Close both ways."""
        await self._direct.aclose()
        await self._proxied.aclose()

    async def _resolve(self, host: str, port: int) -> list[str]:
        try:
            return [entry["host"] for entry in await self._guarded.resolve(host, port)]
        except RefusedError as error:
            raise error.error from None
        except OSError:
            raise httpx.ConnectError("The host's name is not known") from None


def _login(address: httpx.URL) -> dict[str, str]:
    """Return the header that the proxy knows us by, where its address holds a name."""
    if not address.username:
        return {}
    known = b64encode(f"{address.username}:{address.password}".encode()).decode()
    return {"Proxy-Authorization": f"Basic {known}"}
