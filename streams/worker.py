"""Runs a step's Faust app as this process, and ends it at once when told to."""

import asyncio
from typing import Any

import faust

from streams.standing import standing
from wirewatch.operations.vitals import Vitals


class StreamWorker(faust.Worker):
    """Faust's worker without what only delays its end or belongs on a terminal.

    When the app has stopped, its offsets are committed and its consumer has left the group. Faust then waits for up
    to a second for tasks that nobody ends, and for a second more in case somebody begins one.
    """

    def __init__(self, app: faust.App, vitals: Vitals) -> None:
        # Logging is ours, set up before.
        super().__init__(app, override_logging=False, redirect_stdouts=False, quiet=True)
        # It draws on a terminal, and writes a terminal's control characters to a log.
        self.spinner: Any = None
        vitals.probe = lambda: standing(app)
        self._vitals = vitals

    async def on_start(self) -> None:
        """Begin to look at the app."""
        await super().on_start()
        self.add_future(self._vitals.run())

    def _gather_all(self) -> None:
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        if left:
            self.loop.run_until_complete(asyncio.wait(left, timeout=0.1))

    async def _sentinel_task(self) -> None:
        """End without a pause."""
