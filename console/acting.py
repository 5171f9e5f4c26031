"""What an editor does on a page: log in, give a name, acknowledge, claim, snooze, mute, say that it is wrong."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.access import COOKIE, MOST_NAME, SESSION_SECONDS, who_is
from console.pages import show
from console.wire import line_of
from console.wording import plain
from wirewatch.editorial import command, mute, unmute
from wirewatch.messages import Act

ACTS: Final[dict[str, Act]] = {
    "acknowledge": "acknowledge", "claim": "claim", "release": "release", "snooze": "snooze", "wake": "wake",
    "wrong": "wrong", "right": "right", "hand_over": "hand_over",
}  # fmt: skip
MOST_NOTE: Final = 500
MOST_MINUTES: Final = 7 * 24 * 60


def login_page(request: Request) -> Response:
    """Ask who it is."""
    return show(request, "login.html", back=_back(request.query_params.get("back", "/")), wrong="")


async def login(request: Request) -> Response:
    """Begin a session: by name and password, or on loopback without users by a name alone."""
    console = request.app.state.console
    form = await form_of(request)
    name, back = plain(form.get("name", ""), MOST_NAME), _back(form.get("back", "/"))
    address = request.client.host if request.client else ""
    if console.settings.console.users:
        if console.tries.waits(address):
            return show(request, "login.html", 429, back=back, wrong="Too many tries. Wait five minutes.")
        who = await run_in_threadpool(who_is, console.settings.console, name, form.get("password", ""))
        if who is None:
            console.tries.failed(address)
            return show(
                request, "login.html", 403, back=back, wrong="That is no name and password of this console."
            )
    elif not name:
        return show(request, "login.html", 400, back=back, wrong="A name is needed.")
    else:
        who = name
    answer = RedirectResponse(back, 303)
    public = console.settings.console.public_url or ""
    answer.set_cookie(
        COOKIE, console.sessions.begin(who), max_age=SESSION_SECONDS, httponly=True, samesite="strict",
        secure=public.startswith("https:"),
    )  # fmt: skip
    return answer


async def logout(request: Request) -> Response:
    """End the session."""
    session = request.scope["wirewatch.session"]
    form = await form_of(request)
    if session is None or form.get("csrf") != session.csrf:
        return show(request, "login.html", 403, back="/", wrong="That page is too old. Try again.")
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


async def act(request: Request) -> Response:
    """Send what an editor does with a story; the page shows it when it comes back from the topic."""
    console = request.app.state.console
    session = request.scope["wirewatch.session"]
    cluster = request.path_params["cluster"]
    form = await form_of(request)
    refusal = refusal_of(request, form, back=f"/story/{cluster}")
    if refusal is not None:
        return refusal
    if await run_in_threadpool(lambda: line_of(console.read(), cluster)) is None:
        return show(request, "missing.html", 404)
    now, wanted = console.clock.now(), form.get("act", "")
    until = now + timedelta(minutes=_minutes(form.get("minutes", "")))
    match wanted:
        case "mute":
            await console.ways.setting(mute("cluster", cluster, by=session.name, at=now, until=until))
        case "unmute":
            await console.ways.setting(unmute("cluster", cluster, by=session.name, at=now))
        case "hand_over" if not plain(form.get("to", ""), MOST_NAME):
            return RedirectResponse(
                f"/story/{cluster}?{urlencode({'said': 'To whom? A name is needed.'})}", 303
            )
        case _ if wanted in ACTS:
            done = command(
                ACTS[wanted], cluster, by=session.name, at=now, until=until if wanted == "snooze" else None,
                note=plain(form.get("note", ""), MOST_NOTE),
                to=plain(form.get("to", ""), MOST_NAME) if wanted == "hand_over" else "",
            )  # fmt: skip
            await console.ways.command(done)
        case _:
            return show(request, "missing.html", 404)
    if request.headers.get("x-requested-with") == "fetch":
        return Response(status_code=204)
    return RedirectResponse(f"/story/{cluster}", 303)


def refusal_of(request: Request, form: Mapping[str, str], *, back: str) -> Response | None:
    """Return what stands in the way of an act: nobody's name, or a page that is not this session's; None for nothing."""
    session = request.scope["wirewatch.session"]
    if session is None:
        return RedirectResponse(f"/login?back={back}", 303)
    # A token is no cookie: no other page can send it along.
    if session.csrf and form.get("csrf") != session.csrf:
        return show(request, "login.html", 403, back=back, wrong="That page is too old. Try again.")
    return None


async def form_of(request: Request) -> dict[str, str]:
    """Return what a form sent."""
    body = await request.body()
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
    return {name: values[0] for name, values in fields.items()}


def _back(path: str) -> str:
    """A path of this console: never another host, however it is written."""
    parts = urlsplit(path)
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc
    return path if inside and path.isprintable() and "\\" not in path else "/"


def _minutes(text: str) -> int:
    return min(max(int(text), 1), MOST_MINUTES) if text.isdecimal() and len(text) < 6 else 60
