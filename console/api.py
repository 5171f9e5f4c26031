"""The same for programs: JSON under /api, its OpenAPI document, and the stream of what changes."""

from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from console import pairs, tables
from console.live import event_of
from console.ours import ours
from console.pages import place_of
from console.story import story_page
from console.wire import PAGE, Wanted, wire

MOST: Final = 500


def answer(value: object, status: int = 200) -> Response:
    """Return a value as JSON."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def _wire(request: Request) -> Response:
    query = request.query_params
    limit = query.get("limit", "")
    most = min(max(int(limit), 1), MOST) if limit.isdecimal() and len(limit) < 6 else PAGE
    lines = wire(
        request.app.state.console.read(),
        Wanted.of(query),
        before=place_of(query.get("before", "")),
        limit=most,
    )
    last = lines[-1] if len(lines) == most else None
    return answer({"clusters": lines, "next": f"{last['changed']}-{last['id']}" if last else None})


def _story(request: Request) -> Response:
    return _or_missing(story_page(request.app.state.console.read(), request.path_params["cluster"]))


def _records(request: Request) -> Response:
    return answer(
        {"records": tables.records(request.app.state.console.read(), request.query_params.get("q", ""))}
    )


def _record(request: Request) -> Response:
    return _or_missing(tables.record(request.app.state.console.read(), request.path_params["metric"]))


def _deadlines(request: Request) -> Response:
    console = request.app.state.console
    store = console.read()
    return answer(tables.deadlines(store, tables.wire_now(store, console.clock.now())))


def _pairs(request: Request) -> Response:
    return answer({"pairs": pairs.pairs(request.app.state.console.read())})


def _pair(request: Request) -> Response:
    return _or_missing(pairs.pair(request.app.state.console.read(), request.path_params["pair"]))


def _ours(request: Request) -> Response:
    console = request.app.state.console
    store = console.read()
    return answer(ours(store, console.settings, tables.wire_now(store, console.clock.now())))


def _feeds(request: Request) -> Response:
    console = request.app.state.console
    return answer({"feeds": tables.feeds(console.read(), console.settings, console.clock.now())})


def _delivery(request: Request) -> Response:
    console = request.app.state.console
    return answer(tables.delivery(console.read(), console.settings))


def _dead(request: Request) -> Response:
    return answer({"dead": tables.dead(request.app.state.console.read())})


def _system(request: Request) -> Response:
    console = request.app.state.console
    return answer(tables.system(console.read(), console.clock.now()) | {"health": console.health.told()})


def _or_missing(found: dict[str, Any] | None) -> Response:
    return answer({"error": "there is no such thing"}, 404) if found is None else answer(found)


async def _stream(request: Request) -> Response:
    console = request.app.state.console
    given = request.headers.get("last-event-id") or request.query_params.get("since", "")
    since = int(given) if given.isdecimal() and len(given) < 16 else None
    wanted, html = Wanted.of(request.query_params), "html" in request.query_params
    cluster = request.query_params.get("cluster", "")

    async def events() -> AsyncIterator[bytes]:
        yield b"retry: 1000\n\n"
        async for change in console.hub.follow(since):
            event = event_of(change, wanted, cluster, html=html)
            if event is not None:
                yield event

    return StreamingResponse(events(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _openapi(_request: Request) -> Response:
    return answer(openapi())


def openapi() -> dict[str, Any]:
    """Return the OpenAPI document of what stands under /api."""
    paths: dict[str, Any] = {}
    for path, (about, parameters) in _ABOUT.items():
        named = [
            {
                "name": name,
                "in": place,
                "required": place == "path",
                "description": said,
                "schema": {"type": "string"},
            }
            for name, place, said in parameters
        ]
        kind = "text/event-stream" if path == "/api/stream" else "application/json"
        responses: dict[str, Any] = {"200": {"description": about, "content": {kind: {}}}}
        if any(place == "path" for _, place, _ in parameters):
            responses["404"] = {"description": "There is no such thing"}
        paths[path.replace(":path", "")] = {
            "get": {"summary": about, "parameters": named, "responses": responses}
        }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Wirewatch's console",
            "version": "1",
            "description": "Read-only; times in RFC 3339.",
        },
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{}, {"token": []}],
    }


_FILTERS: Final = (
    ("desk", "query", "told to this desk"),
    ("kind", "query", "alerts, record, escalation or found"),
    ("lang", "query", "told in this language"),
    ("q", "query", "words of the headline, by their beginnings"),
)
_ABOUT: Final[dict[str, tuple[str, tuple[tuple[str, str, str], ...]]]] = {
    "/api/wire": (
        "Clusters, those that changed last first",
        (
            *_FILTERS,
            ("before", "query", "`next` of the answer before"),
            ("limit", "query", f"at most {MOST}; else {PAGE}"),
        ),
    ),
    "/api/stories/{cluster}": ("All that is known of a cluster", (("cluster", "path", "its id"),)),
    "/api/records": (
        "Each metric with what stands, the newest first",
        (("q", "query", "words of the metric"),),
    ),
    "/api/records/{metric:path}": ("One metric with its steps", (("metric", "path", "its name"),)),
    "/api/pairs": ("How two parties stand, those furthest from what is usual between them first", ()),
    "/api/pairs/{pair:path}": ("One pair with its days", (("pair", "path", "its name: russia/ukraine"),)),
    "/api/ours": ("What others have and the own page has not, and where it tells another figure", ()),
    "/api/deadlines": ("What falls due and who set it; what has passed", ()),
    "/api/feeds": ("Each feed with how it stands", ()),
    "/api/delivery": ("Each endpoint with how it does, and what waits for it", ()),
    "/api/dead": ("Dead letters with their cause, the newest first", ()),
    "/api/system": (
        "Whether all is well, how far behind each stage is; how much came, what was held back",
        (),
    ),
    "/api/stream": (
        "What changes, as it changes; with Last-Event-ID what was missed",
        (
            *_FILTERS,
            ("cluster", "query", "of this cluster alone"),
            ("since", "query", "stands in for Last-Event-ID"),
        ),
    ),
    "/api/openapi.json": ("This document", ()),
}
ANSWERS: Final[dict[str, Callable[..., Any]]] = dict(
    zip(
        _ABOUT,
        (
            _wire,
            _story,
            _records,
            _record,
            _pairs,
            _pair,
            _ours,
            _deadlines,
            _feeds,
            _delivery,
            _dead,
            _system,
            _stream,
            _openapi,
        ),
        strict=True,
    )
)
