"""The keys that `wirewatch.toml` may hold, each with what reads and checks its value."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from wirewatch.config_values import (
    MistakeError,
    age,
    choice,
    headers,
    host_and_port,
    language,
    networks,
    secret,
    span,
    switch,
    text,
    texts,
    web_address,
    whole,
)
from wirewatch.console_values import CONSOLE
from wirewatch.desk_values import DESK
from wirewatch.settings import EndpointSettings, Secret

SLACK: Final = "https://slack.com/api/"
Reader = Callable[[object], Any]
_LONG: Final = 16
_MAIL_SERVER: Final = re.compile(r"smtps?://")
_OF_ANOTHER_KIND: Final = re.compile(r"(?!https?:|[\w.-]+:\d)[a-z][a-z0-9+.-]*:")


def _path(value: object) -> Path:
    return Path(text(value)).expanduser()


def _servers(value: object) -> str:
    given = text(value)
    servers = [server.strip() for server in given.split(",")]
    for server in servers:
        _, _, port = server.rpartition(":")
        if not re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}", server) or not 0 < int(port) < 65536:
            raise MistakeError(f'{server!r} is no server; write for example "kafka-1:9092,kafka-2:9092"')
    return ",".join(servers)


def _long_secret(value: object) -> Secret:
    """A secret that nobody tries out."""
    found = secret(value)
    if len(found.reveal()) < _LONG:
        raise MistakeError(
            f"is too short to be a secret: {_LONG} characters and more, for example 32 hex digits"
        )
    return found


def _prefix(value: object) -> str:
    given = text(value)
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", given):
        raise MistakeError(f"{given!r} may have letters, digits, '.', '_' and '-' alone")
    return given


def _feed_address(value: object) -> Secret | str:
    """An address that comes from the environment or a file is secret; one that stands in the file is not."""
    given = text(value)
    found = secret(value)
    if _OF_ANOTHER_KIND.match(found.reveal()):
        # Which kinds of sources there are, the connectors know.
        return found.reveal()
    checked = web_address(found)
    return checked if given.startswith(("env:", "file:")) else checked.reveal()


def _endpoint_address(value: object) -> Secret:
    """The web address of a webhook, or a mail server's; which of them a kind wants it checks itself."""
    found = secret(value)
    return found if _MAIL_SERVER.match(found.reveal()) else web_address(found)


def _full_text(value: object) -> str:
    """true, false, or "cut"; each also by its name."""
    if isinstance(value, bool):
        return "always" if value else "never"
    return str(choice("cut", "always", "never")(value))


_KAFKA: Final[dict[str, Reader]] = {
    "bootstrap_servers": _servers,
    "topic_prefix": _prefix,
    "security_protocol": choice("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
    "sasl_mechanism": choice("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"),
    "sasl_username": text,
    "sasl_password": secret,
    "ca_file": _path,
    "cert_file": _path,
    "key_file": _path,
    "replication_factor": whole(1, 9),
}
_HTTP: Final[dict[str, Reader]] = {
    "allow_networks": networks,
    "contact": text,
    "per_host": whole(1, 100),
    "concurrency": whole(1, 10_000),
    "timeout": span,
    "full_text": _full_text,
    "max_bytes": whole(1024, 1024**3),
    "proxy": lambda value: web_address(secret(value)),
}
_WEBSUB: Final[dict[str, Reader]] = {
    "callback": lambda value: web_address(secret(value)).reveal(),
    "listen": host_and_port,
    "secret": _long_secret,
}
_ALERTS: Final[dict[str, Reader]] = {"max_story_age": age}
_OPERATIONS: Final[dict[str, Reader]] = {
    "endpoint": text,
    "metrics": lambda value: None if value == "off" else host_and_port(value),
    "canary": lambda value: None if value == "off" else span(value),
    "heartbeat": lambda value: web_address(secret(value)),
}
_STATE: Final[dict[str, Reader]] = {"folder": _path}
_FEED: Final[dict[str, Reader]] = {
    "url": _feed_address,
    "name": text,
    "language": language,
    "tier": whole(1, 3),
    "interval": span,
    "headers": headers,
    "username": text,
    "password": secret,
    "token": secret,
    "full_text": _full_text,
    "redistribute": switch,
    "own": switch,
    "tags": lambda value: () if value == [] else texts(value),
}
_ENDPOINT: Final[dict[str, Reader]] = {
    "id": text,
    "kind": choice("standard", "slack", "teams", "discord", "mattermost", "ntfy", "email"),
    "url": _endpoint_address,
    "secret": secret,
    "fallback": text,
    "from": text,
    "to": lambda value: () if value == [] else texts(value),
    "username": text,
    "tls": switch,
    "channel": text,
    "per_minute": whole(1, 6000),
}
TABLES: Final = {
    "kafka": _KAFKA,
    "state": _STATE,
    "http": _HTTP,
    "websub": _WEBSUB,
    "alerts": _ALERTS,
    "operations": _OPERATIONS,
    "console": CONSOLE,
}
LISTS: Final = {"feeds": _FEED, "endpoints": _ENDPOINT, "desks": DESK}
NEEDED: Final = {"feeds": ("url",), "endpoints": ("id", "kind", "url"), "desks": ("id", "endpoints")}


def filled(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of a list with what follows from its other keys: a bot of Slack speaks to Slack."""
    if name == "endpoints" and entry.get("kind") == "slack" and "channel" in entry and "url" not in entry:
        return {**entry, "url": SLACK}
    return entry


def endpoint_of(read: dict[str, Any]) -> EndpointSettings:
    """Return an endpoint of what was read under its keys."""
    return EndpointSettings(**{"sender" if key == "from" else key: value for key, value in read.items()})
