"""Why something does not ring: the named reasons, each with what it rests on in words."""

from typing import Final, Literal

from msgspec import Struct

HoldReason = Literal[
    # The story is no news.
    "first_poll", "undated", "too_old",
    # The claim is no record: by the ledger, or by the text itself.
    "tie", "below", "not_compared", "unclear", "near_miss", "hypothetical", "historic", "denied",
    # It was told: in another cluster, on another day, by this very alert.
    "same_record", "old_record", "already_told", "retold",
    # The desk does not want it.
    "kind_not_wanted", "below_priority", "muted", "not_matched", "taken", "small_change", "not_reached",
    # It waits.
    "uncorroborated", "group_wait", "digest", "quiet_hours", "capped", "inhibited", "snoozed",
    # It was told too late.
    "expired",
]  # fmt: skip

# The reasons of what is told later, unless something takes it back.
WAITS: Final[frozenset[HoldReason]] = frozenset({
    "uncorroborated", "group_wait", "digest", "quiet_hours", "capped", "inhibited", "snoozed",
})  # fmt: skip


class Hold(Struct, frozen=True):
    """Why something does not ring, and what that rests on."""

    reason: HoldReason
    detail: str
