"""One endpoint and one story: a first word, a revision, or the named reason why neither."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.alert_text import body_of, cut
from streams.rules.corroboration import best_tier
from streams.rules.desk_case import AlertState, DeskCase, Headline, Shown, headline_of
from streams.rules.holds import Hold
from streams.rules.material import MaterialChange, material_change
from streams.rules.mutes import Mute, muted
from streams.rules.news import NewsVerdict
from streams.rules.retraction import fallen
from streams.rules.ringing import Face, higher, priority_of, shown_of
from streams.rules.routing_tree import unwanted
from wirewatch.ids import identify
from wirewatch.messages import Alert, Detection, Story
from wirewatch.settings import DeskSettings


class Situation(Struct, frozen=True):
    """What all endpoints decide on: the story, what its cluster amounts to, and the time."""

    detection: Detection
    face: Face
    news: NewsVerdict
    mute: Mute | None
    now: datetime
    max_age: timedelta | None
    # By desk: why the story is not for it.
    turned_away: dict[str, Hold] = {}


class Route(Struct, frozen=True):
    """What one endpoint gets: an alert with its state, or for each of its desks why not."""

    state: AlertState | None = None
    alert: Alert | None = None
    holds: dict[str, Hold] = {}


def route(endpoint: str, desks: Sequence[DeskSettings], case: DeskCase, situation: Situation) -> Route:
    """Decide for one endpoint; an endpoint that serves several desks gets one message that names them."""
    known = case.alerts.get(endpoint)
    return _revise(known, desks, case, situation) if known else _ring(endpoint, desks, case, situation)


def _ring(endpoint: str, desks: Sequence[DeskSettings], case: DeskCase, situation: Situation) -> Route:
    face = situation.face
    if not face.rings:
        hold = face.hold or Hold("not_compared", "nothing that a desk is told")
        return Route(holds={desk.id: hold for desk in desks})
    barred = _barred(situation)
    if barred is not None:
        return Route(holds={desk.id: barred for desk in desks})
    shown = shown_of(face, situation.detection, priority_of(face, situation.detection), None)
    holds = {desk.id: refused for desk in desks if (refused := _unwanted(desk, shown, situation))}
    willing = tuple(desk.id for desk in desks if desk.id not in holds)
    if not willing:
        return Route(holds=holds)
    identity = identify("alert", case.id, endpoint)
    headline = case.headline or headline_of(situation.detection.story)
    state = AlertState(
        identity, endpoint, 1, situation.now, shown, willing, headline, cut(headline.title),
        best_tier(case.voices),
    )  # fmt: skip
    return Route(state, _alert(state, case, situation, MaterialChange("first", "first", "")), holds)


def _revise(known: AlertState, desks: Sequence[DeskSettings], case: DeskCase, situation: Situation) -> Route:
    face, detection = situation.face, situation.detection
    priority = higher(known.shown.priority, priority_of(face, detection))
    shown = shown_of(face, detection, priority, known.shown)
    if detection.retracted is not None:
        shown = fallen(known, shown, detection)
    change = material_change(known.shown, shown) or _first_tier_1(known, desks, detection)
    told = Hold("already_told", f"revision {known.revision} of {known.id} says so")
    if change is None:
        return Route(holds={desk.id: told for desk in desks})
    barred = _barred(situation) or _small(change, known.shown, shown, desks)
    if barred is not None:
        return Route(holds={desk.id: barred for desk in desks})
    willing = {desk.id for desk in desks if _unwanted(desk, shown, situation) is None}
    # A desk that was told stays told; one that wants what it became joins.
    names = tuple(desk.id for desk in desks if desk.id in willing or desk.id in known.desks)
    headline = _headline(known.headline, detection.story, change)
    state = replace(
        known, revision=known.revision + 1, shown=shown, desks=names or known.desks, headline=headline,
        tier=min(known.tier, best_tier(case.voices)),
    )  # fmt: skip
    return Route(state, _alert(state, case, situation, change))


def _headline(known: Headline, story: Story, change: MaterialChange) -> Headline:
    """Return the title for a revision: the story's that changed the record, where its outlet is as good."""
    new = headline_of(story)
    if not new.title.strip() or new.tier > known.tier:
        return known
    return known if change.name in ("severity_up", "reversal") and new.tier == known.tier else new


def _barred(situation: Situation) -> Hold | None:
    """Return what bars any word: old news, or a mute."""
    if situation.news.hold is not None:
        return situation.news.hold
    return muted(situation.mute)


def _first_tier_1(
    known: AlertState, desks: Sequence[DeskSettings], detection: Detection
) -> MaterialChange | None:
    """Return the change that the first outlet of the first tier is, for desks that ask for it."""
    story = detection.story
    if story.tier > 1 or known.tier == 1 or not any(desk.first_tier_1 for desk in desks):
        return None
    return MaterialChange("first_tier_1", "first tier 1", story.source)


def _small(change: MaterialChange, before: Shown, now: Shown, desks: Sequence[DeskSettings]) -> Hold | None:
    """Return why a figure's change is too small for every desk here."""
    asked = min((desk.figure_change for desk in desks), default=0.0)
    if change.name != "figure_changed" or not asked or not before.figure or now.figure is None:
        return None
    moved = abs(now.figure - before.figure) / abs(before.figure)
    if moved >= asked:
        return None
    return Hold("small_change", f"{change.words}, {moved:.1%}; the desk asks for {asked:.1%}")


def _unwanted(desk: DeskSettings, shown: Shown, situation: Situation) -> Hold | None:
    return unwanted(desk, shown) or situation.turned_away.get(desk.id)


def _alert(state: AlertState, case: DeskCase, situation: Situation, change: MaterialChange) -> Alert:
    story = situation.detection.story
    return Alert(
        id=state.id,
        revision=state.revision,
        endpoint=state.endpoint,
        webhook_id=identify("webhook", state.id, str(state.revision), change.key),
        story=story.id,
        story_url=story.url,
        at=situation.now,
        body=body_of(
            state, case, situation.detection, situation.face, change=change, late_by=situation.news.late_by
        ),
        expires=story.at + situation.max_age if situation.max_age is not None else None,
        first_headline=state.first_headline or cut(state.headline.title),
    )
