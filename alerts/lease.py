"""Whether this worker may still own its partitions.

A process that was stopped for a while (a suspended machine, a debugger, a starved host) goes on where it was, and its
partitions may be another's by then. What it would write of them could ring an alert again that the other delivered.
"""

from typing import Final

from wirewatch.clock import Clock
from wirewatch.errors import BrokerError
from wirewatch.kafka import SESSION_TIMEOUT_MS

# Renewed this often; and lost a little before Kafka gives the partitions to another.
RENEW_EVERY: Final = 1.0
LOST_AFTER: Final = SESSION_TIMEOUT_MS / 1000 * 0.8


class Lease:
    """Lost for ever once it was not renewed in time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._renewed = clock.monotonic()

    def check(self) -> None:
        """Pass where the worker was never away for too long.

        Raises:
            BrokerError: it was, and is to be started again.
        """
        away = self._clock.monotonic() - self._renewed
        if away > LOST_AFTER:
            raise BrokerError(
                f"This worker stood still for {away:.0f} s; another one may have taken over what it was to deliver"
            )

    async def keep(self) -> None:
        """Renew, until it is lost.

        Raises:
            BrokerError: it was lost.
        """
        while True:
            self.check()
            self._renewed = self._clock.monotonic()
            await self._clock.sleep(RENEW_EVERY)
