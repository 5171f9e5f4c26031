"""Takes the pictures of the console for the documentation: wide, dark, and on a phone.

`make screenshots` plays the demo and takes them; with an address, of the console that runs there.
"""

import asyncio
import re
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, async_playwright

ROOT: Final = Path(__file__).resolve().parent.parent
IMAGES: Final = ROOT / "docs" / "images"
CHROMIUM: Final = "/usr/bin/chromium"
FLAGS: Final = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE: Final = (1280, 860)
PHONE: Final = (390, 844)


async def main() -> int:
    """Take the pictures; return the exit code."""
    if len(sys.argv) > 1:
        await take(sys.argv[1])
        return 0
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "wirewatch", "up", "--demo", "--state", folder, cwd=ROOT,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            address = await _played(process)
            if address is None:
                return 1
            await take(address)
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
    return 0


async def _played(process: asyncio.subprocess.Process) -> str | None:
    """Return the console's address when the demo has been played."""
    address = None
    assert process.stdout is not None  # noqa: S101 - it was asked for
    async for line in process.stdout:
        text = line.decode("utf-8", "replace")
        say(text.rstrip())
        found = re.search(r"console[^:]*: (http://\S+)", text)
        address = found[1] if found else address
        if "Everything stays up" in text:
            return address
    return None


async def take(address: str) -> None:
    """Take every picture of the console at an address."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        story = await _story(browser, address)
        for name, path, size, scheme in (
            ("wire", "/?kind=alerts", WIDE, "light"),
            ("wire-dark", "/?kind=alerts", WIDE, "dark"),
            ("wire-phone", "/?kind=alerts", PHONE, "light"),
            ("story", story, WIDE, "light"),
            ("story-dark", story, WIDE, "dark"),
            ("story-phone", story, PHONE, "dark"),
            ("records", "/records", WIDE, "light"),
            ("pair", "/records/pairs/russia/ukraine", WIDE, "light"),
            ("feeds", "/feeds", WIDE, "dark"),
            ("delivery", "/delivery", WIDE, "light"),
            ("system", "/system", WIDE, "light"),
        ):
            context = await browser.new_context(
                viewport={"width": size[0], "height": size[1]},
                color_scheme="dark" if scheme == "dark" else "light",
                locale="en-GB",
                timezone_id="Europe/London",
                device_scale_factor=1,
            )
            page = await context.new_page()
            await page.goto(address + path)
            await page.wait_for_selector("main h1")
            await page.screenshot(path=IMAGES / f"{name}.png")
            await context.close()
            say(f"docs/images/{name}.png")
        await browser.close()


async def _story(browser: Browser, address: str) -> str:
    """Return the path of the story that shows the most: the record of 1 June."""
    page = await browser.new_page()
    answer = await page.request.get(f"{address}/api/wire?kind=record&q=drones&limit=500")
    found = (await answer.json())["clusters"]
    await page.close()
    return f"/story/{next(each['id'] for each in found if each['figure'] == 472)}"


def say(text: str) -> None:
    """Say what happens."""
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    if not Path(CHROMIUM).exists():
        sys.exit(f"There is no {CHROMIUM}: install Debian's package chromium")
    sys.exit(asyncio.run(main()))
