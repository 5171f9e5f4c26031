"""The one guard for outgoing connections: which addresses may be reached, and a client that keeps to it.

A feed's address, a redirect or a webhook's address is somebody else's word. `Guard.verdict` decides, on the address
alone, at the moment of the connection: a name that was harmless when it was looked up may be 127.0.0.1 by then.
"""

import logging
import socket
import ssl
from collections.abc import Iterable
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from httpx_aiohttp import AiohttpTransport

from wirewatch.errors import RefusedAddressError
from wirewatch.lookup import ThreadResolver
from wirewatch.network_faults import NamedStream, RefusedError, named_faults
from wirewatch.network_proxy import MAX_HEADER, ProxiedTransport

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Verdict = Literal[
    "public",
    "listed",
    "loopback",
    "private",
    "link-local",
    "metadata",
    "multicast",
    "reserved",
    "unspecified",
    "shared",
    "mapped",
    "6to4",
    "nat64",
    "teredo",
    "no address",
]
PERMITTED: Final = frozenset[Verdict](["public", "listed"])

# The IANA registries of special-purpose addresses, and the clouds' metadata services, the more exact ones first.
# Not `ipaddress.is_private` and its like, whose answers change with the version of Python.
_SPECIAL: Final[tuple[tuple[Network, Verdict], ...]] = (
    (IPv4Network("169.254.169.254/32"), "metadata"),
    (IPv4Network("169.254.170.2/32"), "metadata"),
    (IPv4Network("168.63.129.16/32"), "metadata"),
    (IPv4Network("100.100.100.200/32"), "metadata"),
    (IPv4Network("192.0.0.192/32"), "metadata"),
    (IPv4Network("0.0.0.0/32"), "unspecified"),
    (IPv4Network("0.0.0.0/8"), "reserved"),
    (IPv4Network("10.0.0.0/8"), "private"),
    (IPv4Network("100.64.0.0/10"), "shared"),
    (IPv4Network("127.0.0.0/8"), "loopback"),
    (IPv4Network("169.254.0.0/16"), "link-local"),
    (IPv4Network("172.16.0.0/12"), "private"),
    (IPv4Network("192.0.0.0/24"), "reserved"),
    (IPv4Network("192.0.2.0/24"), "reserved"),
    (IPv4Network("192.31.196.0/24"), "reserved"),
    (IPv4Network("192.52.193.0/24"), "reserved"),
    (IPv4Network("192.88.99.0/24"), "6to4"),
    (IPv4Network("192.168.0.0/16"), "private"),
    (IPv4Network("192.175.48.0/24"), "reserved"),
    (IPv4Network("198.18.0.0/15"), "reserved"),
    (IPv4Network("198.51.100.0/24"), "reserved"),
    (IPv4Network("203.0.113.0/24"), "reserved"),
    (IPv4Network("224.0.0.0/4"), "multicast"),
    (IPv4Network("240.0.0.0/4"), "reserved"),
    (IPv6Network("fd00:ec2::254/128"), "metadata"),
    (IPv6Network("fd20:ce::254/128"), "metadata"),
    (IPv6Network("::/128"), "unspecified"),
    (IPv6Network("::1/128"), "loopback"),
    (IPv6Network("::ffff:0:0/96"), "mapped"),
    (IPv6Network("::ffff:0:0:0/96"), "mapped"),
    (IPv6Network("::/96"), "mapped"),
    (IPv6Network("64:ff9b::/96"), "nat64"),
    (IPv6Network("64:ff9b:1::/48"), "nat64"),
    (IPv6Network("2001::/32"), "teredo"),
    (IPv6Network("2001::/23"), "reserved"),
    (IPv6Network("2001:db8::/32"), "reserved"),
    (IPv6Network("2002::/16"), "6to4"),
    (IPv6Network("2620:4f:8000::/48"), "reserved"),
    (IPv6Network("3fff::/20"), "reserved"),
    (IPv6Network("fc00::/7"), "private"),
    (IPv6Network("fe80::/10"), "link-local"),
    (IPv6Network("fec0::/10"), "private"),
    (IPv6Network("ff00::/8"), "multicast"),
)
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")


class Guard:
    """Says which addresses may be reached; `allow_networks` are those that the configuration lists."""

    def __init__(self, allow_networks: Iterable[Network] = ()) -> None:
        self._listed = tuple(allow_networks)

    def verdict(self, address: str | Address) -> Verdict:
        """Return why an address may be reached ("public", "listed") or may not."""
        try:
            parsed = _parsed(address) if isinstance(address, str) else address
        except ValueError:
            return "no address"
        listed = any(parsed in network for network in self._listed)
        embedded = _embedded(parsed)
        if embedded is not None and listed:
            # Who lists a translating prefix means the hosts behind it, not this machine by another name.
            inner = self.verdict(embedded)
            return "listed" if inner in PERMITTED else inner
        return "listed" if listed else _unlisted(parsed)

    def check(self, host: str, address: str | Address) -> None:
        """Pass where the address may be reached.

        Raises:
            RefusedAddressError: it may not; names the host and the reason.
        """
        verdict = self.verdict(address)
        if verdict not in PERMITTED:
            raise refusal(host, verdict)


def refusal(host: str, verdict: Verdict) -> RefusedAddressError:
    """Return the error that tells an operator which host was refused, and what would allow it."""
    if verdict == "no address":
        return RefusedAddressError(f"{host} is refused: it is no address in its usual notation")
    if verdict == "metadata":
        # Nobody is told how to open this one.
        return RefusedAddressError(
            f"{host} is refused: its address is a cloud's metadata service, which gives out credentials"
        )
    return RefusedAddressError(
        f"{host} is refused: its address is {verdict}; list its network in [http] allow_networks to allow it"
    )


def host_of(url: str) -> str:
    """Return the host of a url: the part of it that may be logged."""
    try:
        return urlsplit(url).hostname or "(no host)"
    except ValueError:
        return "(no host)"


def user_agent(version: str, contact: str | None) -> str:
    """Return the name that outlets and endpoints see: product, version and whom to reach."""
    return f"Wirewatch/{version} (+{contact})" if contact else f"Wirewatch/{version}"


def open_client(
    guard: Guard,
    *,
    user_agent: str,
    timeout: httpx.Timeout | float = 30.0,
    limits: httpx.Limits | None = None,
    per_host: int = 0,
    tls: ssl.SSLContext | None = None,
    resolver: AbstractResolver | None = None,
    proxy: str | None = None,
) -> httpx.AsyncClient:
    """Return a client that reaches permitted addresses alone: no cookies, no redirects of its own.

    With a `proxy` what is public goes through it, once the target was looked up here and found permitted; listed
    networks are reached directly. The environment names no proxy to it.

    A refused address raises `RefusedAddressError` from the request. `per_host` 0 sets no limit; `tls` and `resolver`
    replace the machine's own.
    """
    logging.getLogger("httpx").addFilter(_without_urls)
    bounds = limits or httpx.Limits(max_connections=100, keepalive_expiry=15.0)
    context = tls or httpx.create_ssl_context(trust_env=False)
    guarded = _GuardedResolver(guard, resolver or ThreadResolver())

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=bounds.max_connections or 0,
                limit_per_host=per_host,
                keepalive_timeout=bounds.keepalive_expiry,
                ssl=context,
                resolver=guarded,
                socket_factory=_socket_factory(guard),
            ),
            # Both jars, aiohttp's and httpx's, would send an outlet's cookies back to it.
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            max_line_size=MAX_HEADER,
            max_field_size=MAX_HEADER,
        )

    direct = _GuardedTransport(guard, session, context, guarded)
    return httpx.AsyncClient(
        transport=direct
        if proxy is None
        else ProxiedTransport(
            direct,
            proxy,
            guarded,
            is_own=lambda address: guard.verdict(address) == "listed",
            tls=context,
            keepalive=bounds.keepalive_expiry,
            most=bounds.max_connections,
        ),
        headers={"User-Agent": user_agent},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
    )


# Each connection asks about its address several times, and the table is long.
_KEPT: Final = 16_384
_parsed = lru_cache(_KEPT)(ip_address)


@lru_cache(_KEPT)
def _unlisted(address: Address) -> Verdict:
    for network, reason in _SPECIAL:
        if address in network:
            return reason
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return "reserved"
    return "public"


def _embedded(address: Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for, where it does."""
    if isinstance(address, IPv4Address):
        return None
    match _unlisted(address):
        case "mapped" | "nat64":
            return IPv4Address(int(address) & 0xFFFFFFFF)
        case "6to4":
            return address.sixtofour
        case "teredo":
            return address.teredo[1] if address.teredo else None
        case _:
            return None


def _socket_factory(guard: Guard) -> Any:
    def make(info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _name, where = info
        verdict = guard.verdict(where[0])
        if verdict not in PERMITTED:
            raise RefusedError(refusal(where[0], verdict))
        return socket.socket(family=family, type=kind, proto=protocol)

    return make


class _GuardedResolver(AbstractResolver):
    """Leaves the permitted addresses of a name, so that one bad one among good ones does no harm."""

    def __init__(self, guard: Guard, inner: AbstractResolver) -> None:
        self._guard = guard
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        verdicts = [(self._guard.verdict(entry["host"]), entry) for entry in found]
        permitted = [entry for verdict, entry in verdicts if verdict in PERMITTED]
        if verdicts and not permitted:
            raise RefusedError(refusal(host, verdicts[0][0]))
        return permitted

    async def close(self) -> None:
        await self._inner.close()


class _GuardedTransport(AiohttpTransport):
    """httpx-aiohttp with the guard in front and faults named as what they are."""

    def __init__(self, guard: Guard, session: Any, tls: ssl.SSLContext, resolver: AbstractResolver) -> None:
        super().__init__(verify=tls, client=session)
        self._guard = guard
        self._resolver = resolver

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.scheme not in {"http", "https"}:
            raise httpx.UnsupportedProtocol("Only http and https are spoken", request=request)
        host = request.url.host
        # A numeric host is decided here: aiohttp asks no resolver for it, and refuses 127.1 with an error of its own.
        if ":" in host or host.replace(".", "").isdigit():
            self._guard.check(host, host)
        if request.url.userinfo:
            # httpx has made a header of it, and aiohttp refuses to have both.
            request.url = request.url.copy_with(username="", password="")
        with named_faults():
            response: httpx.Response = await super().handle_async_request(request)
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = NamedStream(response.stream)
        return response

    async def aclose(self) -> None:
        await super().aclose()
        # aiohttp leaves a resolver open that it was given.
        await self._resolver.close()


def _without_urls(record: logging.LogRecord) -> bool:
    """Drop httpx's line for every request: it holds the url, which may be a secret."""
    return not str(record.msg).startswith("HTTP Request")
