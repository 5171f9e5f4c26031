"""One feed, fetched or read from a file, as a poll would see it for the first time."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from connectors.answer import Fetched, Validators
from connectors.credentials import credentials_of
from connectors.discovery import FoundFeed, find_feeds
from connectors.fetch import open_fetcher
from connectors.identity import recognise
from connectors.items import Item
from connectors.outcome import Absorbed, absorb, new_state
from connectors.reading import read_answer
from connectors.unpack import EncodingError, TooLargeError, sink_for
from wirewatch.clock import Clock
from wirewatch.errors import InputError
from wirewatch.languages import not_read
from wirewatch.messages import FeedState, Story
from wirewatch.network import host_of
from wirewatch.settings import FeedSettings, HttpSettings, Settings

_WEB: Final = ("http://", "https://")


class Checked(Struct, frozen=True):
    """What a feed was found to be; `format` is empty where it is none that can be read."""

    feed: FeedSettings
    state: FeedState
    format: str = ""
    title: str = ""
    language: str | None = None
    items: int = 0
    problems: tuple[str, ...] = ()
    # As they would be sent, in the feed's order.
    stories: tuple[Story, ...] = ()
    # Of a page: the feeds that it names.
    found: tuple[FoundFeed, ...] = ()
    # Where a redirect for good leads to.
    moved: str | None = None

    @property
    def is_readable(self) -> bool:
        """Whether it is a feed that can be read."""
        return bool(self.format)


async def check_source(target: str, settings: Settings, clock: Clock) -> Checked:
    """Return what a web address or a file is.

    A feed that is configured is asked as it is configured: with its interval and what its contract gave.

    Raises:
        InputError: it is neither an address of the web nor a file that can be read.
    """
    if target.lower().startswith(_WEB):
        feed = next(
            (each for each in settings.feeds if each.address == target),
            FeedSettings(target, host_of(target)),
        )
        async with open_fetcher(settings.http, clock) as fetcher:
            fetched = await fetcher.fetch(target, Validators(), credentials_of(feed, target))
    else:
        feed = FeedSettings(target, Path(target).name)
        fetched = Fetched("fetched", body=_body(target, settings.http))
    return judge(feed, fetched, clock.now())


def judge(feed: FeedSettings, fetched: Fetched, now: datetime) -> Checked:
    """Return what an answer makes of a feed that nobody polled before."""
    state = new_state(feed, now)
    poll = read_answer(feed, state, fetched, now)
    result = absorb(feed, state, poll, now=now, jitter=0.0)
    read = poll.feed
    if read is None:
        return Checked(
            feed,
            result.state,
            problems=(result.state.last_error or fetched.outcome,),
            found=tuple(_named_by(fetched)),
        )
    return Checked(
        feed,
        result.state,
        format=read.format,
        title=read.title,
        language=read.lang,
        items=len(read.items),
        problems=(
            *read.problems,
            *_of_items(read.items),
            *_move(fetched),
            *_unread(feed.language or read.lang),
        ),
        stories=_in_order(feed, read.items, result),
        moved=fetched.moved,
    )


def _in_order(feed: FeedSettings, items: Sequence[Item], result: Absorbed) -> tuple[Story, ...]:
    """Return the stories in the feed's order, those under embargo among them."""
    place = {known.story: number for number, known in enumerate(recognise(feed.id, items, {}))}
    stories = (*result.stories, *(held.story for held in result.state.held))
    return tuple(sorted(stories, key=lambda story: place[story.id]))


def _of_items(items: Sequence[Item]) -> list[str]:
    """Return what is wrong with items, and with how many of them."""
    # What follows the colon differs from item to item.
    found = Counter(problem.partition(":")[0] for item in items for problem in item.problems)
    lines = [f"{times} of {len(items)} items: {problem}" for problem, times in found.items()]
    # Why an item has no date, or is no story: the agency's own word.
    held = [item.embargoed for item in items if item.embargoed is not None]
    if held:
        lines.append(
            f"{len(held)} of {len(items)} items: under embargo, sent when it ends; the next {min(held):%Y-%m-%d %H:%M} UTC"
        )
    taken_back = sum(item.withdrawn is not None for item in items)
    if taken_back:
        lines.append(f"{taken_back} of {len(items)} items: taken back by the outlet")
    return lines


def _move(fetched: Fetched) -> tuple[str, ...]:
    return (f"it has moved for good to {fetched.moved}",) if fetched.moved else ()


def _unread(language: str | None) -> tuple[str, ...]:
    problem = not_read(language)
    return (f"{problem}: its stories are grouped, and nothing is found in them",) if problem else ()


def _named_by(fetched: Fetched) -> list[FoundFeed]:
    if fetched.outcome != "fetched":
        return []
    return find_feeds(fetched.body, content_type=fetched.content_type, address=fetched.address)


def _body(target: str, http: HttpSettings) -> bytes:
    path = Path(target.removeprefix("file://")).expanduser()
    try:
        if path.stat().st_size > http.max_bytes:
            raise InputError(f"{path} is larger than the {http.max_bytes} bytes of [http] max_bytes")
        # A packed file is unpacked, as an answer is.
        sink = sink_for("", http.max_bytes)
        sink.take(path.read_bytes())
        return sink.body()
    except (EncodingError, TooLargeError) as error:
        raise InputError(f"{path}: {error}") from error
    except OSError as error:
        raise InputError(
            f"{target} is neither an address that begins with http:// or https:// nor a file that can be read: "
            f"{error.strerror}"
        ) from error
