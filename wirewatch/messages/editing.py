"""What people do and set, and the time: on `commands`, `settings` and `ticks`."""

from datetime import datetime

from msgspec import Struct

from wirewatch.messages.terms import Act


class Command(Struct, frozen=True, omit_defaults=True):
    """An editor's act on an alert or cluster, with the editor's name."""

    id: str
    act: Act
    # Of "missing", what the editor says that has no cluster, empty; the key is the story then.
    cluster: str
    by: str
    at: datetime
    # Of a snooze: until when revisions are held back.
    until: datetime | None = None
    note: str = ""
    # Of a hand-over: who has it now.
    to: str = ""
    # One alert alone, or one desk's; empty for all of the cluster.
    alert: str = ""
    desk: str = ""
    # Of "missing": the id or the url of the story that should have rung.
    story: str = ""


class Setting(Struct, frozen=True, omit_defaults=True):
    """What lasts and is set while running: a mute, an endpoint disabled, a correction of the ledger."""

    key: str
    value: str
    by: str
    at: datetime


class Tick(Struct, frozen=True):
    """The time, as an event."""

    at: datetime
    # Whose clock it is: the worker's host and pid, or "demo".
    clock: str
