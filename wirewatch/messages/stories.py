"""A story as it was fetched."""

from datetime import datetime

from msgspec import Struct

from wirewatch.messages.terms import Field, Identity, Span


class Story(Struct, frozen=True, omit_defaults=True):
    """One item of one feed, as fetched; or the same item fetched again with a new text (`version` differs).

    `id` stays the same over versions; `version` is a digest of title, summary and text.
    """

    id: str
    version: str
    feed: str
    source: str
    title: str
    fetched: datetime
    tier: int = 2
    url: str | None = None
    summary: str = ""
    text: str = ""
    lang: str | None = None
    published: datetime | None = None
    # In the first poll of a feed never seen before: old news that must not ring.
    first_poll: bool = False
    # What was wrong with the item, in words: "no title", "date not understood: ...".
    problems: tuple[str, ...] = ()
    # Of a later version: which texts changed.
    changed: tuple[Field, ...] = ()
    # Why it is this story and no other.
    identity: Identity | None = None
    # Why the outlet takes the story back ("killed: ..."); what it said counts no more.
    withdrawn: str | None = None
    # What the outlet says that this version sets right; a figure that it tells no more counts no more.
    correction: str | None = None
    # False: alerts carry headline and link alone, as the outlet's terms ask.
    redistribute: bool = True

    def quoted(self, sentence: Span) -> str:
        """Return what an alert may show of a sentence of the story: itself, or only the headline."""
        return sentence.text if self.redistribute else self.title

    @property
    def at(self) -> datetime:
        """When it was news: as published, where that is said and not in the future of the fetch."""
        if self.published is None:
            return self.fetched
        return self.published
