"""robots.txt as RFC 9309 says it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.robots import NOTHING, Robots, read_robots

SITE = "https://wire.example"


def allows(written: str, path: str) -> bool:
    return read_robots(written.encode(), "Wirewatch").allows(SITE + path)


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("", "/a", True),
        ("Disallow:", "/a", True),
        ("Disallow: /", "/a", False),
        ("Disallow: /a", "/abc", False),
        ("Disallow: /a/", "/a", True),
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a\nDisallow: /a/b", "/a/b/c", False),
        ("Allow: /a\nDisallow: /a", "/a", True),
        ("Disallow: /*?print=", "/2025/story?print=1", False),
        ("Disallow: /*.pdf$", "/report.pdf", False),
        ("Disallow: /*.pdf$", "/report.pdf?x", True),
        ("Disallow: /$", "/", False),
        ("Disallow: /$", "/a", True),
        ("Disallow: /%7Euser", "/~user/x", False),
        ("Disallow: /été", "/%C3%A9t%C3%A9/1", False),
        ("disallow : /a # not this", "/a", False),
    ],
)
def test_the_longest_rule_that_fits_decides(rules: str, path: str, allowed: bool) -> None:
    assert allows(f"User-agent: *\n{rules}\n", path) is allowed


@pytest.mark.parametrize(
    ("written", "allowed"),
    [
        ("User-agent: wirewatch\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Wirewatch\nAllow: /", True),
        ("User-agent: Other\nDisallow: /", True),
        ("User-agent: Other\nUser-agent: Wirewatch\nDisallow: /", False),
        ("User-agent: *\nSitemap: https://wire.example/s.xml\nDisallow: /", False),
        ("<html>not found</html>", True),
    ],
)
def test_a_group_that_names_the_program_goes_before_the_one_for_all(written: str, allowed: bool) -> None:
    assert allows(written, "/a") is allowed


def test_reads_the_delay_that_is_asked_for() -> None:
    assert read_robots(b"User-agent: *\nCrawl-delay: 10\n", "Wirewatch").delay == 10


def test_nothing_is_nothing() -> None:
    assert not NOTHING.allows(SITE + "/a")
    assert Robots().allows(SITE)


def test_patterns_made_to_harm_take_no_time() -> None:
    started = time.perf_counter()
    allows("User-agent: *\nDisallow: /" + "*a" * 20_000 + "$", "/" + "a" * 20_000 + "b")
    assert time.perf_counter() - started < 2


@given(st.binary(max_size=300))
def test_any_bytes_are_rules_or_none(body: bytes) -> None:
    assert read_robots(b"User-agent: *\n" + body, "Wirewatch").allows(SITE + "/a") in {True, False}
