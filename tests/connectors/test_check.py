"""What one address or file is, as a poll would see it."""

import json
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors.check import Checked, check_source
from connectors.discovery import find_feeds
from tests.clock import ManualClock
from tests.connectors.feeds import DAY, news, rss
from tests.connectors.loopback import Loopback, answers, reply
from wirewatch.cli.app import cli
from wirewatch.cli.feeds import shown
from wirewatch.errors import InputError
from wirewatch.settings import FeedSettings, HttpSettings, Settings

LOCAL = HttpSettings(allow_networks=(ip_network("127.0.0.0/8"),))
PAGE = b"""<html><head><title>Outlet</title><base href="/news/">
<link rel="alternate" type="application/rss+xml" title="All  news" href="all.xml">
<link rel="stylesheet" href="/feed.css"><link rel="alternate" hreflang="de" href="/de/">
<link REL="Alternate" TYPE="application/atom+xml" href="https://other.example/atom">
<link rel="alternate" type="application/rss+xml" href="all.xml"></head></html>"""


async def check(target: str, *feeds: FeedSettings) -> Checked:
    return await check_source(
        target, Settings(http=LOCAL, feeds=feeds), ManualClock(DAY + timedelta(hours=1))
    )


async def test_a_feed_is_told_with_its_stories_in_its_own_order() -> None:
    async with Loopback(answers(reply(rss([news(2), news(1, published=None)])))) as wire:
        found = shown(await check(wire.url("/feed")))
    assert [story["title"] for story in found["stories"]] == ["Story number 2", "Story number 1"]
    assert (found["format"], found["items"], found["health"]) == ("rss20", 2, "ok")
    assert found["problems"] == ["1 of 2 items: no date"]
    assert found["stories"][1]["published"] is None
    assert found["reason"] == "no habit yet"
    assert found["next_due"] > DAY


async def test_a_demand_of_the_outlet_is_the_reason() -> None:
    fresh = {"Cache-Control": "max-age=7200"}
    async with Loopback(answers(reply(rss([news(1)]), headers=fresh))) as wire:
        found = await check(wire.url())
    assert found.state.why_due.startswith("max-age: ")
    assert found.state.due == DAY + timedelta(hours=3)


async def test_a_configured_feed_is_asked_as_it_is_configured() -> None:
    async with Loopback(answers(reply(rss([news(1)])))) as wire:
        feed = FeedSettings(wire.url(), "The Wire", interval=600)
        found = await check(wire.url(), feed)
    assert found.state.why_due == "your interval"
    assert {story.source for story in found.stories} == {"The Wire"}


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "429 Slow Down", "500 Oops"])
async def test_an_answer_without_a_feed_says_so(status: str) -> None:
    async with Loopback(answers(reply(rss([news(1)]), status=status))) as wire:
        found = await check(wire.url())
    assert not found.is_readable
    assert status[:3] in " ".join(found.problems)


async def test_a_page_is_no_feed_and_names_those_that_it_knows() -> None:
    async with Loopback(answers(reply(PAGE, headers={"Content-Type": "text/html"}))) as wire:
        found = await check(wire.url("/"))
        assert [each.url for each in found.found] == [wire.url("/news/all.xml"), "https://other.example/atom"]
    assert not found.is_readable


def test_links_that_are_called_like_feeds_are_found_where_a_page_names_none() -> None:
    page = b'<a href="/about">x</a><a href="/rss/world.xml">x</a><a href="/rss.png">x</a><a href="//[">x</a>'
    found = find_feeds(page, content_type="text/html", address="https://outlet.example/")
    assert [each.url for each in found] == ["https://outlet.example/rss/world.xml"]


async def test_what_is_neither_address_nor_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither an address"):
        await check(str(tmp_path / "none.xml"))
    with pytest.raises(InputError, match="neither an address"):
        await check(str(tmp_path))


@pytest.mark.parametrize(
    ("body", "code"), [(rss([news(1)]), 0), (rss([]), 0), (b"no feed", 1), (b"", 1), (PAGE, 1)]
)
def test_the_exit_code_is_0_only_for_a_feed_that_can_be_read(
    body: bytes, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "feed.xml").write_bytes(body)
    for_people = CliRunner().invoke(cli, ["feeds", "check", "feed.xml"])
    result = CliRunner().invoke(cli, ["feeds", "check", "feed.xml", "--json"])
    assert (for_people.exit_code, result.exit_code) == (code, code)
    told = json.loads(result.stdout)
    assert {"format", "items", "problems", "next_due", "reason", "stories"} <= set(told)
    assert bool(told["problems"]) == bool(code)
    assert all(
        {"title", "url", "published", "summary", "language"} <= set(story) for story in told["stories"]
    )


async def test_a_language_without_lexicons_is_said_of_a_feed() -> None:
    async with Loopback(answers(reply(rss([news(1)])))) as wire:
        feed = FeedSettings(wire.url(), "Agencja", language="pl")
        found = await check(wire.url(), feed)
    (problem,) = found.problems
    assert problem.startswith("its language, pl, has no lexicons; these have: ")


def test_what_an_agency_holds_or_takes_back_is_said(tmp_path: Path) -> None:
    items = [
        {"uri": "urn:x:1", "headline": "Budget read", "embargoed": "2099-01-01T00:00:00Z"},
        {"uri": "urn:x:2", "headline": "Mayor resigns", "pubstatus": "canceled"},
    ]
    file = tmp_path / "wire.json"
    file.write_text(json.dumps({"items": items}))
    found = CliRunner().invoke(cli, ["feeds", "check", str(file)])
    assert found.exit_code == 0
    assert "1 of 2 items: under embargo, sent when it ends; the next 2099-01-01 00:00 UTC" in found.stdout
    assert "1 of 2 items: taken back by the outlet" in found.stdout
