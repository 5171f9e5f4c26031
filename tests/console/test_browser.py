"""The console in a real browser: Debian's Chromium, driven by Playwright. Skipped, and said so, where it does not stand."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, Page

from console.serving import listen
from tests.console.app import Scene
from tests.console.chromium import IN_A_BROWSER, browser
from tests.console.wires import AT, alert, cluster, hostile_stories, incoming, record_story
from wirewatch.clock import SystemClock
from wirewatch.topics import COMMANDS

pytestmark = IN_A_BROWSER
SERIOUS = {"serious", "critical"}


class Served:
    """A scene that is served, and what a page of it said and asked for."""

    def __init__(self, scene: Scene, address: str, browser: Browser) -> None:
        self.scene = scene
        self.address = address
        self.browser = browser
        self.errors: list[str] = []
        self.hosts: set[str] = set()

    async def open(self, path: str, *, width: int = 1200, scheme: str = "light") -> Page:
        context = await self.browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
        )
        page = await context.new_page()
        page.on(
            "console", lambda message: self.errors.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        await page.goto(self.address + path)
        return page

    def tell(self, *messages: object) -> None:
        self.scene.fill(messages)  # type: ignore[arg-type]
        self.scene.console.hub.changed()


@pytest_asyncio.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    scene = Scene(tmp_path, [*hostile_stories(), *record_story()])
    listening: socket.socket = listen("127.0.0.1:0")
    config = uvicorn.Config(
        scene.app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    stop = asyncio.Event()
    tasks = [
        asyncio.create_task(server._serve([listening])),
        asyncio.create_task(scene.console.hub.run(SystemClock(), stop)),
    ]
    async with browser() as started:
        yield Served(scene, f"http://127.0.0.1:{listening.getsockname()[1]}", started)
    stop.set()
    server.should_exit = True
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks)


async def test_an_alert_appears_without_reload_within_a_second(served: Served) -> None:
    page = await served.open("/?kind=alerts")
    await page.wait_for_selector("#link.live")
    served.tell(
        cluster("c-new", "A thousand drones over the border"), alert("c-new", at=AT + timedelta(seconds=9))
    )
    await page.wait_for_selector("#c-c-new .badge.flash", timeout=1000)
    assert await page.locator(".wire .line").first.get_attribute("id") == "c-c-new"
    assert "A thousand drones" in (await page.locator("#announce").text_content() or "")
    assert served.errors == []


async def test_nothing_moves_while_one_reads_and_new_ones_wait(served: Served) -> None:
    page = await served.open("/")
    await page.wait_for_selector("#link.live")
    await page.keyboard.press("j")
    before = await page.locator(".line.chosen").bounding_box()
    served.tell(
        cluster("c-new", "Another story"),
        cluster("c-record", "Over 400 drones sent, more outlets say", outlets=9),
    )
    await page.wait_for_selector("#new:not([hidden])")
    await page.wait_for_selector("text=9 outlets")
    assert await page.locator("#c-c-new").count() == 0
    after = await page.locator(".line.chosen").bounding_box()
    assert before is not None
    assert after is not None
    assert after["y"] - before["y"] < 60
    await page.keyboard.press("n")
    await page.wait_for_selector("#c-c-new")
    assert served.errors == []


async def test_a_story_shows_its_figures_and_marked_words_and_is_acknowledged_by_key(served: Served) -> None:
    page = await served.open("/login?back=/story/c-record")
    await page.fill("input[name=name]", "Ada")
    await page.click("button.main")
    await page.wait_for_url("**/story/c-record")
    text = await page.inner_text("main")
    assert "472 drones" in text
    assert "355" in text
    assert await page.inner_text("mark") == "the biggest number"
    await page.wait_for_selector("#link.live")
    async with page.expect_navigation():
        await page.keyboard.press("a")
    (sent,) = served.scene.commands
    assert (sent.act, sent.by) == ("acknowledge", "Ada")
    # It is shown when it comes back from the topic, and not before.
    assert "Nothing yet" in await page.inner_text("[data-part=done]")
    await page.wait_for_selector("#link.live")
    served.tell(incoming(COMMANDS, sent))
    await page.wait_for_selector("[data-part=done] b:has-text('acknowledge')")
    assert served.errors == []


async def test_the_wire_is_walked_by_keys(served: Served) -> None:
    page = await served.open("/")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    assert await page.locator(".line.chosen").get_attribute("id") == await page.locator(".line").nth(
        1
    ).get_attribute("id")
    await page.keyboard.press("k")
    href = await page.locator(".line").first.locator("a").get_attribute("href")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert page.url.endswith(href or "?")
    await page.keyboard.press("?")
    assert await page.locator("#help").is_visible()


async def test_the_record_s_chart_is_saved_as_a_picture(served: Served) -> None:
    page = await served.open("/story/c-record")
    async with page.expect_download() as download:
        await page.click("a[data-png]")
    saved = await download.value
    assert saved.suggested_filename == "drones-ukraine.png"
    picture = await asyncio.to_thread(Path(await saved.path()).read_bytes)
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20]) == 1440
    assert served.errors == []


async def test_a_feed_is_polled_now_by_its_button_and_a_story_is_snoozed_and_muted_by_key(
    served: Served,
) -> None:
    page = await served.open("/login?back=/feeds")
    await page.fill("input[name=name]", "Ada")
    await page.click("button.main")
    await page.click("text=Poll now")
    await page.wait_for_selector("text=Outlet is asked for")
    assert [each.by for each in served.scene.asked] == ["Ada"]
    for key, sent in (("s", served.scene.commands), ("m", served.scene.settings)):
        await page.goto(f"{served.address}/story/c-record")
        async with page.expect_navigation():
            await page.keyboard.press(key)
        assert len(sent) == 1
    await page.goto(served.address)
    await page.keyboard.press("/")
    assert await page.evaluate("document.activeElement.id") == "search"
    assert served.errors == []


async def test_hostile_items_do_nothing_and_the_page_asks_no_other_host(served: Served) -> None:
    page = await served.open("/")
    for path in (
        "/",
        *(f"/story/c-hostile-{number}" for number in range(9)),
        "/feeds",
        "/delivery",
        "/system",
        "/records",
    ):
        await page.goto(served.address + path)
        assert await page.title() != "owned"
        assert await page.locator("main img, main script, main svg[onload], main [onerror]").count() == 0
        for link in await page.locator("main a[target=_blank]").all():
            assert (await link.get_attribute("href") or "").startswith(("http://", "https://"))
            assert "noopener" in (await link.get_attribute("rel") or "")
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), path
    assert served.hosts == {served.address.removeprefix("http://")}
    assert served.errors == []


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (1200, "dark"), (390, "light")])
async def test_axe_finds_no_serious_fault(served: Served, width: int, scheme: str) -> None:
    page = await served.open("/", width=width, scheme=scheme)
    for path in (
        "/",
        "/story/c-record",
        "/records",
        "/records/of/drones-ukraine",
        "/records/pairs/russia/ukraine",
        "/deadlines",
        "/ours",
        "/feeds",
        "/delivery",
        "/system",
        "/login",
    ):
        await page.goto(served.address + path)
        found = (await Axe().run(page)).response["violations"]
        told = [
            (path, each["id"], [node["html"][:120] for node in each["nodes"][:3]])
            for each in found
            if each["impact"] in SERIOUS
        ]
        assert told == []
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), path
