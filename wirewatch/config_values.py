"""Reads single values of the configuration: durations, networks, addresses, secrets. Mistakes are told, not raised."""

import os
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from wirewatch.settings import Network, Secret

V = TypeVar("V")
_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}")
# What a request says of itself, or of how it is carried.
_OWN_HEADERS: Final = frozenset(
    [
        "host", "connection", "content-length", "transfer-encoding", "te", "upgrade", "accept-encoding", "cookie",
        "if-none-match", "if-modified-since", "range", "user-agent",
    ]
)  # fmt: skip
_UNITS: Final = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


class MistakeError(ValueError):
    """A value that cannot be used; the text says why and what could stand there."""


def seconds(value: object) -> float:
    """Return "90s", "15m", "1h30m" or "2d" in seconds."""
    if isinstance(value, str):
        text = value.strip().lower()
        pieces = _DURATION.findall(text)
        if pieces and _DURATION.sub("", text).strip() == "":
            return float(sum(float(number) * _UNITS[unit] for number, unit in pieces))
    raise MistakeError(f'{value!r} is no duration; write for example "90s", "15m", "24h" or "7d"')


def span(value: object) -> float:
    """Return a duration that is longer than nothing, in seconds."""
    found = seconds(value)
    if not found:
        raise MistakeError(f"{value!r} is no time at all")
    return found


def age(value: object) -> timedelta | None:
    """Return a duration, or None for "off"."""
    if value == "off":
        return None
    try:
        return timedelta(seconds=span(value))
    except OverflowError as error:
        raise MistakeError(f'{value!r} is longer than any archive; write "off"') from error


def language(value: object) -> str:
    """Return a language tag (BCP 47): "en", "pt-BR"."""
    given = text(value)
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", given):
        raise MistakeError(f'{given!r} is no language tag; write for example "en" or "pt-BR"')
    return given


def text(value: object) -> str:
    """Return a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise MistakeError(f"{value!r} is no text")
    return value.strip()


def texts(value: object) -> tuple[str, ...]:
    """Return a list of texts."""
    if not isinstance(value, list) or not value:
        raise MistakeError(f"{value!r} is no list of texts")
    return tuple(text(item) for item in value)


def whole(low: int, high: int) -> Callable[[object], int]:
    """Return a reader of whole numbers from `low` to `high`."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise MistakeError(f"{value!r} is no whole number from {low} to {high}")
        return value

    return read


def switch(value: object) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise MistakeError(f"{value!r} is neither true nor false, which stand without quotes")
    return value


def choice(*names: str) -> Callable[[object], Any]:
    """Return a reader of one of some names."""

    def read(value: object) -> str:
        if value not in names:
            raise MistakeError(f"{value!r} is none of {', '.join(names)}{suggest(str(value), names)}")
        return str(value)

    return read


def network(value: object) -> Network:
    """Return a network: "127.0.0.0/8", or a single address."""
    try:
        found = ip_network(text(value), strict=False)
    except ValueError as error:
        raise MistakeError(
            f'{value!r} is no network; write for example "127.0.0.0/8" or "10.1.2.3"'
        ) from error
    address = text(value).partition("/")[0]
    if ip_address(address) != found.network_address:
        # "10.1.2.3/8" opens sixteen million addresses to somebody who meant one.
        raise MistakeError(f"{value!r} is an address within a network; write {str(found)!r} or {address!r}")
    return found


def networks(value: object) -> tuple[Network, ...]:
    """Return a list of networks."""
    if not isinstance(value, list):
        raise MistakeError(f'{value!r} is no list; write for example ["127.0.0.0/8"]')
    return tuple(network(item) for item in value)


def secret(value: object, environment: Mapping[str, str] = os.environ) -> Secret:
    """Return a value that is given as it is, as "env:NAME" or as "file:PATH"."""
    given = text(value)
    if given.startswith("env:"):
        name = given[4:]
        if not environment.get(name):
            raise MistakeError(f"the environment variable {name} is not set")
        return Secret(environment[name].strip(), given)
    if given.startswith("file:"):
        path = Path(given[5:]).expanduser()
        try:
            return Secret(path.read_text(encoding="utf-8").strip(), given)
        except (OSError, UnicodeDecodeError) as error:
            raise MistakeError(f"the file {path} cannot be read: {error.__class__.__name__}") from error
    return Secret(given)


def headers(value: object) -> tuple[tuple[str, Secret], ...]:
    """Return a table of request headers, each value a secret."""
    if not isinstance(value, dict):
        raise MistakeError('is no table; write for example { "X-Api-Key" = "env:WIRE_KEY" }')
    found = []
    for name, given in value.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS:
            raise MistakeError(f"{name!r} is no header that may be set")
        held = secret(given)
        if not held.reveal().isprintable() or not held.reveal().isascii():
            raise MistakeError(f"the value of {name!r} is no text of printable ASCII signs")
        found.append((name, held))
    return tuple(found)


def host_and_port(value: object) -> str:
    """Return "127.0.0.1:8790": a machine's own address and a port."""
    given = text(value)
    if (
        not re.fullmatch(r"(?:[\w.-]{1,200}|\[[0-9a-fA-F:.]{2,45}\]):\d{1,5}", given)
        or int(given.rpartition(":")[2]) > 65_535
    ):
        raise MistakeError(f'{given!r} is no address with a port; write for example "127.0.0.1:8790"')
    return given


def web_address(address: Secret) -> Secret:
    """Return an http or https address, checked; what it is stays secret in the mistake, too."""
    try:
        parts = urlsplit(address.reveal())
        _ = parts.port
    except ValueError as error:
        raise MistakeError("is no web address") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise MistakeError("is no web address that begins with http:// or https://")
    return address


def on_allowed_network(address: str, allowed: tuple[Network, ...]) -> bool:
    """Whether the address names a machine, by number or as localhost, on one of these networks."""
    host = urlsplit(address).hostname or ""
    try:
        found = ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return False
    return any(found in network for network in allowed)


def suggest(given: str, known: Any) -> str:
    """Return "; did you mean ...?" where a known name is close, else nothing."""
    close = get_close_matches(given, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
