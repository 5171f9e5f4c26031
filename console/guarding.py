"""Stands before every page: which names of this machine are ours, who asks, what may change something, which headers go out."""

from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from console.access import COOKIE, Session, Sessions, bearer_of, is_host, is_own
from wirewatch.console_settings import ConsoleSettings

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]
MOST_BODY: Final = 64 * 1024
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With "no-referrer" a browser sends its forms with the Origin "null", which tells them from nobody's.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_ONCE_MORE: Final = '<!doctype html><meta http-equiv="refresh" content="0"><title>Wirewatch</title>'
_OPEN: Final = ("/static/", "/login")


class Guard:
    """The application behind its rules of access."""

    def __init__(self, app: App, settings: ConsoleSettings, sessions: Sessions) -> None:
        self._app = app
        self._settings = settings
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Let a request pass, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=dict(scope))
        session = self._session(headers)
        scope["wirewatch.session"] = session
        refusal = self._refusal(scope, headers, session)

        async def secured(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    out[name] = value
                if not scope["path"].startswith("/static/"):
                    out["Cache-Control"] = "no-store"
            await send(message)

        await (refusal or self._app)(scope, receive, secured)

    def _session(self, headers: Headers) -> Session | None:
        name = bearer_of(self._settings, headers.get("authorization"))
        if name is not None:
            return Session(name, "")
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return None
        session = self._sessions.of(cookie.value if cookie else None)
        known = {user.name for user in self._settings.users}
        # Who was taken out of the configuration is out at once.
        return session if session is not None and (not known or session.name in known) else None

    def _refusal(self, scope: Scope, headers: Headers, session: Session | None) -> Response | None:
        host = headers.get("host", "")
        if not is_host(self._settings, host):
            return PlainTextResponse("This console does not go by that name.", 421)
        path = scope["path"]
        if scope["method"] not in {"GET", "HEAD"}:
            own = is_own(
                headers.get("origin"), headers.get("sec-fetch-site"), host, self._settings.public_url
            )
            if not own:
                return PlainTextResponse("Sent from another site; refused.", 403)
            length = headers.get("content-length", "")
            if not length.isdecimal() or int(length) > MOST_BODY:
                return PlainTextResponse("Too long, or of unsaid length.", 413)
        if self._settings.users and session is None and not path.startswith(_OPEN):
            if path.startswith("/api"):
                return JSONResponse(
                    {"error": "log in, or bring a token"}, 401, {"WWW-Authenticate": "Bearer"}
                )
            if headers.get("sec-fetch-site") == "cross-site" and scope["method"] == "GET":
                # A link in a chat: browsers keep the session's cookie back until the page is asked for from here.
                return HTMLResponse(_ONCE_MORE)
            return RedirectResponse(f"/login?back={quote(path)}", 303)
        return None
