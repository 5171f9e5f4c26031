"""From an answer to what it was read as. Pure."""

from datetime import datetime

from connectors.answer import Fetched
from connectors.items import FeedError
from connectors.outcome import Poll, base_of, digest_of
from connectors.parse import parse
from wirewatch.messages import FeedState
from wirewatch.settings import FeedSettings


def read_answer(feed: FeedSettings, state: FeedState, fetched: Fetched, now: datetime) -> Poll:
    """Return what an answer was read as; the same body as before is not read again."""
    if fetched.outcome != "fetched":
        return Poll(fetched)
    digest = digest_of(fetched.body)
    if state.known and digest == state.digest:
        return Poll(fetched, digest=digest)
    try:
        read = parse(
            fetched.body,
            content_type=fetched.content_type,
            base=base_of(feed, fetched),
            fetched=now,
            tag=feed.language or "",
        )
    except FeedError as error:
        return Poll(fetched, unreadable=str(error))
    return Poll(fetched, feed=read, digest=digest)
