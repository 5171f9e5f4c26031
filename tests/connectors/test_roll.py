"""Which feeds there are, and how they are shown."""

import pytest

from connectors.entries import Standing, entry_of, feed_of
from connectors.outcome import new_state
from connectors.roll import roll, selected
from connectors.shares import Shares
from tests.connectors.feeds import DAY
from wirewatch.errors import InputError
from wirewatch.messages import PollRequest
from wirewatch.poll_request import partition_of
from wirewatch.settings import FeedSettings, Secret

OWN = FeedSettings("https://own.example/rss", "Own")
ADDED = FeedSettings(
    "https://added.example/rss", "Added", language="de", tier=1, interval=300, tags=("Wires",)
)
STANDING = Standing({OWN.id: new_state(OWN, DAY)}, {feed.id: entry_of(feed, DAY) for feed in (ADDED, OWN)})


def test_an_added_feed_is_the_same_again() -> None:
    assert feed_of(entry_of(ADDED, DAY)) == ADDED


def test_a_configured_feed_that_was_also_added_stands_once() -> None:
    assert [(each.feed.name, each.added) for each in roll([OWN], STANDING)] == [
        ("Own", False),
        ("Added", True),
    ]


def test_a_secret_address_is_shown_as_its_host() -> None:
    secret = FeedSettings(Secret("https://paid.example/hunter2"), "Paid")
    (listed,) = roll([secret])
    assert "hunter2" not in str(listed.shown())
    assert listed.shown()["health"] == "new"
    assert listed.shown()["next_due"] is None


@pytest.mark.parametrize("wanted", ["Added", ADDED.id, ADDED.address])
def test_a_feed_is_found_by_name_id_and_address(wanted: str) -> None:
    assert selected(roll([OWN], STANDING), wanted).feed == ADDED


def test_a_name_that_none_or_two_have_is_one_error() -> None:
    with pytest.raises(InputError, match="no feed"):
        selected(roll([OWN]), "Other")
    with pytest.raises(InputError, match="2 feeds are called 'Own'"):
        selected(roll([OWN, FeedSettings("https://else.example/", "Own")]), "Own")


class Holder:
    def __init__(self) -> None:
        self.known: dict[str, FeedSettings] = {}
        self.held: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self.leases: dict[str, float] = {}

    def ask(self, name: str, by: str) -> None:
        self.asked.append((name, by))

    def know(self, feed: FeedSettings) -> None:
        self.known[feed.id] = feed

    def take(self, _states: object, feeds: object = ()) -> None:
        assert isinstance(feeds, list)
        self.held |= set(feeds)

    async def release(self, feeds: object) -> None:
        assert isinstance(feeds, list)
        self.held -= set(feeds)

    def hub_said(self, name: str, lease: float) -> None:
        self.leases[name] = lease


async def test_feeds_come_and_go_with_their_partition_and_by_command() -> None:
    holder = Holder()
    shares = Shares([OWN], holder)
    shares.taken(partition_of(ADDED.id), {}, {ADDED.id: entry_of(ADDED, DAY)})
    assert ADDED.id in holder.held
    assert holder.known == {ADDED.id: ADDED}
    await shares.changed(ADDED.id, None)
    assert ADDED.id not in holder.held
    await shares.changed(ADDED.id, entry_of(ADDED, DAY))
    assert ADDED.id in holder.held
    await shares.released([partition_of(ADDED.id)])
    assert ADDED.id not in holder.held
    # It was removed while another poller had the partition.
    shares.taken(partition_of(ADDED.id), {}, {})
    assert ADDED.id not in holder.held


async def test_what_a_hub_said_to_another_poller_is_told_to_who_polls_the_feed() -> None:
    holder = Holder()
    Shares([OWN], holder).asked(PollRequest(OWN.id, "its hub", DAY, lease=600))
    assert (holder.asked, holder.leases) == ([], {OWN.id: 600})


async def test_what_somebody_asks_for_is_asked_of_who_polls_it() -> None:
    holder = Holder()
    Shares([OWN], holder).asked(PollRequest(OWN.id, "Ada", DAY))
    assert holder.asked == [(OWN.id, "Ada")]


async def test_a_configured_feed_is_not_changed_by_command() -> None:
    holder = Holder()
    shares = Shares([OWN], holder)
    shares.taken(partition_of(OWN.id), {}, {OWN.id: entry_of(OWN, DAY)})
    await shares.changed(OWN.id, None)
    assert OWN.id in holder.held
    assert not holder.known
