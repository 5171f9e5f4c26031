"""Where the canary ends: a sink that takes everything and tells nobody."""

from typing import Final

from alerts.delivery import Outgoing, WebhookKind
from alerts.exchange import Wire
from alerts.schedule import WORDS, Answer
from wirewatch.operations.canary import CANARY
from wirewatch.settings import EndpointSettings, Secret


class Sink:
    """Delivers nowhere, always."""

    def check(self, endpoint: EndpointSettings) -> list[str]:  # noqa: ARG002 - nothing can be mistaken
        """Return no mistakes."""
        return []

    async def send(self, endpoint: EndpointSettings, outgoing: Outgoing, wire: Wire) -> Answer:  # noqa: ARG002
        """Take an alert."""
        return Answer("accepted", WORDS["accepted"])


KIND: Final[WebhookKind] = Sink()
ENDPOINT: Final = EndpointSettings(CANARY, "standard", Secret(CANARY))
