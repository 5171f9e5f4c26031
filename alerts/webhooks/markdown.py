"""Text of feeds for services that read Markdown: shown as it was written, with no effect. Pure."""

import re
from typing import Final

from alerts.webhooks.listing import Listing

# Joins words without being seen: a mention, an autolink or an emoji's name that holds it is none.
_JOINER: Final = "\u2060"
_MARKUP: Final = re.compile(r"([\\`*{}\[\]()#+\-!_>~|])")
_ACTIVE: Final = re.compile(r"([@<~:&](?=[^\s\d])|www(?=\.))", re.IGNORECASE)


def escape(text: str) -> str:
    """Return text in which no service finds formatting, mentions, links or emoji."""
    return _MARKUP.sub(r"\\\1", _ACTIVE.sub(r"\1" + _JOINER, text))


def anchor(words: str, address: str) -> str:
    """Return a link; its address cannot end it early."""
    safe = address.replace("(", "%28").replace(")", "%29").replace("<", "%3C").replace(">", "%3E")
    return f"[{escape(words)}](<{safe}>)"


def listed(listing: Listing) -> list[str]:
    """Return the lines of a digest, each with its link."""
    return [
        escape(line.text) + (f" · {anchor(*line.link)}" if line.link is not None else "")
        for line in listing.lines
    ]
