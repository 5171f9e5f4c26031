"""What the console may be told: where it listens, under which address people reach it, and who may use it."""

from msgspec import Struct


class ConsoleUser(Struct, frozen=True, omit_defaults=True):
    """Somebody who may use the console: by a password in a browser, by a token in a program. Hashes, both."""

    name: str
    password: str | None = None
    token: str | None = None


class ConsoleSettings(Struct, frozen=True):
    """The web page."""

    listen: str = "127.0.0.1:8470"
    # What people type and alerts link to: "https://wire.example.org".
    public_url: str | None = None
    users: tuple[ConsoleUser, ...] = ()
