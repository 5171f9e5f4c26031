"""What an operator does on a page: have a feed polled now, send a dead letter again."""

import re
from collections.abc import Awaitable
from typing import Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.acting import form_of, refusal_of
from console.pages import show
from console.tables import feeds
from wirewatch.errors import WirewatchError
from wirewatch.messages import PollRequest

_LETTER: Final = re.compile(r"(\d{1,9})-(\d{1,18})", re.ASCII)


async def poll_now(request: Request) -> Response:
    """Ask the poller for a feed; its line changes when it has answered."""
    console = request.app.state.console
    refusal = refusal_of(request, await form_of(request), back="/feeds")
    if refusal is not None:
        return refusal
    wanted, now = request.path_params["feed"], console.clock.now()
    known = await run_in_threadpool(lambda: feeds(console.read(), console.settings, now))
    feed = next((each for each in known if each["id"] == wanted), None)
    if feed is None:
        return show(request, "missing.html", 404)
    by = request.scope["wirewatch.session"].name
    return await _done(
        "/feeds", f"{feed['name']} is asked for.", console.ways.ask(PollRequest(wanted, by, now))
    )


async def replay(request: Request) -> Response:
    """Send a dead letter's bytes again to where they came from."""
    refusal = refusal_of(request, await form_of(request), back="/delivery")
    if refusal is not None:
        return refusal
    found = _LETTER.fullmatch(request.path_params["letter"])
    if found is None:
        return show(request, "missing.html", 404)
    letter = f"{found[1]}/{found[2]}"
    return await _done(
        "/delivery", f"Dead letter {letter} was sent again.", request.app.state.console.ways.replay(letter)
    )


async def _done(page: str, said: str, work: Awaitable[None]) -> Response:
    """Do it, and lead back to the page that says what came of it."""
    try:
        await work
    except WirewatchError as error:
        said = f"Not done: {error}"
    return RedirectResponse(f"{page}?{urlencode({'said': said})}", 303)
