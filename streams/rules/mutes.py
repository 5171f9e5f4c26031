"""Mutes: what nobody wants to hear of for a time, set while running.

A `Setting` with the key "mute/cluster/ID", "mute/metric/NAME" or "mute/words/PHRASE"; its value is the moment until
which it holds (RFC 3339), "always", or empty to lift it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, Literal

from msgspec import Struct

from streams.rules.desk_case import Waiting
from streams.rules.holds import Hold
from wirewatch.messages import DeadlineNotice, Detection, Setting

MuteKind = Literal["cluster", "metric", "words"]
_KINDS: Final[dict[str, MuteKind]] = {"cluster": "cluster", "metric": "metric", "words": "words"}


class Mute(Struct, frozen=True, omit_defaults=True):
    """One mute: of a cluster, a metric, or titles that hold a phrase."""

    kind: MuteKind
    what: str
    by: str
    until: datetime | None = None


def mute_of(setting: Setting) -> tuple[str, Mute | None] | None:
    """Return a mute's name with the mute, or with None where it is lifted; None for any other setting."""
    first, _, name = setting.key.partition("/")
    kind, _, what = name.partition("/")
    if first != "mute" or kind not in _KINDS or not what.strip():
        return None
    value = setting.value.strip()
    if not value:
        return name, None
    if value == "always":
        return name, Mute(_KINDS[kind], what, setting.by)
    try:
        until = datetime.fromisoformat(value)
    except ValueError:
        return None
    return name, Mute(_KINDS[kind], what, setting.by, until if until.tzinfo else until.replace(tzinfo=UTC))


def muted_by(mutes: Iterable[Mute], cluster: str, detection: Detection, now: datetime) -> Mute | None:
    """Return the mute that holds this back, if one does."""
    for mute in mutes:
        if mute.until is not None and mute.until <= now:
            continue
        if _holds(mute, cluster, detection):
            return mute
    return None


def muted(mute: Mute | None) -> Hold | None:
    """Return what a mute says to those whom it keeps from hearing."""
    return Hold("muted", f"{mute.kind} {mute.what}, by {mute.by}") if mute is not None else None


def _holds(mute: Mute, cluster: str, detection: Detection) -> bool:
    match mute.kind:
        case "cluster":
            return mute.what == cluster
        case "metric":
            return mute.what == detection.metric
        case "words":
            return mute.what.casefold() in detection.story.title.casefold()


def mutes_alert(mute: Mute, cluster: str, waiting: Waiting, now: datetime) -> bool:
    """Whether a mute that came since holds back what waits."""
    if mute.until is not None and mute.until <= now:
        return False
    match mute.kind:
        case "cluster":
            return mute.what == cluster
        case "metric":
            return mute.what == waiting.state.shown.metric
        case "words":
            return mute.what.casefold() in waiting.alert.body.headline.casefold()


def mutes_deadline(mute: Mute, cluster: str, notice: DeadlineNotice, now: datetime) -> bool:
    """Whether a mute holds back that an end is near or has passed."""
    if mute.until is not None and mute.until <= now:
        return False
    match mute.kind:
        case "cluster":
            return mute.what in (cluster, notice.cluster)
        case "metric":
            return False
        case "words":
            return mute.what.casefold() in notice.title.casefold()
