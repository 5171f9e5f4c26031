"""A connection past HTTP (to a mail server) under the same guard: looked up, judged, and only then connected."""

import asyncio
import socket
from contextlib import suppress

from aiohttp.abc import AbstractResolver

from wirewatch.lookup import ThreadResolver
from wirewatch.network import PERMITTED, Guard, refusal


async def connect(
    guard: Guard, host: str, port: int, *, resolver: AbstractResolver | None = None
) -> socket.socket:
    """Return a connected socket to the first permitted address of a host that answers.

    Raises:
        RefusedAddressError: none of its addresses may be reached.
        OSError: nobody knows the host, or nobody answers there.
    """
    found = await (resolver or ThreadResolver()).resolve(host, port)
    permitted = [each for each in found if guard.verdict(each["host"]) in PERMITTED]
    if found and not permitted:
        raise refusal(host, guard.verdict(found[0]["host"]))
    fault: OSError = OSError(f"{host} has no address")
    for each in permitted:
        made = socket.socket(each["family"], socket.SOCK_STREAM)
        try:
            made.setblocking(False)
            await asyncio.get_running_loop().sock_connect(made, (each["host"], each["port"]))
        except BaseException as error:
            with suppress(OSError):
                made.close()
            if not isinstance(error, OSError):
                raise
            fault = error
        else:
            return made
    raise fault
