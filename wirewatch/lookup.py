"""Looks the names of hosts up, without holding anything else up."""

import asyncio
import socket
from contextlib import suppress
from threading import Thread
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult

# A look-up blocks its thread; a dead name server must not hold up the hosts whose names are known.
MOST_AT_ONCE: Final = 32


class ThreadResolver(AbstractResolver):
    """Asks the system in threads of its own: asyncio's few are shared, and would delay the program's end."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(MOST_AT_ONCE)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host.

        Raises:
            OSError: nobody knows it.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[Any]] = loop.create_future()

        def tell(found: list[Any] | OSError) -> None:
            if answer.done():
                return
            if isinstance(found, OSError):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def look_up() -> None:
            found = _look_up(host, port, family)
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(tell, found)

        async with self._places:
            Thread(target=look_up, name="lookup", daemon=True).start()
            infos = await answer
        return [
            ResolveResult(
                hostname=host,
                host=str(where[0]),
                port=int(where[1]),
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _type, protocol, _name, where in infos
        ]

    async def close(self) -> None:
        """Leave the threads that still wait to themselves."""


def _look_up(host: str, port: int, family: socket.AddressFamily) -> list[Any] | OSError:
    try:
        return list(socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM))
    except OSError as error:
        return error
    except UnicodeError:
        return OSError(f"{host!r} is no host name")
