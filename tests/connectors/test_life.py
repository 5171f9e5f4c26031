"""A poller's life with one feed, whatever it is answered: never early, nothing lost, never at an end."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from connectors.answer import DAY as A_DAY
from connectors.answer import Demand, Fetched, Outcome
from connectors.outcome import Poll, absorb, new_state
from connectors.parse import parse
from connectors.schedule import FLOOR
from tests.connectors.feeds import DAY, news, rss
from wirewatch.messages import FeedState
from wirewatch.settings import FeedSettings

FEED = FeedSettings("https://wire.example/rss", "The Test Wire")
SHOWN = 12
FAILURES: list[Outcome] = [
    "unavailable", "forbidden", "not found", "server error", "timeout", "tls", "broken", "too large", "unreachable",
    "redirects",
]  # fmt: skip


class Answer(Struct, frozen=True):
    """What the outlet does next: how many items it published meanwhile, and how it answers."""

    published: int
    outcome: Outcome
    demand: float | None


ANSWERS = st.lists(
    st.builds(
        Answer,
        st.integers(0, 5),
        st.sampled_from(["fetched", "fetched", "fetched", "not modified", "limited", *FAILURES]),
        # HTTP counts whole seconds.
        st.none() | st.integers(1, 2 * int(A_DAY)).map(float),
    ),
    min_size=1,
    max_size=30,
)


def demand_of(answer: Answer) -> Demand | None:
    """Return what an answer of its kind may demand, counted as the fetcher counts it."""
    if answer.demand is None:
        return None
    if answer.outcome in {"limited", "unavailable"}:
        return Demand(min(answer.demand, A_DAY), "Retry-After")
    return (
        Demand(min(answer.demand, A_DAY), "max-age")
        if answer.outcome in {"fetched", "not modified"}
        else None
    )


def poll_of(answer: Answer, numbers: range, now: datetime) -> Poll:
    fetched = Fetched(answer.outcome, detail="as told", demand=demand_of(answer), address=FEED.address)
    if answer.outcome != "fetched":
        return Poll(fetched)
    body = rss([news(number) for number in reversed(numbers)])
    read = parse(body, content_type="text/xml", base=FEED.address, fetched=now)
    return Poll(fetched, feed=read, digest=f"{numbers}")


@settings(max_examples=60, deadline=None)
@given(ANSWERS, st.floats(0, 1))
def test_no_order_of_answers_makes_it_early_lose_an_item_or_stop(
    answers: list[Answer], jitter: float
) -> None:
    now, newest = DAY, SHOWN
    state: FeedState = new_state(FEED, now)
    told: list[str] = []
    must: set[str] = set()
    # A last good answer: after whatever came before, what the feed shows is read.
    for answer in [*answers, Answer(1, "fetched", None)]:
        newest += answer.published
        shown = range(newest - SHOWN + 1, newest + 1)
        poll = poll_of(answer, shown, now)
        result = absorb(FEED, state, poll, now=now, jitter=jitter)
        state = result.state
        told += [story.title for story in result.stories]
        if answer.outcome == "fetched":
            must |= {f"Story number {number}" for number in shown}
        wait = (state.due - now).total_seconds()
        demand = demand_of(answer)
        assert wait >= max(FLOOR, demand.seconds if demand else 0)
        # Never given up: at the latest after a day, and the chance that is added.
        assert wait <= A_DAY + FLOOR
        assert state.why_due
        now = state.due
    # Each item that the feed showed in an answer, once.
    assert sorted(told) == sorted(must)
    assert state.health != "failing"
    assert state.failures == 0


def test_a_feed_that_is_gone_says_so_and_is_the_only_one_that_is_left_alone() -> None:
    result = absorb(FEED, new_state(FEED, DAY), Poll(Fetched("gone", "answers 410")), now=DAY, jitter=0)
    assert result.state.health == "gone"
    assert result.state.due > DAY + timedelta(days=10_000)
    assert result.notice is not None
