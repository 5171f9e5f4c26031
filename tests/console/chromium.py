"""Debian's Chromium, driven by Playwright. What needs it is skipped, and says so, where it does not stand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
IN_A_BROWSER = [
    pytest.mark.skipif(
        not Path(CHROMIUM).exists(),
        reason=f"NOT TESTED IN A BROWSER: there is no {CHROMIUM}; install Debian's package chromium",
    ),
    # Playwright leaves pipes to be collected.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A browser that is closed afterwards."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        await started.close()
