"""What runs through the topics and is no news: the canary, and what those who run it are told."""

from msgspec import Struct

from wirewatch.messages import Alert
from wirewatch.operations.canary import is_canary


def is_no_news(message: Struct) -> bool:
    """Whether a message is nothing that an editor is shown."""
    return is_canary(message) or (isinstance(message, Alert) and message.body.kind == "notice")
