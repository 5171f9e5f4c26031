"""What a poll means: the feed's next state, and the stories that are new or changed. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final, Literal
from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct
from msgspec.structs import replace

from connectors.answer import Fetched, Outcome, Validators
from connectors.identity import KEPT_BEYOND, KEPT_OF_PIECES, Known, recognise, remember, seen_again
from connectors.items import Feed, HubLinks
from connectors.schedule import (
    Habit,
    Wishes,
    due_after_answer,
    due_after_failure,
    due_after_limit,
    is_quiet,
    learned,
    observe,
)
from connectors.told import tell
from connectors.websub import hub_links
from wirewatch.messages import FeedHealth, FeedState, SeenItem, Story
from wirewatch.network import host_of
from wirewatch.settings import FeedSettings, Secret

# After so many polls in a row that led to the same new address, the old one is given up.
MOVED_AFTER: Final = 3
# Validators can be wrong for ever; once a day the whole feed is asked for.
WHOLE_EVERY: Final = timedelta(days=1)
# So many items without one that was seen before mean that some were missed in between.
_GAP_ITEMS: Final = 3


class Poll(Struct, frozen=True):
    """One poll: what was fetched, and what it was read as.

    Without `feed`, the answer had no body, the same body as before, or one that could not be read (`unreadable`).
    """

    fetched: Fetched
    feed: Feed | None = None
    unreadable: str | None = None
    digest: str | None = None


class Absorbed(Struct, frozen=True):
    """What follows from a poll: first the stories must be safe, then the state."""

    state: FeedState
    stories: tuple[Story, ...] = ()
    # What an operator should hear of, once.
    notice: str | None = None


def new_state(feed: FeedSettings, now: datetime) -> FeedState:
    """Return the state of a feed never seen before."""
    return FeedState(feed=feed.id, url=shown_address(feed), due=now, why_due="never polled")


def shown_address(feed: FeedSettings) -> str:
    """Return the feed's address as it may be shown: a secret one as its host alone, others without password."""
    parts = urlsplit(feed.address)
    host = parts.netloc.rpartition("@")[2]
    if isinstance(feed.url, Secret):
        return f"{parts.scheme}://{host}/…"
    return urlunsplit(parts._replace(netloc=host))


def address_of(feed: FeedSettings, state: FeedState) -> str:
    """Return the address to ask: the configured one, or where the feed has moved to."""
    return feed.address if isinstance(feed.url, Secret) or state.url == shown_address(feed) else state.url


def base_of(feed: FeedSettings, fetched: Fetched) -> str:
    """Return what relative links belong to; of a secret address the host alone."""
    parts = urlsplit(fetched.address or feed.address)
    host = parts.netloc.rpartition("@")[2]
    if isinstance(feed.url, Secret):
        return f"{parts.scheme}://{host}/"
    return urlunsplit(parts._replace(netloc=host))


def validators_for(state: FeedState, now: datetime) -> Validators:
    """Return what makes the next request conditional; nothing where the whole feed is to be asked for."""
    whole = max((item.at for item in state.seen.values()), default=None)
    if not state.known or whole is None or now - whole > WHOLE_EVERY:
        return Validators()
    return Validators(state.etag, state.last_modified)


def digest_of(body: bytes) -> str:
    """Return the digest by which the same body is known again."""
    return blake2b(body, digest_size=12).hexdigest()


def absorb(feed: FeedSettings, state: FeedState, poll: Poll, *, now: datetime, jitter: float) -> Absorbed:
    """Return the feed's next state and its stories."""
    outcome = poll.fetched.outcome
    if outcome == "limited":
        return _limited(feed, state, poll, now, jitter)
    if poll.unreadable is not None:
        return _failed(feed, state, poll, "unreadable", now=now, jitter=jitter)
    if outcome == "not modified" and not state.known:
        return _failed(feed, state, poll, "broken", now=now, jitter=jitter)
    if not poll.fetched.answered:
        return _failed(feed, state, poll, outcome, now=now, jitter=jitter)
    return _answered(feed, state, poll, now, jitter)


def _wishes(feed: FeedSettings, state: FeedState) -> Wishes:
    return Wishes(
        feed.interval, state.hints, Habit(state.pace, state.last_news, state.shown), spacing=state.spacing
    )


def _limited(feed: FeedSettings, state: FeedState, poll: Poll, now: datetime, jitter: float) -> Absorbed:
    due = due_after_limit(_wishes(feed, state), poll.fetched.demand, now=now, jitter=jitter)
    after = replace(
        state,
        due=due.at,
        why_due=due.why,
        interval=due.interval,
        spacing=due.interval,
        last_attempt=now,
        last_error=f"limited: {poll.fetched.detail}",
        health="limited",
    )
    return Absorbed(after, notice=_notice(feed, state, after))


def _failed(
    feed: FeedSettings,
    state: FeedState,
    poll: Poll,
    outcome: Outcome | Literal["unreadable"],
    *,
    now: datetime,
    jitter: float,
) -> Absorbed:
    failures = state.failures + 1
    due = due_after_failure(
        outcome, failures, _wishes(feed, state), poll.fetched.demand, now=now, jitter=jitter
    )
    detail = poll.unreadable or poll.fetched.detail or "The answer says that nothing changed since never"
    after = replace(
        state,
        # A new address that fails is given back for the one that the user wrote.
        url=shown_address(feed),
        moved=None,
        moved_times=0,
        due=due.at,
        why_due=due.why,
        interval=due.interval,
        failures=failures,
        last_attempt=now,
        last_error=f"{outcome}: {detail}",
        health="gone" if outcome == "gone" else "failing",
    )
    return Absorbed(after, notice=_notice(feed, state, after))


def _answered(feed: FeedSettings, state: FeedState, poll: Poll, now: datetime, jitter: float) -> Absorbed:
    read = poll.feed
    known = recognise(feed.id, read.items, state.seen) if read else []
    fresh = sum(1 for one in known if one.change == "new")
    whole = read is None or read.whole
    gap = whole and state.known and bool(state.seen) and len(known) >= _GAP_ITEMS and fresh == len(known)
    dates = [one.item.published for one in known if one.item.published]
    before = Habit(state.pace, state.last_news, state.shown)
    habit = observe(before, dates, len(known), fresh, now) if read else before
    spacing = learned(state.spacing)
    hints = read.hints if read else state.hints
    wishes = Wishes(feed.interval, hints, habit, spacing, gap)
    due = due_after_answer(wishes, poll.fetched.demand, now=now, jitter=jitter)
    stories, held = tell(feed, known, state.held, first_poll=whole and not state.known, now=now)
    after = replace(
        _moved(feed, _read(state, poll), poll.fetched),
        due=due.at,
        why_due=due.why,
        interval=due.interval,
        known=True,
        failures=0,
        last_error=None,
        last_success=now,
        last_attempt=now,
        hints=hints,
        pace=habit.pace,
        last_news=habit.last_news,
        shown=habit.shown,
        spacing=spacing,
        stories=state.stories + len(stories),
        gaps=state.gaps + gap,
        last_gap=now if gap else state.last_gap,
        seen=_seen(state, poll, known, now),
        held=held,
    )
    after = replace(after, health=_health(feed, state, after, gap=gap, now=now))
    return Absorbed(after, stories, _notice(feed, state, after))


def _seen(state: FeedState, poll: Poll, known: Sequence[Known], now: datetime) -> dict[str, SeenItem]:
    if poll.feed is not None:
        return remember(state.seen, known, now, beyond=KEPT_BEYOND if poll.feed.whole else KEPT_OF_PIECES)
    return seen_again(state.seen, now) if poll.fetched.outcome == "fetched" else state.seen


def _read(state: FeedState, poll: Poll) -> FeedState:
    """Return the state with what the body brought; without one, with new validators where there are some."""
    given = poll.fetched.validators
    if poll.feed is None:
        return replace(
            state, etag=given.etag or state.etag, last_modified=given.last_modified or state.last_modified
        )
    if not poll.feed.whole:
        return replace(state, format=poll.feed.format, problems=poll.feed.problems)
    said = HubLinks(poll.feed.hub, poll.feed.topic or "") if poll.feed.hub else None
    links = hub_links(said, poll.fetched.link, poll.fetched.address)
    return replace(
        state,
        etag=given.etag,
        last_modified=given.last_modified,
        digest=poll.digest,
        format=poll.feed.format,
        problems=poll.feed.problems,
        hub=links.hub if links else None,
        topic=links.topic if links else None,
    )


def _moved(feed: FeedSettings, state: FeedState, fetched: Fetched) -> FeedState:
    """Return the state after what the answer says of the feed's address."""
    if fetched.moved is None:
        return replace(state, moved=None, moved_times=0)
    if isinstance(feed.url, Secret):
        # A secret address is not followed into a topic that is open to read; the operator is told.
        said = f"moved for good, to {host_of(fetched.moved)}: change its address in the configuration"
        return replace(state, problems=(*(told for told in state.problems if told != said), said))
    times = state.moved_times + 1 if state.moved == fetched.moved else 1
    if times < MOVED_AFTER:
        return replace(state, moved=fetched.moved, moved_times=times)
    return replace(state, url=fetched.moved, moved=None, moved_times=0)


def _health(
    feed: FeedSettings, before: FeedState, after: FeedState, *, gap: bool, now: datetime
) -> FeedHealth:
    if gap:
        return "gap"
    if after.url not in {before.url, shown_address(feed)}:
        return "moved"
    return "quiet" if is_quiet(Habit(after.pace, after.last_news), now) else "ok"


def _notice(feed: FeedSettings, before: FeedState, after: FeedState) -> str | None:
    """Return what an operator should hear of: a change of health, not each failure."""
    if after.health == before.health or (before.health == "new" and after.health in {"ok", "quiet"}):
        return None
    said = {
        "ok": "is well again" if before.health in {"failing", "limited"} else "",
        "failing": f"fails: {after.last_error}",
        "limited": f"is {after.last_error}",
        "gone": f"is gone: {after.last_error}",
        "moved": f"has moved to {host_of(after.url)} for good",
        "gap": "was polled too late: no item of the last poll is left in it",
    }.get(after.health, "")
    return (
        f"{feed.name} {said}; due again at {after.due:%Y-%m-%d %H:%M:%S} UTC ({after.why_due})"
        if said
        else None
    )
