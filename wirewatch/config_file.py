"""Reads `wirewatch.toml` as a whole: every mistake is told at once, with its line and key, and what was meant."""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from msgspec import Struct

from wirewatch.config_values import (
    MistakeError,
    age,
    choice,
    headers,
    host_and_port,
    language,
    networks,
    on_allowed_network,
    secret,
    span,
    suggest,
    switch,
    text,
    texts,
    web_address,
    whole,
)
from wirewatch.console_settings import ConsoleSettings
from wirewatch.console_values import CONSOLE
from wirewatch.desk_values import DESK, desk_mistakes, desk_of
from wirewatch.errors import SettingsError
from wirewatch.settings import (
    DEFAULT_FILE,
    AlertSettings,
    EndpointSettings,
    FeedSettings,
    HttpSettings,
    KafkaSettings,
    OperationsSettings,
    Secret,
    Settings,
    WebSubSettings,
)

S = TypeVar("S", bound=Struct)
Reader = Callable[[object], Any]
POLL_FLOOR: Final = 60.0
VARIABLE: Final = "WIREWATCH_CONFIG"


_OF_ANOTHER_KIND: Final = re.compile(r"(?!https?:|[\w.-]+:\d)[a-z][a-z0-9+.-]*:")


EndpointCheck = Callable[[EndpointSettings], list[str]]


FeedCheck = Callable[[str], str | None]


def _web_alone(address: str) -> str | None:  # noqa: ARG001 - stands in where no kinds are known
    return "is no web address that begins with http:// or https://"


def _no_check(endpoint: EndpointSettings) -> list[str]:  # noqa: ARG001 - stands in where no kinds are known
    return []


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


def _full_text(value: object) -> str:
    """true, false, or "cut"; each also by its name."""
    if isinstance(value, bool):
        return "always" if value else "never"
    return str(choice("cut", "always", "never")(value))


def _host(address: Secret | str) -> str:
    found = re.match(
        r"https?://(?:[^@/]*@)?([^/:?#]+)", address.reveal() if isinstance(address, Secret) else address
    )
    if found is None and not isinstance(address, Secret):
        return address.rstrip("/").rpartition("/")[2] or "feed"
    return found.group(1) if found else "feed"


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
}
_WEBSUB: Final[dict[str, Reader]] = {
    "callback": lambda value: web_address(secret(value)).reveal(),
    "listen": host_and_port,
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
    "kind": choice("standard", "slack", "teams", "discord", "mattermost", "ntfy"),
    "url": lambda value: web_address(secret(value)),
    "secret": secret,
    "fallback": text,
}
_TABLES: Final = {
    "kafka": _KAFKA,
    "state": _STATE,
    "http": _HTTP,
    "websub": _WEBSUB,
    "alerts": _ALERTS,
    "operations": _OPERATIONS,
    "console": CONSOLE,
}
_LISTS: Final = {"feeds": _FEED, "endpoints": _ENDPOINT, "desks": DESK}
_NEEDED: Final = {"feeds": ("url",), "endpoints": ("id", "kind", "url"), "desks": ("id", "endpoints")}


def find_file(given: Path | None = None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the configuration to read: the one given, else `WIREWATCH_CONFIG`, else `wirewatch.toml` where it stands."""
    if given is not None:
        return given
    if environment.get(VARIABLE):
        return Path(environment[VARIABLE]).expanduser()
    return Path(DEFAULT_FILE) if Path(DEFAULT_FILE).exists() else None


def load_settings(
    file: Path | None,
    *,
    state: Path | None = None,
    check_endpoint: EndpointCheck = _no_check,
    check_feed: FeedCheck = _web_alone,
) -> Settings:
    """Return the settings of a file; the defaults where there is none. `state` overrides the state folder.

    Raises:
        SettingsError: it cannot be read, or has mistakes: all of them, a line each.
    """
    if file is None:
        return Settings(state_folder=state or Settings().state_folder)
    try:
        written = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SettingsError(f"There is no configuration {file}; `wirewatch init` writes one") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The configuration {file} cannot be read: {error}") from error
    return parse_settings(
        written, file=file, state=state, check_endpoint=check_endpoint, check_feed=check_feed
    )


def parse_settings(
    written: str,
    *,
    file: Path | None = None,
    state: Path | None = None,
    check_endpoint: EndpointCheck = _no_check,
    check_feed: FeedCheck = _web_alone,
) -> Settings:
    """Return the settings that a TOML text gives; the checks know the kinds of endpoints, and of feeds off the web.

    Raises:
        SettingsError: it has mistakes: all of them, a line each.
    """
    name = str(file or "the configuration")
    try:
        document = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name} is no valid TOML: {error}") from error
    reader = _Document(written, document, check_endpoint, check_feed)
    settings = reader.settings(file, state)
    if reader.mistakes:
        raise SettingsError(
            f"{name} has {len(reader.mistakes)} mistake(s):\n  " + "\n  ".join(reader.mistakes)
        )
    return settings


class _Document:
    """A parsed file with its mistakes."""

    def __init__(
        self, written: str, document: dict[str, Any], check_endpoint: EndpointCheck, check_feed: FeedCheck
    ) -> None:
        self._check_endpoint = check_endpoint
        self._check_feed = check_feed
        self._lines = written.splitlines()
        self._document = document
        # Every entry of a list with its place, whole or not: one mistake hides no other.
        self._entries: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        self._found: list[tuple[int, str]] = []

    @property
    def mistakes(self) -> list[str]:
        """Return the mistakes in the order of their lines."""
        return [mistake for _, mistake in sorted(self._found)]

    def settings(self, file: Path | None, state: Path | None) -> Settings:
        self._unknown(self._document, {*_TABLES, *_LISTS}, "", 0)
        http = self._one("http", HttpSettings)
        folder = self._table("state").get("folder", Settings().state_folder)
        if file is not None and not folder.is_absolute():
            # Relative to the file, so that a stage started from elsewhere finds the same folder.
            folder = file.resolve().parent / folder
        settings = Settings(
            kafka=self._one("kafka", KafkaSettings),
            state_folder=state or folder,
            http=http,
            websub=self._one("websub", WebSubSettings),
            alerts=self._one("alerts", AlertSettings),
            feeds=self._feeds(http),
            endpoints=self._many("endpoints", EndpointSettings),
            console=self._one("console", ConsoleSettings),
            desks=tuple(desk_of(read) for _, read in self._complete("desks")),
            operations=self._one("operations", OperationsSettings),
            file=file,
        )
        self._check_together(settings)
        return settings

    def _one(self, name: str, kind: type[S]) -> S:
        return kind(**self._table(name))

    def _table(self, name: str) -> dict[str, Any]:
        given = self._document.get(name, {})
        if not isinstance(given, dict):
            self._say(name, 0, f"is no table; write [{name}]")
            return {}
        return self._read(given, _TABLES[name], name, 0)

    def _many(self, name: str, kind: type[S]) -> tuple[S, ...]:
        return tuple(kind(**read) for _, read in self._complete(name))

    def _feeds(self, http: HttpSettings) -> tuple[FeedSettings, ...]:
        feeds = []
        networks_mistaken = any("allow_networks" in mistake for mistake in self.mistakes)
        for place, read in self._complete("feeds"):
            read.setdefault("name", _host(read["url"]))
            feed = FeedSettings(**read)
            on_web = feed.address.startswith(("http:", "https:"))
            mistake = None if on_web else self._check_feed(feed.address)
            if mistake is not None:
                self._say("feeds.url", place, mistake)
            if feed.token is not None and feed.password is not None:
                self._say("feeds", place, "has a token and a password; an outlet asks for one of them")
            if feed.username is not None and feed.password is None:
                self._say("feeds.username", place, "needs a password beside it")
            quick = on_web and feed.interval is not None and feed.interval < POLL_FLOOR
            # Where the networks themselves are mistaken, that is the mistake to mend.
            if quick and not networks_mistaken and not on_allowed_network(feed.address, http.allow_networks):
                self._say(
                    "feeds.interval", place, "is under 60s, which is for feeds on [http] allow_networks alone"
                )
            feeds.append(feed)
        return tuple(feeds)

    def _complete(self, name: str) -> list[tuple[int, dict[str, Any]]]:
        """Return the entries of a list that have all they need, with their place."""
        given = self._document.get(name, [])
        if not isinstance(given, list) or not all(isinstance(entry, dict) for entry in given):
            self._say(name, 0, f"is no list of tables; write [[{name}]]")
            self._entries[name] = []
            return []
        entries = [(place, self._read(entry, _LISTS[name], name, place)) for place, entry in enumerate(given)]
        for place, entry in enumerate(given):
            for key in _NEEDED[name]:
                if key not in entry:
                    self._say(name, place, f"{key} is missing")
        self._entries[name] = entries
        return [(place, read) for place, read in entries if all(key in read for key in _NEEDED[name])]

    def _read(
        self, given: dict[str, Any], readers: Mapping[str, Reader], name: str, place: int
    ) -> dict[str, Any]:
        self._unknown(given, set(readers), name, place)
        read = {}
        for key, value in given.items():
            if key in readers:
                try:
                    read[key] = readers[key](value)
                except MistakeError as mistake:
                    self._say(f"{name}.{key}", place, str(mistake))
        return read

    def _unknown(self, given: Mapping[str, Any], known: set[str], name: str, place: int) -> None:
        for key in given:
            if key not in known:
                where = f"{name}.{key}" if name else key
                self._say(where, place, f"is not known{suggest(key, known)}")

    def _check_together(self, settings: Settings) -> None:
        endpoints, desks = self._entries["endpoints"], self._entries["desks"]
        known = {read["id"] for _, read in endpoints if "id" in read}
        for place, key, mistake in desk_mistakes(desks, known):
            self._say(f"desks.{key}", place, mistake)
        told = settings.operations.endpoint
        if told is not None and told not in known:
            self._say("operations.endpoint", 0, f"{told!r} is no endpoint{suggest(told, known)}")
        for place, each in zip(self._whole("endpoints"), settings.endpoints, strict=True):
            given = self._document["endpoints"][place]
            if each.kind == "standard" and each.secret is None:
                # A secret that stands there and cannot be read is told already.
                if "secret" not in given:
                    self._say(
                        "endpoints", place, f"{each.id!r} needs a secret to sign with: whsec_ and base64"
                    )
                continue
            for mistake in self._check_endpoint(each):
                self._say("endpoints", place, mistake)
        self._check_fallbacks()
        for name in ("endpoints", "desks"):
            self._twice(name, [(place, read["id"]) for place, read in self._entries[name] if "id" in read])
        feeds = zip(self._whole("feeds"), settings.feeds, strict=True)
        self._twice(
            "feeds", [(place, feed.id) for place, feed in feeds], [feed.name for feed in settings.feeds]
        )
        self._check_kafka(settings.kafka)

    def _check_kafka(self, kafka: KafkaSettings) -> None:
        given = self._document.get("kafka", {})
        if not isinstance(given, dict):
            return
        missing = [key for key in ("sasl_username", "sasl_password") if key not in given]
        if kafka.security_protocol.startswith("SASL") and missing:
            self._say("kafka", 0, f"{kafka.security_protocol} needs {' and '.join(missing)}")

    def _whole(self, name: str) -> list[int]:
        """Return the places of the entries that have all they need."""
        return [place for place, read in self._entries[name] if all(key in read for key in _NEEDED[name])]

    def _check_fallbacks(self) -> None:
        known = {read["id"]: read for _, read in self._entries["endpoints"] if "id" in read}
        for place, read in self._entries["endpoints"]:
            name = read.get("fallback")
            if name is None:
                continue
            if name == read.get("id"):
                self._say("endpoints.fallback", place, f"{name!r} is this endpoint itself; name another")
            elif name not in known:
                self._say("endpoints.fallback", place, f"{name!r} is no endpoint{suggest(name, known)}")
            elif known[name].get("fallback") is not None:
                # Two that fail would else pass an alert to and fro.
                self._say(
                    "endpoints.fallback", place, f"{name!r} has a fallback itself; name one that has none"
                )

    def _twice(self, name: str, ids: list[tuple[int, str]], names: list[str] | None = None) -> None:
        seen: set[str] = set()
        for number, (place, each) in enumerate(ids):
            if each in seen:
                shown = names[number] if names else each
                self._say(name, place, f"{shown!r} stands there twice")
            seen.add(each)

    def _say(self, key: str, place: int, what: str) -> None:
        line = self._line(key, place)
        self._found.append((line or 0, f"line {line}: {key}: {what}" if line else f"{key}: {what}"))

    def _line(self, key: str, place: int) -> int | None:
        """Return where a key stands: tomllib does not say, so its table's header is looked for, then the key."""
        table, _, name = key.partition(".")
        pattern = re.compile(rf"\s*\[\[?\s*{re.escape(table)}\s*\]\]?")
        headers = [number for number, line in enumerate(self._lines, 1) if pattern.match(line)]
        if place >= len(headers):
            own = re.compile(rf"\s*\"?{re.escape(table)}\"?\s*=")
            return next((number for number, line in enumerate(self._lines, 1) if own.match(line)), None)
        start = headers[place]
        for number in range(start, len(self._lines) + 1 if name else start):
            line = self._lines[number - 1]
            if number > start and line.lstrip().startswith("["):
                break
            if re.match(rf"\s*\"?{re.escape(name)}\"?\s*=", line):
                return number
        return start
