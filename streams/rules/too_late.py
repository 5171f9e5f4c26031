"""An alert that was news no longer when its endpoint could take it: said in the digest, in one line, never rung.

The delivery workers say so on `commands`. Where the desk has neither a digest nor quiet hours, the line leaves at once.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.alert_text import cut
from streams.rules.departures import Candidate, Departures
from streams.rules.desk_case import AlertState, DeskCase, Headline, Shown, Waiting
from streams.rules.timing import soonest
from wirewatch.ids import identify
from wirewatch.messages import Alert, AlertBody, Command, HeldBack

# A case does not collect them without end.
MAX_EXPIRED: Final = 50


class TooLate(Struct, frozen=True):
    """The case as it is then, and what is said of it beside `alerts`."""

    case: DeskCase
    held: tuple[HeldBack, ...] = ()


def too_late(case: DeskCase, act: Command, departures: Departures, now: datetime) -> TooLate:
    """Return the case with a line that waits for the digest; the same word twice changes nothing."""
    if act.id in case.seen or len(case.expired) >= MAX_EXPIRED:
        return TooLate(case)
    candidate = _candidate(case, act, now)
    desks = candidate.state.desks
    laters = departures.laters(case, candidate, now)
    due = soonest(list(laters.values())).due if laters else now
    waiting = Waiting(candidate.state, candidate.alert, now, "expired", due or now, bundled=True)
    detail = f"news no longer when {act.to} could take it; told in one line"
    held = tuple(
        HeldBack(identify("held", act.id, desk), case.id, case.id, desk, "expired", detail, now, act.note)
        for desk in desks
    )
    kept = replace(case, expired={**case.expired, act.id: waiting}, seen=(*case.seen, act.id))
    return TooLate(kept, held)


def lines_due(
    case: DeskCase, departures: Departures, now: datetime
) -> tuple[DeskCase, Iterable[tuple[str, Waiting]]]:
    """Return the lines whose time has come, each with its endpoint; a desk that is quiet by then hears later."""
    due: list[tuple[str, Waiting]] = []
    left = dict(case.expired)
    for name, one in sorted(case.expired.items()):
        if one.due is None or one.due > now:
            continue
        laters = departures.laters(case, Candidate(one.state, one.alert, one.since), now)
        waits = [
            later for later in laters.values() if later.due is not None and later.hold.reason != "capped"
        ]
        if laters and waits and len(waits) == len(laters):
            left[name] = replace(one, due=soonest(waits).due)
            continue
        del left[name]
        due.append((one.state.endpoint, one))
    return (case if left == case.expired else replace(case, expired=left)), due


def _candidate(case: DeskCase, act: Command, now: datetime) -> Candidate:
    """Return the line as what may leave. It is no first word: nothing is to corroborate it, or to join it."""
    known = next((one for one in case.alerts.values() if one.id == act.alert), None)
    headline = known.headline if known else Headline(act.note, "Wirewatch", 2, now, None)
    desks = tuple(act.desk.split(", "))
    state = AlertState(
        act.alert, act.to, 2, now, Shown("record", "bulletin"), desks, headline, first_headline=cut(act.note)
    )
    reason = cut(f"Expired: news no longer when {act.to} could take it")
    body = AlertBody(
        alert=act.alert,
        revision=known.revision if known else 1,
        desk=act.desk,
        priority="bulletin",
        kind=known.shown.kind if known else "record",
        headline=cut(act.note),
        sentence="",
        said_by=None,
        figure=None,
        unit=None,
        qualifier=None,
        beats=None,
        figures=(),
        outlets=1,
        cluster=case.id,
        url=headline.url,
        reason=reason,
        source=headline.source,
    )
    alert = Alert(
        id=act.alert,
        revision=body.revision,
        endpoint=act.to,
        webhook_id=identify("expired", act.id),
        story=case.id,
        story_url=headline.url,
        at=now,
        body=body,
    )
    return Candidate(state, alert, now)
