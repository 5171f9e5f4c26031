"""What desks would have been told under other rules, beside what they were told."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from streams.rules.desks import Desks
from wirewatch.messages import Alert, ClustersMerged, Command, Detection, Priority, Setting, Tick
from wirewatch.settings import AlertSettings, DeskSettings

Heard = Detection | ClustersMerged | Command | Setting
# What waits leaves by the time: so often it is told what time it is where nothing else happens.
_BEAT = timedelta(minutes=1)
_MOST_BEATS = 2000


class Told(Struct, frozen=True):
    """One desk's alert on a cluster: its first headline, its priority in the end, how many revisions it had."""

    desk: str
    cluster: str
    headline: str
    priority: Priority
    revisions: int
    at: datetime


class Difference(Struct, frozen=True):
    """A desk's alert that is new, gone or other under the new rules; `mark` is an editor's word on it."""

    change: Literal["added", "removed", "changed"]
    before: Told | None
    after: Told | None
    mark: str = ""

    @property
    def told(self) -> Told:
        """Return the alert as it is, or was."""
        found = self.after or self.before
        assert found is not None  # noqa: S101 - one of the two is given
        return found


def replay(
    heard: Sequence[tuple[datetime, Heard]],
    desks: tuple[DeskSettings, ...],
    alerts: AlertSettings,
    own: frozenset[str] = frozenset(),
) -> list[Alert]:
    """Return what desks send for what was heard, each at its time."""
    rule = Desks(desks, alerts, own)
    sent: list[Alert] = []
    last: datetime | None = None
    for at, message in heard:
        for moment in _beats(last, at):
            sent += _alerts(rule, Tick(moment, "replay"))
        sent += _alerts(rule, message)
        last = at
    if last is not None:
        for moment in _beats(last, last + timedelta(days=1)):
            sent += _alerts(rule, Tick(moment, "replay"))
    return sent


def tell(alerts: Iterable[Alert]) -> dict[tuple[str, str], Told]:
    """Return what each desk was told of each cluster; a digest counts as the alerts that it tells."""
    found: dict[tuple[str, str], Told] = {}
    for alert in alerts:
        body = alert.body
        for desk in body.desk.split(", "):
            for cluster, headline, priority, revision in _parts(alert):
                known = found.get((desk, cluster))
                found[desk, cluster] = Told(
                    desk, cluster, known.headline if known else headline, priority,
                    max(revision, known.revisions if known else 0), known.at if known else alert.at,
                )  # fmt: skip
    return found


def differences(
    before: dict[tuple[str, str], Told], after: dict[tuple[str, str], Told], marks: dict[str, str]
) -> list[Difference]:
    """Return what differs, in order of time; `marks` are editors' words by cluster."""
    found = []
    for key in before.keys() | after.keys():
        was, now = before.get(key), after.get(key)
        mark = marks.get(key[1], "")
        if was is None:
            found.append(Difference("added", None, now, mark))
        elif now is None:
            found.append(Difference("removed", was, None, mark))
        elif (was.priority, was.revisions) != (now.priority, now.revisions):
            found.append(Difference("changed", was, now, mark))
    return sorted(found, key=lambda one: (one.told.at, one.told.desk, one.told.cluster))


def still_waiting(
    before: Mapping[tuple[str, str], Told],
    after: Mapping[tuple[str, str], Told],
    waits: Container[tuple[str, str]],
    end: datetime,
) -> set[tuple[str, str]]:
    """Return what waits as things are and would wait under the new rules too at the end: that is no difference."""
    return {key for key, told in after.items() if key in waits and key not in before and told.at > end}


def _parts(alert: Alert) -> list[tuple[str, str, Priority, int]]:
    if not alert.body.items:
        return [(alert.body.cluster, alert.body.headline, alert.body.priority, alert.revision)]
    return [
        (item.cluster or alert.body.cluster, item.headline, item.priority, item.revision)
        for item in alert.body.items
    ]


def _alerts(rule: Desks, message: Heard | Tick) -> list[Alert]:
    return [out.message for out in rule.handle(message).outputs if isinstance(out.message, Alert)]


def _beats(last: datetime | None, at: datetime) -> Iterable[datetime]:
    """Yield the moments between two messages, and the second one's own."""
    if last is not None:
        beat = max(_BEAT, (at - last) / _MOST_BEATS)
        moment = last + beat
        while moment < at:
            yield moment
            moment += beat
    yield at
