"""Whether an outlet limits its feeds one by one, a host's or a domain's together."""

from datetime import timedelta

import pytest

from connectors.hosts import Hold, HostLimits, registered_domain
from tests.connectors.feeds import DAY

LATER = DAY + timedelta(minutes=10)


def test_one_feed_that_is_limited_holds_no_other() -> None:
    hosts = HostLimits()
    hosts.limited("wire.example", "a", LATER, DAY)
    assert hosts.held("wire.example", DAY) is None


def test_two_that_are_limited_hold_all_of_the_host_until_the_first_may_come_again() -> None:
    hosts = HostLimits()
    hosts.limited("a.wire.example", "a", LATER, DAY)
    hosts.limited("a.wire.example", "b", LATER + timedelta(minutes=5), DAY)
    assert hosts.held("a.wire.example", DAY) == Hold(LATER, "a.wire.example")
    assert hosts.held("a.wire.example", LATER) is None
    # Another host of the domain was never heard of.
    assert hosts.held("b.wire.example", DAY) is None
    assert hosts.held("other.example", DAY) is None


def test_two_hosts_of_a_domain_that_are_limited_hold_the_domain() -> None:
    hosts = HostLimits()
    hosts.limited("a.wire.example", "a", LATER, DAY)
    hosts.limited("b.wire.example", "b", LATER, DAY)
    assert hosts.held("c.wire.example", DAY) == Hold(LATER, "wire.example")
    assert hosts.held("a.other.example", DAY) is None


def test_an_answer_ends_it() -> None:
    hosts = HostLimits()
    hosts.limited("wire.example", "a", LATER, DAY)
    hosts.limited("wire.example", "b", LATER, DAY)
    hosts.answered("wire.example", "a")
    assert hosts.held("wire.example", DAY) is None


def test_what_was_long_ago_does_not_count() -> None:
    hosts = HostLimits()
    hosts.limited("wire.example", "a", DAY + timedelta(days=1), DAY)
    hosts.limited("wire.example", "b", DAY + timedelta(days=1), DAY + timedelta(hours=2))
    assert hosts.held("wire.example", DAY + timedelta(hours=2)) is None


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("feeds.bbc.co.uk", "bbc.co.uk"),
        ("bbc.co.uk", "bbc.co.uk"),
        ("www.pravda.com.ua", "pravda.com.ua"),
        ("rss.nytimes.com", "nytimes.com"),
        ("rss.dw.de", "dw.de"),
        ("feeds.news.com.au", "news.com.au"),
        ("www.city.kawasaki.jp", "city.kawasaki.jp"),
        ("rss.hurriyet.com.tr.", "hurriyet.com.tr"),
        ("somebody.github.io", "github.io"),
        ("feed.outlet.invalid", "outlet.invalid"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_a_registered_domain_is_what_somebody_registered(host: str, domain: str) -> None:
    assert registered_domain(host) == domain
