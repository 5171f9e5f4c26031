"""What a lane remembers of alerts that it delivered, the newest of them: which, and what names their messages there."""

from collections import OrderedDict
from typing import Final

# Alerts that were delivered and are known for it, so that none rings twice.
MOST_TOLD: Final = 1_000
# Alerts whose messages at the service are known by name.
MOST_POSTED: Final = 20_000


class Known:
    """Bounded memory: the oldest is forgotten first."""

    def __init__(self) -> None:
        self._told: OrderedDict[str, None] = OrderedDict()
        self._posted: OrderedDict[str, str] = OrderedDict()

    def tell(self, webhook_id: str) -> None:
        """Note that an alert was delivered."""
        self._told[webhook_id] = None
        if len(self._told) > MOST_TOLD:
            self._told.popitem(last=False)

    def was_told(self, webhook_id: str) -> bool:
        """Return whether an alert was delivered lately."""
        return webhook_id in self._told

    def post(self, alert: str, receipt: str) -> None:
        """Note what names an alert's message at the service, so that a revision can edit or answer it."""
        self._posted[alert] = receipt
        self._posted.move_to_end(alert)
        if len(self._posted) > MOST_POSTED:
            self._posted.popitem(last=False)

    def receipt(self, alert: str) -> str:
        """Return what names an alert's message; empty where nothing is known to."""
        return self._posted.get(alert, "")
