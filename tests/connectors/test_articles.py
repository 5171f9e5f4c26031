"""The full text of a story from its own page."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from msgspec.structs import replace

from connectors.articles import Articles, wants_page
from connectors.fetch import Fetcher, FetchLimits
from tests.clock import ManualClock
from tests.connectors.feeds import DAY, news, rss
from tests.connectors.loopback import Loopback, Request, reply
from tests.connectors.test_poller import run
from wirewatch.messages import Story
from wirewatch.network import Guard, open_client
from wirewatch.settings import FeedSettings, FullText

BODY = (
    "Ukraine's air force counted 472 drones in the night to Sunday. It was the largest attack of the war so far, "
    "and beat the 355 of the week before. Most of the drones were shot down or lost on the way, the air force said."
)
PAGE = (
    "<html><head><title>472 drones</title><script>var x = 1</script></head><body><nav><a href='/'>Home</a></nav>"
    f"<article><h1>Russia fires 472 drones at Ukraine</h1><p>{BODY}</p><p>Talks are to begin on Monday in Istanbul, "
    "and both delegations were still on their way there when the sirens fell silent in the morning.</p></article>"
    "<footer>Imprint, cookies and terms</footer></body></html>"
).encode()
STORY = Story(
    "s",
    "1",
    "f",
    "Outlet",
    "Russia fires 472 drones at Ukraine",
    DAY,
    summary="The air force counted…",
    published=DAY,
)


class Site:
    """Answers with pages by their path, and counts what it was asked."""

    def __init__(self, robots: bytes | None = None, page: bytes = PAGE, **pages: bytes) -> None:
        self.pages = {"/story": reply(page), **{f"/{name}": page for name, page in pages.items()}}
        if robots is not None:
            self.pages["/robots.txt"] = reply(robots)

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(self.pages.get(request.path.partition("?")[0], reply(status="404 Not Found")))


@asynccontextmanager
async def articles(clock: ManualClock | None = None) -> AsyncIterator[Articles]:
    clock = clock or ManualClock()
    with ThreadPoolExecutor(1) as readers:
        async with open_client(Guard([ip_network("127.0.0.0/8")]), user_agent="Wirewatch/test") as client:
            yield Articles(Fetcher(client, FetchLimits(seconds=5), clock), clock, readers)


async def complete(site: Site, *paths: str, wish: FullText = "always") -> tuple[list[Story], list[str]]:
    """Return the completed stories of these paths, and which paths were asked for."""
    async with Loopback(site) as outlet, articles() as found:
        stories: list[Story] = []
        for number, path in enumerate(paths or ("/story",)):
            story = replace(STORY, id=str(number), url=outlet.url(path))
            stories += await found.complete([story], wish)
        return stories, [request.path for request in outlet.requests]


async def test_reads_the_text_of_the_page_and_nothing_around_it() -> None:
    (story,), asked = await complete(Site())
    assert BODY in story.text
    assert "Imprint" not in story.text
    assert story.problems == ()
    assert story.version == STORY.version
    assert asked == ["/robots.txt", "/story"]


async def test_robots_txt_is_honoured_and_asked_for_once() -> None:
    stories, asked = await complete(Site(b"User-agent: *\nDisallow: /story"), "/story", "/story?2")
    assert [story.text for story in stories] == ["", ""]
    assert stories[0].problems == ("full text not read: robots.txt of 127.0.0.1 asks not to",)
    assert asked == ["/robots.txt"]


async def test_an_outlet_whose_robots_txt_cannot_be_had_is_left_alone() -> None:
    site = Site()
    site.pages["/robots.txt"] = reply(status="500 Oops")
    (story,), asked = await complete(site)
    assert story.text == ""
    assert asked == ["/robots.txt"]


async def test_a_delay_that_is_asked_for_is_kept() -> None:
    stories, asked = await complete(Site(b"User-agent: *\nCrawl-delay: 10"), "/story", "/story?2")
    assert [bool(story.text) for story in stories] == [True, False]
    assert asked == ["/robots.txt", "/story"]


async def test_too_many_requests_are_no_more_requests() -> None:
    site = Site(story=reply(status="429 Too Many Requests", headers={"Retry-After": "600"}))
    stories, asked = await complete(site, "/story", "/story?2")
    assert stories[0].problems[0].startswith("full text not read: limited: ")
    assert asked == ["/robots.txt", "/story"]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (b"<html><body><p>" + b"We value your privacy. Accept or leave this place. " * 9 + b"</p></body></html>", "else"),
        (b"<html><body><p>Short.</p></body></html>", "no more than the feed"),
        (b"", "no more than the feed"),
        (b"\xff\xd8\xff" * 99, "no more than the feed"),
    ],
)  # fmt: skip
async def test_a_page_that_shows_something_else_is_left_aside(page: bytes, said: str) -> None:
    (story,), _ = await complete(Site(page=page))
    assert story.text == ""
    assert said in story.problems[0]


async def test_a_page_on_a_forbidden_network_is_not_asked_for() -> None:
    async with articles() as found:
        (story,) = await found.complete([replace(STORY, url="http://169.254.169.254/story")], "always")
    assert "full text not read" in story.problems[0]


async def test_a_page_that_does_not_answer_delays_the_story_only_so_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("connectors.articles.PATIENCE", 0.1)

    async def silent(_request: Request, _writer: asyncio.StreamWriter) -> None:
        return

    async with Loopback(silent) as outlet, articles() as found:
        (story,) = await found.complete([replace(STORY, url=outlet.url("/story"))], "always")
    assert story.problems == ("full text not read: no answer within 0.1 s",)


async def test_what_robots_txt_said_is_asked_again_after_its_time() -> None:
    clock = ManualClock()
    async with Loopback(Site()) as outlet, articles(clock) as found:
        story = replace(STORY, url=outlet.url("/story"))
        for wait in (1, 13):
            await found.complete([story], "always")
            clock.advance(timedelta(hours=wait).total_seconds())
        await found.complete([story], "always")
        assert [request.path for request in outlet.requests].count("/robots.txt") == 2


@pytest.mark.parametrize(
    ("changes", "wish", "wanted"),
    [
        ({}, "cut", True),
        ({"summary": "The air force counted [...]"}, "cut", True),
        ({"summary": "The air force counted them."}, "cut", False),
        ({"summary": "The air force counted them."}, "always", True),
        ({"text": "w" * 3_000}, "always", False),
        ({"url": None}, "always", False),
        ({"first_poll": True}, "always", False),
        ({"withdrawn": "killed"}, "always", False),
        ({}, "never", False),
    ],
)
def test_which_stories_want_their_page(changes: dict[str, Any], wish: FullText, wanted: bool) -> None:
    assert wants_page(replace(replace(STORY, url="https://wire.example/story"), **changes), wish) is wanted


async def test_the_poller_completes_the_stories_of_a_feed_that_asks_for_it() -> None:
    page = PAGE.replace(b"Russia fires 472 drones at Ukraine", b"Story number 2")
    site = Site(feed=reply(rss([news(1)])), story=reply(page))
    async with Loopback(site) as outlet:
        feed = FeedSettings(outlet.url("/feed"), "Outlet", interval=60, full_text="always")
        before = await run([feed], 1)
        site.pages["/feed"] = reply(rss([news(2, link=outlet.url("/story")), news(1)]))
        after = await run([feed], 1, states={feed.id: before.states[-1]})
    assert [BODY in story.text for story in after.stories] == [True]
