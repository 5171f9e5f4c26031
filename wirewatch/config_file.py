"""Reads `wirewatch.toml` as a whole: every mistake is told at once, with its line and key, and what was meant."""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from msgspec import Struct

from wirewatch.config_keys import LISTS, NEEDED, TABLES, Reader, endpoint_of, filled
from wirewatch.config_lines import line_of
from wirewatch.config_together import EndpointCheck, mistakes_together
from wirewatch.config_values import MistakeError, on_allowed_network, suggest
from wirewatch.console_settings import ConsoleSettings
from wirewatch.desk_values import desk_of
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
POLL_FLOOR: Final = 60.0
VARIABLE: Final = "WIREWATCH_CONFIG"
FeedCheck = Callable[[str], str | None]


def _web_alone(address: str) -> str | None:  # noqa: ARG001 - stands in where no kinds are known
    return "is no web address that begins with http:// or https://"


def _no_check(endpoint: EndpointSettings) -> list[str]:  # noqa: ARG001 - stands in where no kinds are known
    return []


def _host(address: Secret | str) -> str:
    found = re.match(
        r"https?://(?:[^@/]*@)?([^/:?#]+)", address.reveal() if isinstance(address, Secret) else address
    )
    if found is None and not isinstance(address, Secret):
        return address.rstrip("/").rpartition("/")[2] or "feed"
    return found.group(1) if found else "feed"


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
        self._unknown(self._document, {*TABLES, *LISTS}, "", 0)
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
            endpoints=tuple(endpoint_of(read) for _, read in self._complete("endpoints")),
            console=self._one("console", ConsoleSettings),
            desks=tuple(desk_of(read) for _, read in self._complete("desks")),
            operations=self._one("operations", OperationsSettings),
            file=file,
        )
        for key, place, mistake in mistakes_together(
            self._document, self._entries, settings, self._check_endpoint
        ):
            self._say(key, place, mistake)
        return settings

    def _one(self, name: str, kind: type[S]) -> S:
        return kind(**self._table(name))

    def _table(self, name: str) -> dict[str, Any]:
        given = self._document.get(name, {})
        if not isinstance(given, dict):
            self._say(name, 0, f"is no table; write [{name}]")
            return {}
        return self._read(given, TABLES[name], name, 0)

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
        given = [filled(name, entry) for entry in given]
        entries = [(place, self._read(entry, LISTS[name], name, place)) for place, entry in enumerate(given)]
        for place, entry in enumerate(given):
            for key in NEEDED[name]:
                if key not in entry:
                    self._say(name, place, f"{key} is missing")
        self._entries[name] = entries
        return [(place, read) for place, read in entries if all(key in read for key in NEEDED[name])]

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

    def _say(self, key: str, place: int, what: str) -> None:
        line = line_of(self._lines, key, place)
        self._found.append((line or 0, f"line {line}: {key}: {what}" if line else f"{key}: {what}"))
