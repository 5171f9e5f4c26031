"""Looks after how one endpoint does: notes it, tells those who run it of each turn, disables what is given up."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from alerts.books import Books
from alerts.health import Health, Turn, after
from alerts.notices import notice
from alerts.schedule import Answer
from alerts.switchboard import Switchboard
from wirewatch.endpoint_switch import Off


class Wellbeing:
    """How one endpoint does; `endpoint` is None where it is not configured any more."""

    def __init__(
        self,
        endpoint: str | None,
        books: Books,
        switchboard: Switchboard,
        *,
        operations: str | None,
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
    ) -> None:
        self._endpoint = endpoint
        self._books = books
        self._switchboard = switchboard
        # An endpoint that fails cannot be told of itself.
        self._operations = None if operations == endpoint else operations
        self._spawn = spawn
        since = None if endpoint is None else switchboard.failing_since(endpoint)
        self._health = Health(since=since, failing=since is not None)
        self._spoken = self._health.failing

    @property
    def is_off(self) -> bool:
        """Return whether the endpoint is disabled now."""
        return self._endpoint is not None and self._switchboard.is_off(self._endpoint)

    def enabled(self) -> None:
        """Take that somebody enabled the endpoint: what it did before counts no more."""
        self._health = Health()

    def observe(self, answer: Answer, now: datetime) -> Turn | None:
        """Note what an attempt says of the endpoint; return the turn that it took."""
        if self._endpoint is None:
            return None
        since = self._health.since or now
        self._health, turn = after(self._health, answer, now)
        match turn:
            case "gone" | "given_up":
                self._disable(self._endpoint, "gone" if turn == "gone" else "failed")
            case "failing":
                self._spawn(self._books.failing(self._endpoint, since))
            case "well":
                self._spawn(self._books.failing(self._endpoint, None))
            case None:
                return None
        if turn == "failing":
            self._spoken = self._health.may_tell(now)
        # Who heard nothing of a failure is not told that it is over.
        if self._operations is None or (turn in ("failing", "well") and not self._spoken):
            return turn
        self._health = replace(self._health, told=now)
        told = notice(self._endpoint, turn, answer, since=since, now=now, to=self._operations)
        self._spawn(self._books.write(told))
        return turn

    def _disable(self, endpoint: str, why: Off) -> None:
        self._switchboard.disable(endpoint)
        self._spawn(self._books.disable(endpoint, why))
