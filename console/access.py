"""Who may see the console, and act: names, passwords, sessions, and what another page may not do in their stead."""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from wirewatch.clock import Clock
from wirewatch.console_settings import ConsoleSettings
from wirewatch.errors import SettingsError

COOKIE: Final = "wirewatch"
SESSION_SECONDS: Final = 12 * 3600
MOST_NAME: Final = 60
# scrypt: 16 MiB and some 50 ms a try.
_COST: Final = {"n": 2**14, "r": 8, "p": 1}
_MOST_TRIES: Final = 5
_TRIES_WITHIN: Final = 300.0
_MOST_ADDRESSES: Final = 10_000


def hash_password(password: str, salt: bytes | None = None) -> str:
    """Return a password as it may stand in the configuration: "scrypt$SALT$HASH"."""
    salt = secrets.token_bytes(16) if salt is None else salt
    found = hashlib.scrypt(password.encode(), salt=salt, dklen=32, **_COST)
    return f"scrypt${base64.b64encode(salt).decode()}${base64.b64encode(found).decode()}"


def is_password(hashed: str, given: str) -> bool:
    """Whether a password is the one that was hashed."""
    _, _, rest = hashed.partition("$")
    salt, _, _ = rest.partition("$")
    try:
        made = hash_password(given, base64.b64decode(salt, validate=True))
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(made, hashed)


def is_loopback(listen: str) -> bool:
    """Whether an address to listen on is this machine's own alone."""
    host = listen.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def check_exposure(settings: ConsoleSettings) -> None:
    """Pass where the console may listen as it is told to.

    Raises:
        SettingsError: others could reach it, and nobody would be asked who they are.
    """
    if not is_loopback(settings.listen) and not settings.users:
        raise SettingsError(
            f"The console would listen on {settings.listen}, where others reach it, and asks nobody who they are. "
            "Add [[console.users]] with a name and a password or token (`wirewatch console --hash` makes one), or "
            "let it listen on 127.0.0.1."
        )


class Session(Struct, frozen=True):
    """Whom a request comes from, and what its forms must bring along."""

    name: str
    csrf: str


class Sessions:
    """Sessions that the browser keeps and cannot make: signed with a key that lies in the state folder."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key = key
        self._clock = clock

    def begin(self, name: str) -> str:
        """Return the cookie of a new session."""
        named = base64.urlsafe_b64encode(name.encode()).decode()
        until = int(self._clock.now().timestamp()) + SESSION_SECONDS
        told = f"{named}.{until}.{secrets.token_urlsafe(12)}"
        return f"{told}.{self._sign('session', told)}"

    def of(self, cookie: str | None) -> Session | None:
        """Return the session that a cookie stands for; None where it is made up or over."""
        told, _, signature = (cookie or "").rpartition(".")
        if not told or not hmac.compare_digest(self._sign("session", told).encode(), signature.encode()):
            return None
        named, until, _ = told.split(".")
        if int(until) < self._clock.now().timestamp():
            return None
        return Session(base64.urlsafe_b64decode(named).decode(), self._sign("csrf", told))

    def _sign(self, what: str, told: str) -> str:
        made = hmac.digest(self._key, f"{what}\x1f{told}".encode(), "sha256")
        return base64.urlsafe_b64encode(made).decode().rstrip("=")


class Tries:
    """Counts failed logins: five within five minutes from one address, and it waits."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed: dict[str, list[float]] = {}

    def waits(self, address: str) -> bool:
        """Whether an address has failed too often to be heard."""
        return len(self._recent(address)) >= _MOST_TRIES

    def failed(self, address: str) -> None:
        """Note a failed login."""
        if len(self._failed) >= _MOST_ADDRESSES:
            self._failed.clear()
        self._failed[address] = [*self._recent(address), self._clock.monotonic()]

    def _recent(self, address: str) -> list[float]:
        now = self._clock.monotonic()
        return [each for each in self._failed.get(address, []) if now - each < _TRIES_WITHIN]


def who_is(settings: ConsoleSettings, name: str, password: str) -> str | None:
    """Return the name of the user whose password this is; None where it is nobody's."""
    user = next((each for each in settings.users if each.name == name and each.password), None)
    # As much work for a name that nobody has, so that the time tells nothing.
    hashed = user.password if user is not None and user.password is not None else _NOBODY
    right = is_password(hashed, password)
    return user.name if user is not None and right else None


def bearer_of(settings: ConsoleSettings, header: str | None) -> str | None:
    """Return the name of the user whose token a request brings; None without a right one."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.casefold() != "bearer" or not token.strip():
        return None
    given = hash_token(token.strip())
    return next(
        (each.name for each in settings.users if each.token and hmac.compare_digest(each.token, given)), None
    )


def hash_token(token: str) -> str:
    """Return a token as it may stand in the configuration. It is long and random, so one hash is enough."""
    return f"sha256${hashlib.sha256(token.encode()).hexdigest()}"


def is_host(settings: ConsoleSettings, header: str) -> bool:
    """Whether a request's Host is a name of this console: another site's name that leads here is not."""
    host = header.rpartition(":")[0] if header.rpartition(":")[2].isdecimal() else header
    host = host.strip("[]").casefold()
    public = urlsplit(settings.public_url or "").hostname
    if host == public or settings.users:
        return True
    return host == "localhost" or is_loopback(f"{host}:0")


def is_own(origin: str | None, fetched: str | None, host: str, public_url: str | None) -> bool:
    """Whether a request that changes something comes from a page of this console."""
    if fetched is not None and fetched not in {"same-origin", "none"}:
        return False
    if origin is None:
        return True
    parts = urlsplit(origin)
    return parts.netloc in {host, urlsplit(public_url or "").netloc or host}


def session_key(folder: Path) -> bytes:
    """Return the key that sessions are signed with, made where there is none; only its owner may read it."""
    file = folder / "session.key"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_bytes()
    key = secrets.token_bytes(32)
    with os.fdopen(descriptor, "wb") as made:
        made.write(key)
    return key


_NOBODY: Final = hash_password("nobody's", b"\0" * 16)
