"""A ledger and desks in a row: clustered stories in, alerts and reasons out."""

from datetime import datetime, timedelta

from msgspec import Struct

from streams.rules.desks import Desks
from streams.rules.ledger_book import LedgerBook
from wirewatch.messages import Alert, ClustersMerged, Detection, Escalation, HeldBack, Polarity, Span, Tick
from wirewatch.settings import AlertSettings, DeskSettings

WORLD = DeskSettings("world", ("chat",))


def escalation(
    severity: int,
    polarity: Polarity = "escalation",
    sentence: str = "A city was struck.",
    *,
    actor: str | None = None,
    target: str | None = None,
) -> Escalation:
    """An escalation as a text tells it."""
    span = Span("title", 0, len(sentence), sentence)
    return Escalation(polarity, severity, (span,), span, actor, target, parts=(f"act {severity}",))


class Heard(Struct):
    """What desks sent and held back."""

    alerts: list[Alert]
    held: list[HeldBack]


class Newsroom:
    """Ledger and desks in one process."""

    def __init__(self, *desks: DeskSettings, max_age: timedelta | None = timedelta(hours=24)) -> None:
        self.ledger = LedgerBook()
        self.desks = Desks(desks or (WORLD,), AlertSettings(max_age))

    def tick(self, at: datetime) -> list[Alert]:
        """Let it be a moment, and return what leaves then."""
        return [
            out.message
            for out in self.desks.handle(Tick(at, "test")).outputs
            if isinstance(out.message, Alert)
        ]

    def hear(self, *messages: Struct) -> Heard:
        """Take messages through ledger and desks, in order."""
        heard = Heard([], [])
        for message in messages:
            for out in self.ledger.handle(message).outputs:
                if isinstance(out.message, Detection | ClustersMerged):
                    self._tell(out.message, heard)
        return heard

    def _tell(self, message: Detection | ClustersMerged, heard: Heard) -> None:
        for out in self.desks.handle(message).outputs:
            if isinstance(out.message, Alert):
                heard.alerts.append(out.message)
            elif isinstance(out.message, HeldBack):
                heard.held.append(out.message)
