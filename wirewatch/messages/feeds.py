"""How a feed stands: on `feeds`."""

from datetime import datetime

from msgspec import Struct

from wirewatch.messages.stories import Story
from wirewatch.messages.terms import FeedHealth


class SeenItem(Struct, frozen=True, omit_defaults=True):
    """An item that a feed has shown: its story id, its version, when it was last in the feed."""

    story: str
    version: str
    at: datetime
    # Digests of its words, three signs each: by these another event under the same name is noticed.
    gist: str = ""
    # Digests of title, summary and text, four signs each: what changed is told by them.
    parts: str = ""


class HeldStory(Struct, frozen=True):
    """A story that an agency gave under embargo; not sent before `until`."""

    until: datetime
    story: Story
    # Whether an earlier version of it was sent, which would have to be taken back.
    told: bool = True


class FeedHints(Struct, frozen=True, omit_defaults=True):
    """How often an outlet suggests to come, in seconds, and when not to: hours (0 to 23) and days, in UTC."""

    every: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()


class FeedEntry(Struct, frozen=True, omit_defaults=True, tag="added"):
    """A feed that was added by command; its key is "added/" and the feed's id, a tombstone removes it."""

    feed: str
    url: str
    name: str
    added: datetime
    language: str | None = None
    tier: int = 2
    # The user's own wish in seconds.
    interval: float | None = None
    tags: tuple[str, ...] = ()


class PollRequest(Struct, frozen=True, omit_defaults=True, tag="asked"):
    """Somebody wants a feed polled now; its key is "asked/" and the feed's id. The poller that holds the feed heeds it."""

    feed: str
    by: str
    at: datetime
    # Of a hub that granted a subscription to a poller that does not hold the feed: for how many seconds; 0, refused.
    lease: float | None = None


class FeedState(Struct, frozen=True, omit_defaults=True, tag="state"):
    """All that a poller must know of a feed to go on after a restart."""

    feed: str
    url: str
    due: datetime
    why_due: str
    etag: str | None = None
    last_modified: str | None = None
    # Polled with success at least once: what is new from now on is news.
    known: bool = False
    failures: int = 0
    last_error: str | None = None
    last_success: datetime | None = None
    last_attempt: datetime | None = None
    stories: int = 0
    interval: float = 0.0
    health: FeedHealth = "new"
    # What the feed was last read as ("rss20"), and what was wrong with it as a whole.
    format: str = ""
    problems: tuple[str, ...] = ()
    # Digest of the last body: the same bytes again are no news, whatever the validators say.
    digest: str | None = None
    hints: FeedHints = FeedHints()
    # Its habit: seconds between items, and when the newest one came.
    pace: float | None = None
    last_news: datetime | None = None
    # How many items it shows: what comes faster than it is read scrolls off.
    shown: int = 0
    # The least seconds between requests that its answers of "too many" taught.
    spacing: float = 0.0
    # Where it says that it has moved for good, and how often in a row; `url` follows after some of them.
    moved: str | None = None
    moved_times: int = 0
    # How often a poll and the one before had no item in common, so that something was missed.
    gaps: int = 0
    last_gap: datetime | None = None
    # A name of an item to what was seen of it, bounded to what the feed still shows and some more.
    seen: dict[str, SeenItem] = {}
    # The hub that tells of its news, and the name that the hub knows it by.
    hub: str | None = None
    topic: str | None = None
    # Stories under embargo, the first to end first.
    held: tuple[HeldStory, ...] = ()
