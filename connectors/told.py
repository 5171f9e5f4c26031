"""What is told of a feed's items: stories that are new or changed, and those that wait for the end of an embargo. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from connectors.identity import Known
from connectors.items import language
from connectors.markup import shorten
from wirewatch.messages import FeedState, HeldStory, Story
from wirewatch.settings import FeedSettings

# A feed's state is one message: texts that wait in it are not books.
_LONGEST_HELD: Final = 20_000


def tell(
    feed: FeedSettings, known: Sequence[Known], held: Iterable[HeldStory], *, first_poll: bool, now: datetime
) -> tuple[tuple[Story, ...], tuple[HeldStory, ...]]:
    """Return the stories to send, the oldest first, and those that are held back by now."""
    waiting = {one.story.id: one for one in held}
    sent: list[Story] = []
    # Of one date, what stands last in the feed is the oldest.
    oldest_first = list(reversed(known))
    oldest_first.sort(key=lambda one: one.item.published or now)
    for one in oldest_first:
        until = one.item.embargoed
        if one.story in waiting and one.change == "none":
            # The embargo alone was moved, or lifted.
            waiting[one.story] = replace(waiting[one.story], until=until or now)
        if not _is_told(one):
            continue
        before = waiting.pop(one.story, None)
        told = one.change == "changed" if before is None else before.told
        if one.item.withdrawn is not None and not told:
            # Taken back before its embargo ended: nobody has heard of it, and nobody shall.
            continue
        if until is None:
            sent.append(_story(feed, one, first_poll=first_poll, now=now))
        else:
            story = _story(feed, one, first_poll=False, now=now)
            waiting[one.story] = HeldStory(
                until, replace(story, text=shorten(story.text, _LONGEST_HELD)), told
            )
    return tuple(sent), tuple(sorted(waiting.values(), key=lambda one: (one.until, one.story.id)))


def release(state: FeedState, now: datetime) -> tuple[tuple[Story, ...], FeedState]:
    """Return the stories whose embargo has ended, published as it ended, and the state without them."""
    ripe = [one for one in state.held if one.until <= now]
    if not ripe:
        return (), state
    stories = tuple(replace(one.story, fetched=now, published=one.until) for one in ripe)
    held = tuple(one for one in state.held if one.until > now)
    return stories, replace(state, held=held, stories=state.stories + len(stories))


def wakes_at(state: FeedState) -> datetime:
    """Return when a feed wants attention: when it is due, or an embargo ends."""
    return min([state.due, *(one.until for one in state.held)])


def _is_told(one: Known) -> bool:
    """Whether an item is news: a change, and one that says something or takes back what was said."""
    if one.item.withdrawn is not None:
        # Taken back before anybody was told of it.
        return one.change == "changed"
    return one.change != "none" and not one.item.says_nothing


def _story(feed: FeedSettings, one: Known, *, first_poll: bool, now: datetime) -> Story:
    item = one.item
    return Story(
        id=one.story,
        version=one.version,
        feed=feed.id,
        source=feed.name,
        title=item.title,
        fetched=now,
        tier=feed.tier,
        url=item.link,
        summary=item.summary,
        text=item.text,
        lang=language(feed.language) or item.lang,
        # That something is taken back is news now, whenever it was published.
        published=None if item.withdrawn else item.published,
        first_poll=first_poll,
        problems=item.problems,
        changed=one.changed,
        identity=one.identity,
        withdrawn=item.withdrawn,
        correction=item.correction,
        redistribute=feed.redistribute,
    )
