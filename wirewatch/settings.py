"""The one validated configuration: what `wirewatch.toml` may say. `wirewatch.config_file` reads and checks it.

Durations are in seconds. Anything secret is held as a `Secret`, which shows itself to nobody.
"""

from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from wirewatch.console_settings import ConsoleSettings
from wirewatch.desk_settings import FigureWatch, Match, Window
from wirewatch.ids import identify
from wirewatch.messages import AlertKind, Priority

Network = IPv4Network | IPv6Network
# Whether a story's own page is asked for: where its text is cut off ("cut"), or whenever the feed gives less.
FullText = Literal["never", "cut", "always"]
EndpointKind = Literal["standard", "slack", "teams", "discord", "mattermost", "ntfy", "email"]
DEFAULT_FILE: Final = "wirewatch.toml"


class Secret:
    """A value that appears in no log, error, topic or page; `reveal` is called where it is used, and nowhere else."""

    __slots__ = ("_origin", "_value")

    def __init__(self, value: str, origin: str = "given") -> None:
        self._value = value
        self._origin = origin

    def reveal(self) -> str:
        """Return the value itself."""
        return self._value

    def __repr__(self) -> str:
        """Say where it comes from, never what it is."""
        return f"<secret {self._origin}>"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        """Compare by value."""
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        """Hash by value."""
        return hash(self._value)


class KafkaSettings(Struct, frozen=True):
    """Which Kafka; without servers, the embedded one on the state folder."""

    bootstrap_servers: str | None = None
    topic_prefix: str = "wirewatch."
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    sasl_username: str | None = None
    sasl_password: Secret | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    # Copies of each topic: 1 on the embedded broker, 3 on a cluster that should survive the loss of a machine.
    replication_factor: int = 1


class HttpSettings(Struct, frozen=True):
    """Outgoing connections: feeds and webhooks."""

    # Private networks that feeds and webhooks may reach; none by default.
    allow_networks: tuple[Network, ...] = ()
    # Named in the User-Agent, so that an outlet can reach the operator: an address or a page.
    contact: str | None = None
    # At most so many requests at a time to one host, and in all.
    per_host: int = 2
    concurrency: int = 100
    timeout: float = 30.0
    max_bytes: int = 10 * 1024 * 1024
    full_text: FullText = "never"
    # What is public is asked for through it; its address may hold a name and a password.
    proxy: Secret | None = None

    @property
    def proxy_address(self) -> str | None:
        """Return the proxy's address itself."""
        return None if self.proxy is None else self.proxy.reveal()


class WebSubSettings(Struct, frozen=True):
    """Hubs tell of news where they can reach this machine."""

    # The public address that leads to `listen`; without it no hub is asked.
    callback: str | None = None
    listen: str = "127.0.0.1:8790"
    # The same for all pollers behind one callback: each then knows the callbacks of the others.
    secret: Secret | None = None


class AlertSettings(Struct, frozen=True):
    """What is still news."""

    # None: any age rings ("off").
    max_story_age: timedelta | None = timedelta(hours=24)


@lru_cache(maxsize=32_768)
def _feed_id(name: str, address: str) -> str:
    """Return a feed's id, which is asked for at every step of a poll."""
    return identify("feed", name, address)


class FeedSettings(Struct, frozen=True):
    """A feed that is polled."""

    url: Secret | str
    name: str
    language: str | None = None
    # 1: agencies and outlets of record; 2: others; 3: aggregators and rewriters.
    tier: int = 2
    # The user's own wish in seconds; None leaves it to what the feed is seen to do.
    interval: float | None = None
    # False where the outlet's terms ask for it: alerts carry headline and link alone.
    redistribute: bool = True
    # What a paid wire is asked with: headers of its own; a name with a password; a token.
    headers: tuple[tuple[str, Secret], ...] = ()
    username: str | None = None
    password: Secret | None = None
    token: Secret | None = None
    # The newsroom's own page: desks may ask what others have and it has not.
    own: bool = False
    # None: what holds for all feeds, [http] full_text.
    full_text: FullText | None = None
    # Folders, in lists of feeds of other programs.
    tags: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Return the url itself, secret or not."""
        return self.url.reveal() if isinstance(self.url, Secret) else self.url

    @property
    def id(self) -> str:
        """Return the feed's id: the same as long as its name and address stay."""
        return _feed_id(self.name, self.address)


class EndpointSettings(Struct, frozen=True, rename={"sender": "from"}):
    """Where alerts are delivered to."""

    id: str
    kind: EndpointKind
    url: Secret
    # Standard Webhooks: "whsec_" and base64. Needed by `standard`.
    secret: Secret | None = None
    # Another endpoint, which gets a flash that this one does not take in time.
    fallback: str | None = None
    # Of `email`: who it is from, who gets it, who logs in (with `secret`), and whether TLS is asked for.
    sender: str | None = None
    to: tuple[str, ...] = ()
    username: str | None = None
    tls: bool = True
    # Of `slack`: where a bot posts, with its token as `secret`.
    channel: str | None = None
    # At most so many attempts a minute, a flash not counted; None leaves it to what the endpoint says.
    per_minute: int | None = None


class DeskSettings(Struct, frozen=True, rename={"passes_on": "continue"}):
    """Who hears of what, and when."""

    id: str
    endpoints: tuple[str, ...]
    kinds: tuple[AlertKind, ...] = ("record", "escalation")
    # Nothing below this priority.
    at_least: Priority = "bulletin"
    match: Match | None = None
    # The desk whose stories this one chooses from.
    under: str | None = None
    # False: what it takes, the desks after it and the one above it do not hear of.
    passes_on: bool = True
    # It hears of what no other desk takes.
    default: bool = False
    # A first-tier outlet, or so many independent ones, before anything but a flash is told.
    corroborate: int = 1
    # Seconds before the first word of what is below `at_once`.
    group_wait: float = 0.0
    at_once: Priority = "flash"
    # Minutes of the day at which all but a flash is told in one message.
    digest: tuple[int, ...] = ()
    # Minutes of the day at which a shift ends: one line says what came in, and that all is well.
    shifts: tuple[int, ...] = ()
    timezone: str = "UTC"
    quiet_hours: tuple[Window, ...] = ()
    # At most so many messages an hour, a flash not counted.
    cap: int | None = None
    # Seconds for which a flash on two parties holds back bulletins on the same two.
    inhibit: float | None = None
    # A figure that changes by a smaller share than this makes no revision.
    figure_change: float = 0.0
    # Whether the first outlet of the first tier makes a revision.
    first_tier_1: bool = False
    escalate_to: str | None = None
    # Seconds in which somebody must acknowledge.
    escalate_after: float = 600.0
    escalate_from: Priority = "flash"
    # Whether it hears of what others have and the newsroom's own page has not, or tells otherwise.
    own_page: bool = False
    # After so many seconds, where so many outlets have it.
    own_after: float = 1200.0
    own_outlets: int = 5
    # Seconds before a deadline falls due at which it hears of it, and again when it has passed; None: not at all.
    deadlines: float | None = None
    # Figures of one event that it hears of though no text calls them a record.
    watch: tuple[FigureWatch, ...] = ()


class OperationsSettings(Struct, frozen=True):
    """How those who run it hear how it is."""

    # The endpoint that hears when something is ill, and when it is well again.
    endpoint: str | None = None
    # Where metrics and health are served; None serves none.
    metrics: str | None = "127.0.0.1:9470"
    # Seconds between stories that are none and run through every stage; None sends none.
    canary: float | None = 60.0
    # Asked each minute while all is well.
    heartbeat: Secret | None = None


class Settings(Struct, frozen=True):
    """All that Wirewatch is told."""

    kafka: KafkaSettings = KafkaSettings()
    state_folder: Path = Path(".wirewatch")
    http: HttpSettings = HttpSettings()
    websub: WebSubSettings = WebSubSettings()
    alerts: AlertSettings = AlertSettings()
    feeds: tuple[FeedSettings, ...] = ()
    endpoints: tuple[EndpointSettings, ...] = ()
    desks: tuple[DeskSettings, ...] = ()
    operations: OperationsSettings = OperationsSettings()
    console: ConsoleSettings = ConsoleSettings()
    # The file that was read; None where nothing was configured.
    file: Path | None = None

    @property
    def watched_units(self) -> frozenset[str]:
        """Return what the figures count that desks watch."""
        return frozenset(one.unit for desk in self.desks for one in desk.watch)

    @property
    def own_outlets(self) -> frozenset[str]:
        """Return the names of the newsroom's own feeds."""
        return frozenset(feed.name for feed in self.feeds if feed.own)
