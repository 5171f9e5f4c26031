"""The pages. Each is one question to the read model and one template."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console import charts, pairs, tables
from console.ours import ours
from console.story import story_page
from console.wire import PAGE, Wanted, choices, line_of, wire
from console.wording import plain

Page = Callable[[Request], Response]


def show(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page."""
    console = request.app.state.console
    session = request.scope.get("wirewatch.session")
    page = request.app.state.templates.get_template(template)
    return HTMLResponse(
        page.render(
            path=request.url.path, ills=len(console.health.ills), said=plain(request.query_params.get("said", ""), 300), session=session, csrf=session.csrf if session else "", users=bool(console.settings.console.users),
            **values,
        ),
        status,
    )  # fmt: skip


def missing(request: Request, _error: Exception) -> Response:
    """Say that there is no such page."""
    return show(request, "missing.html", 404)


def place_of(text: str) -> tuple[int, str] | None:
    """Return the place in the wire that an address names; None where it names none."""
    changed, _, cluster = text.partition("-")
    return (int(changed), cluster) if changed.isdecimal() and len(changed) < 16 and cluster else None


def _wire(request: Request) -> Response:
    console = request.app.state.console
    wanted = Wanted.of(request.query_params)
    store = console.read()
    lines = wire(store, wanted, before=place_of(request.query_params.get("before", "")))
    last = lines[-1] if len(lines) == PAGE else None
    return show(
        request, "wire.html", lines=lines, wanted=wanted, older=f"{last['changed']}-{last['id']}" if last else None,
        choices=choices(store, tuple(desk.id for desk in console.settings.desks)),
    )  # fmt: skip


def _story(request: Request) -> Response:
    console = request.app.state.console
    store = console.read()
    found = story_page(store, request.path_params["cluster"])
    if found is None:
        return show(request, "missing.html", 404)
    if found["merged_into"]:
        return RedirectResponse(f"/story/{found['merged_into']}", 302)
    return show(request, "story.html", story=found, record=found["record_page"])


def _acknowledge(request: Request) -> Response:
    """Ask for the one button: programs that only look at links must change nothing."""
    cluster = request.path_params["cluster"]
    if request.scope["wirewatch.session"] is None:
        return RedirectResponse(f"/login?back={quote(request.url.path)}", 303)
    line = line_of(request.app.state.console.read(), cluster)
    if line is None:
        return show(request, "missing.html", 404)
    return show(request, "acknowledge.html", line=line, seen=bool(line["state"]))


def _records(request: Request) -> Response:
    words = request.query_params.get("q", "")[:200]
    store = request.app.state.console.read()
    return show(
        request, "records.html", records=tables.records(store, words), words=words,
        pairs=[] if words else pairs.pairs(store),
    )  # fmt: skip


def _pair(request: Request) -> Response:
    found = pairs.pair(request.app.state.console.read(), request.path_params["pair"])
    return show(request, "missing.html", 404) if found is None else show(request, "pair.html", pair=found)


def _ours(request: Request) -> Response:
    console = request.app.state.console
    store = console.read()
    now = tables.wire_now(store, console.clock.now())
    return show(request, "ours.html", ours=ours(store, console.settings, now))


def _record(request: Request) -> Response:
    found = tables.record(request.app.state.console.read(), request.path_params["metric"])
    return show(request, "missing.html", 404) if found is None else show(request, "record.html", record=found)


def _picture(request: Request) -> Response:
    found = tables.record(request.app.state.console.read(), request.path_params["metric"])
    drawn = charts.step_chart(found, picture=True) if found else ""
    if not drawn:
        return show(request, "missing.html", 404)
    return Response(
        drawn,
        media_type="image/svg+xml",
        headers={"Content-Disposition": 'attachment; filename="record.svg"'},
    )


def _deadlines_of(console: Any) -> dict[str, Any]:
    store = console.read()
    return tables.deadlines(store, tables.wire_now(store, console.clock.now()))


def _deadlines(request: Request) -> Response:
    console = request.app.state.console
    return show(request, "deadlines.html", deadlines=_deadlines_of(console))


def _feeds(request: Request) -> Response:
    console = request.app.state.console
    return show(
        request, "feeds.html", feeds=tables.feeds(console.read(), console.settings, console.clock.now())
    )


def _delivery(request: Request) -> Response:
    console = request.app.state.console
    return show(
        request,
        "delivery.html",
        delivery=tables.delivery(console.read(), console.settings),
        dead=tables.dead(console.read()),
    )


def _system(request: Request) -> Response:
    console = request.app.state.console
    return show(
        request,
        "system.html",
        system=tables.system(console.read(), console.clock.now()),
        pages=console.hub.pages,
        health=console.health.told(),
    )


PAGES: Final[dict[str, Page]] = {
    "/": _wire,
    "/story/{cluster}": _story,
    "/story/{cluster}/acknowledge": _acknowledge,
    "/records": _records,
    "/records/chart/{metric:path}": _picture,
    "/records/of/{metric:path}": _record,
    "/records/pairs/{pair:path}": _pair,
    "/deadlines": _deadlines,
    "/ours": _ours,
    "/feeds": _feeds,
    "/delivery": _delivery,
    "/system": _system,
}
