"""When a desk is told what it wants to hear: now, later and why, or not at all."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from streams.rules.corroboration import REWRITER, Voice, best_tier, independent
from streams.rules.holds import Hold
from streams.rules.news import say_time
from streams.rules.ringing import reaches
from wirewatch.local_time import next_digest, quiet_until, say_local
from wirewatch.messages import Priority
from wirewatch.settings import DeskSettings

HOUR: Final = timedelta(hours=1)
# Nobody can say when it will be; what happens next decides.
_UNTIL_MORE: Final = None
# So many outlets are to tell it where all of them only rewrite what others tell.
_OF_REWRITERS: Final = 2
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Later(Struct, frozen=True):
    """Why a desk waits, and until when where that is known; `bundled` goes out with others in one message."""

    hold: Hold
    due: datetime | None = _UNTIL_MORE
    bundled: bool = False


class Moment(Struct, frozen=True):
    """What timing rests on: the time, since when this waits, who carries it, and what else stands in the way."""

    now: datetime
    since: datetime
    voices: tuple[Voice, ...]
    # The times at which the desk was told in the last hour.
    told: tuple[datetime, ...] = ()
    snoozed: datetime | None = None
    snoozed_by: str = ""
    # Why a flash on the same two parties holds it back, and until when.
    inhibited: Later | None = None
    first: bool = True


def timing(desk: DeskSettings, priority: Priority, moment: Moment) -> Later | None:
    """Return why a desk is not told now; None: it is."""
    if priority == "flash":
        return None
    return (
        _snoozed(moment)
        or moment.inhibited
        or _uncorroborated(desk, moment)
        or _digest(desk, moment)
        or _quiet(desk, moment)
        or _grouping(desk, priority, moment)
        or _capped(desk, moment)
    )


def soonest(laters: Sequence[Later]) -> Later:
    """Return the one of several desks' waits that ends first; one without an end is the last."""
    return min(laters, key=lambda one: (one.due is None, one.due or _NEVER, one.hold.reason))


def _snoozed(moment: Moment) -> Later | None:
    if moment.snoozed is None or moment.snoozed <= moment.now:
        return None
    return Later(Hold("snoozed", f"by {moment.snoozed_by} until {moment.snoozed:%H:%M} UTC"), moment.snoozed)


def _uncorroborated(desk: DeskSettings, moment: Moment) -> Later | None:
    alone, best = independent(moment.voices), best_tier(moment.voices)
    # What a rewriter tells somebody wrote before: by itself it is no news.
    needed = max(desk.corroborate, _OF_REWRITERS if best == REWRITER else 1)
    if not moment.first or alone >= needed or best == 1:
        return None
    return Later(
        Hold(
            "uncorroborated",
            f"{alone} independent outlet{'s' if alone != 1 else ''} of {len(moment.voices)}, none of the first tier; "
            f"{needed} are asked for",
        )
    )


def _digest(desk: DeskSettings, moment: Moment) -> Later | None:
    if not desk.digest:
        return None
    due = next_digest(desk.digest, desk.timezone, moment.since)
    if due <= moment.now:
        return None
    return Later(Hold("digest", f"in the digest of {say_local(due, desk.timezone)}"), due, bundled=True)


def _quiet(desk: DeskSettings, moment: Moment) -> Later | None:
    until = quiet_until(desk.quiet_hours, desk.timezone, moment.now)
    if until is None:
        return None
    return Later(Hold("quiet_hours", f"until {say_local(until, desk.timezone)}"), until, bundled=True)


def _grouping(desk: DeskSettings, priority: Priority, moment: Moment) -> Later | None:
    due = moment.since + timedelta(seconds=desk.group_wait)
    if not moment.first or due <= moment.now or reaches(priority, desk.at_once):
        return None
    wait = f"{desk.group_wait:g} s" if desk.group_wait < 120 else say_time(due - moment.since)
    return Later(Hold("group_wait", f"the first word waits {wait} for more"), due)


def _capped(desk: DeskSettings, moment: Moment) -> Later | None:
    recent = [at for at in moment.told if at > moment.now - HOUR]
    if desk.cap is None or len(recent) < desk.cap:
        return None
    freed = sorted(recent)[len(recent) - desk.cap] + HOUR
    return Later(
        Hold("capped", f"{len(recent)} messages in an hour, and {desk.cap} is the desk's cap"),
        freed,
        bundled=True,
    )
