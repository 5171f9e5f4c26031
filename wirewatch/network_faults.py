"""What goes wrong on the way to another machine, named as what it is, without the address."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import aiohttp
import httpx

from wirewatch.errors import RefusedAddressError


class RefusedError(OSError):
    """Carries a refusal through aiohttp, which lets an OSError of a connection pass and nothing else."""

    def __init__(self, error: RefusedAddressError) -> None:
        super().__init__(str(error))
        self.error = error


class NamedStream(httpx.AsyncByteStream):
    """An answer's body whose faults are named as those of the request."""

    def __init__(self, inner: httpx.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes."""
        with named_faults():
            async for chunk in self._inner:
                yield chunk

    async def aclose(self) -> None:
        """Let the connection go."""
        with named_faults():
            await self._inner.aclose()


@contextmanager
def named_faults() -> Iterator[None]:
    """Translate aiohttp's faults to httpx's: httpx-aiohttp calls a disconnect a ConnectTimeout.

    The originals are not chained where their text holds the whole url, which may be a secret.
    """
    try:
        yield
    except (httpx.TransportError, aiohttp.ClientError, TimeoutError) as error:
        fault = error.__cause__ if isinstance(error, httpx.TransportError) and error.__cause__ else error
        for link in _chain(fault):
            if isinstance(link, RefusedError):
                raise link.error from None
        raise _translated(fault) from None


# aiohttp's faults, the more exact ones first: what httpx calls them, and what is said of them.
_FAULTS: Final[tuple[tuple[type[BaseException], type[httpx.TransportError], str], ...]] = (
    (aiohttp.ClientHttpProxyError, httpx.ConnectError, "The proxy does not connect to it"),
    (aiohttp.ClientProxyConnectionError, httpx.ConnectError, "No connection to the proxy"),
    (aiohttp.ClientConnectorCertificateError, httpx.ConnectError, "The certificate is not accepted"),
    (aiohttp.ClientSSLError, httpx.ConnectError, "TLS failed"),
    (aiohttp.ClientConnectorDNSError, httpx.ConnectError, "The host's name is not known"),
    (aiohttp.ClientConnectorError, httpx.ConnectError, "No connection"),
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout, "The connection took too long"),
    (aiohttp.ServerTimeoutError, httpx.ReadTimeout, "The answer took too long"),
    (
        aiohttp.ServerDisconnectedError,
        httpx.RemoteProtocolError,
        "The server closed the connection unanswered",
    ),
    (aiohttp.ClientOSError, httpx.ReadError, "The connection broke"),
    (aiohttp.ClientPayloadError, httpx.RemoteProtocolError, "The answer ended too early"),
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol, "The address is not valid"),
    (aiohttp.ClientResponseError, httpx.RemoteProtocolError, "The answer is not HTTP"),
    (TimeoutError, httpx.ReadTimeout, "The answer took too long"),
    (aiohttp.ClientError, httpx.RemoteProtocolError, "The connection failed"),
)


def _translated(fault: BaseException) -> httpx.TransportError:
    if isinstance(fault, httpx.TransportError):
        return fault
    kind, said = next((to, text) for of, to, text in _FAULTS if isinstance(fault, of))
    detail = _detail(fault)
    return kind(f"{said}: {detail}" if detail else said)


def _detail(fault: BaseException) -> str:
    """Return what a fault says beyond its kind, where that holds no url."""
    match fault:
        case aiohttp.ClientConnectorCertificateError():
            return str(getattr(fault.certificate_error, "verify_message", ""))
        case aiohttp.ClientConnectorDNSError():
            return ""
        case aiohttp.ClientHttpProxyError():
            return f"it answered {fault.status}"
        case aiohttp.ClientConnectorError():
            return fault.os_error.strerror or str(fault.os_error)
        case aiohttp.ClientOSError():
            return fault.strerror or ""
        case aiohttp.ClientResponseError():
            return fault.message[:200]
        case _:
            return ""


def _chain(error: BaseException | None) -> Iterable[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
