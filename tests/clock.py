"""A clock that tests set: it moves when somebody sleeps on it or tells it to, and never by itself."""

import asyncio
from datetime import UTC, datetime, timedelta


class ManualClock:
    """Wall clock and monotonic seconds that advance together; `sleep` advances them at once."""

    def __init__(self, now: datetime = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)) -> None:
        self._now = now
        self._monotonic = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    async def sleep(self, seconds: float) -> None:
        self.advance(max(0.0, seconds))
        await asyncio.tasks.sleep(0)  # lets the others run, without waiting
