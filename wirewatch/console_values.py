"""Reads `[console]`."""

import re
from collections.abc import Callable
from typing import Any, Final

from wirewatch.config_values import MistakeError, host_and_port, secret, suggest, text, web_address
from wirewatch.console_settings import ConsoleUser

_HASHES: Final = {
    "password": re.compile(r"scrypt\$[A-Za-z0-9+/=]{20,200}\$[A-Za-z0-9+/=]{40,200}"),
    "token": re.compile(r"sha256\$[0-9a-f]{64}"),
}


def users(value: object) -> tuple[ConsoleUser, ...]:
    """Return the users: each with a name, and a password or a token, hashed."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise MistakeError(f"{value!r} is no list of tables; write [[console.users]]")
    found = tuple(_user(each) for each in value)
    names = [each.name for each in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise MistakeError(f"two users are named {twice!r}")
    return found


def _user(given: dict[str, object]) -> ConsoleUser:
    known = ("name", "password", "token")
    for key in given:
        if key not in known:
            raise MistakeError(f"a user's {key!r} is not known{suggest(key, known)}")
    if "name" not in given:
        raise MistakeError("a user has no name")
    name = text(given["name"])[:60]
    if "password" not in given and "token" not in given:
        raise MistakeError(f"{name!r} has neither password nor token")
    return ConsoleUser(
        name, **{key: _hashed(key, name, given[key]) for key in ("password", "token") if key in given}
    )


def _hashed(key: str, name: str, value: object) -> str:
    found = secret(value).reveal()
    if not _HASHES[key].fullmatch(found):
        # Not repeated: what stands there may be the password itself.
        raise MistakeError(
            f"the {key} of {name!r} is not hashed; `wirewatch console --hash` makes what stands there"
        )
    return found


def _public(value: object) -> str:
    return web_address(secret(value)).reveal().rstrip("/")


CONSOLE: Final[dict[str, Callable[[object], Any]]] = {
    "listen": host_and_port,
    "public_url": _public,
    "users": users,
}
