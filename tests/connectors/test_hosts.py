"""Whether a host limits its feeds one by one or together."""

from datetime import timedelta

from connectors.hosts import HostLimits
from tests.connectors.feeds import DAY

LATER = DAY + timedelta(minutes=10)


def test_one_feed_that_is_limited_holds_no_other() -> None:
    hosts = HostLimits()
    hosts.limited("wire.example", "a", LATER, DAY)
    assert hosts.held_until("wire.example", DAY) is None


def test_two_that_are_limited_hold_all_of_the_host_until_the_first_may_come_again() -> None:
    hosts = HostLimits()
    hosts.limited("wire.example", "a", LATER, DAY)
    hosts.limited("wire.example", "b", LATER + timedelta(minutes=5), DAY)
    assert hosts.held_until("wire.example", DAY) == LATER
    assert hosts.held_until("wire.example", LATER) is None
    assert hosts.held_until("other.example", DAY) is None


def test_an_answer_ends_it() -> None:
    hosts = HostLimits()
    hosts.limited("wire.example", "a", LATER, DAY)
    hosts.limited("wire.example", "b", LATER, DAY)
    hosts.answered("wire.example", "a")
    assert hosts.held_until("wire.example", DAY) is None


def test_what_was_long_ago_does_not_count() -> None:
    hosts = HostLimits()
    hosts.limited("wire.example", "a", DAY + timedelta(days=1), DAY)
    hosts.limited("wire.example", "b", DAY + timedelta(days=1), DAY + timedelta(hours=2))
    assert hosts.held_until("wire.example", DAY + timedelta(hours=2)) is None
