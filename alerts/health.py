"""How an endpoint does over days: when it began to fail, who hears of it, and when it is given up.

Pure. An endpoint fails once two attempts in a row did, or one that cannot be mended by waiting; it is well again with
the first alert that it takes. Where it took none for five days, it is disabled (the rule that Svix made).
"""

from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from alerts.schedule import Answer, Reason

GIVEN_UP_AFTER: Final = timedelta(days=5)
FAILS_AFTER: Final = 2
# One that comes and goes is told of no more often than this.
TOLD_EVERY: Final = timedelta(minutes=10)
# These speak of the alert, or of ourselves.
_NOT_ITS_FAULT: Final = frozenset[Reason](
    ["cannot_be_sent", "expired", "endpoint_unknown", "endpoint_disabled", "program_fault", "gave_up"]
)
# It asks for patience: no fault by itself, but no success either.
_ASKS: Final = frozenset[Reason](["rate_limited", "too_early"])
# No waiting mends these.
_FINAL: Final = frozenset[Reason](["redirected", "refused_address"])

Turn = Literal["failing", "well", "given_up", "gone"]


class Health(Struct, frozen=True):
    """Since when an endpoint took nothing, attempts in a row that it failed, and when that was told last."""

    since: datetime | None = None
    failures: int = 0
    failing: bool = False
    told: datetime | None = None

    def may_tell(self, now: datetime) -> bool:
        """Whether nobody was told of late."""
        return self.told is None or now - self.told >= TOLD_EVERY


def after(health: Health, answer: Answer, now: datetime) -> tuple[Health, Turn | None]:
    """Return how an endpoint does after an attempt, and the turn that it took with it."""
    if answer.reason in _NOT_ITS_FAULT:
        return health, None
    if answer.reason == "accepted":
        return Health(told=health.told), "well" if health.failing else None
    since = health.since or now
    failures = health.failures + (answer.reason not in _ASKS)
    over: Turn | None = (
        "gone" if answer.reason == "gone" else "given_up" if now - since >= GIVEN_UP_AFTER else None
    )
    if over is not None:
        return Health(since, failures, failing=True, told=health.told), over
    failing = health.failing or failures >= FAILS_AFTER or answer.reason in _FINAL
    turn: Turn | None = "failing" if failing and not health.failing else None
    return Health(since, failures, failing, health.told), turn
