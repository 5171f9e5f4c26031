"""Figures that ring without a record: those that a desk watches, of one event, when first reached and when they change.

The figure of an event is the highest that an outlet tells as its latest word, so that a late lower count changes
nothing and a correction does.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.lexicons import lexicon
from streams.rules.alert_text import cut
from streams.rules.desk_case import Count, Counting, DeskCase, FigureTold, Shown, headline_of
from streams.rules.desk_facts import facts_of, unmet
from streams.rules.holds import Hold
from streams.rules.judging import say
from streams.rules.ledger import Told
from streams.rules.metrics import unit_meaning
from streams.rules.news import say_time
from streams.rules.reading import Reading, read
from wirewatch.desk_settings import FigureWatch
from wirewatch.ids import identify
from wirewatch.messages import (
    Alert,
    AlertBody,
    AlertFigure,
    ClusteredStory,
    Detection,
    Figure,
    Qualifier,
    WatchedFigure,
)
from wirewatch.settings import DeskSettings

# A figure must have grown so many times within this.
GROWTH: Final = timedelta(days=1)
MAX_SOURCES: Final = 64
MAX_STEPS: Final = 32
MAX_FIGURES: Final = 8
_CLAUSE: Final = re.compile(r"[;:–—]|,(?!\d)")
_WORD: Final = re.compile(r"[^\W\d_]+")


class Hearing(Struct, frozen=True):
    """What desks decide on: the story, the time, how late it is, and what bars any word of it."""

    detection: Detection
    now: datetime
    late_by: float | None = None
    bar: Hold | None = None
    max_age: timedelta | None = None


class FiguresHeard(Struct, frozen=True):
    """The case as it is then, the alerts, and why each desk that watches a figure hears nothing."""

    case: DeskCase
    alerts: tuple[Alert, ...] = ()
    holds: dict[str, Hold] = {}


def watched_figures(message: ClusteredStory, units: frozenset[str]) -> tuple[WatchedFigure, ...]:
    """Return the watched figures of a headline, or else of a summary: one of each unit."""
    if not units or not message.figures:
        return ()
    reading = read(message.story)
    found: dict[str, WatchedFigure] = {}
    for unit in sorted({name for unit in units if (name := _name(unit))}):
        told = [
            one
            for figure in message.figures[:200]
            if figure.field != "text" and _name(figure.unit) == unit
            for one in _of_one_event(figure, unit, reading)
        ]
        first = min(told, key=lambda one: (one.sentence.field != "title", one.sentence.start), default=None)
        if first is not None:
            same = [one for one in told if one.sentence == first.sentence]
            found[unit] = max(same, key=lambda one: one.figure)
    return tuple(found.values())


def hear_figures(desks: Iterable[DeskSettings], case: DeskCase, hearing: Hearing) -> FiguresHeard:
    """Note what a story says of the figures that desks watch, and tell who must hear of it."""
    asking = tuple(desk for desk in desks if desk.watch)
    if not asking:
        return FiguresHeard(case)
    source = hearing.detection.story.source
    gone = hearing.detection.retracted is not None
    told = {one.unit: one for one in hearing.detection.watched}
    alerts: list[Alert] = []
    holds: dict[str, Hold] = {}
    refused = _refused(asking, case, hearing.detection)
    for unit in sorted({name for desk in asking for one in desk.watch if (name := _name(one.unit))}):
        counting = case.counting.get(unit, Counting())
        if gone and source in counting.by_source:
            left = {name: one for name, one in counting.by_source.items() if name != source}
            counting = replace(counting, by_source=left)
        elif not gone and unit in told:
            if hearing.bar is not None and hearing.bar.reason != "muted":
                holds |= {desk.id: hearing.bar for desk, _ in _watching(asking, unit)}
                continue
            counting = _heard(counting, told[unit], hearing)
        else:
            continue
        room = _Room(unit, case.id, hearing)
        for endpoint in sorted({name for desk, _ in _watching(asking, unit) for name in desk.endpoints}):
            known = counting.told.get(endpoint)
            here = [(desk, one) for desk, one in _watching(asking, unit) if endpoint in desk.endpoints]
            # A desk that was told stays told.
            away = {
                desk.id for desk, _ in here if known is None or desk.id not in known.desks
            } & refused.keys()
            holds |= {name: refused[name] for name in away}
            here = [(desk, one) for desk, one in here if desk.id not in away]
            if not here:
                continue
            counting, alert, why = room.decide(counting, endpoint, here)
            holds |= why
            alerts.extend([alert] if alert else [])
        case = replace(case, counting={**case.counting, unit: counting})
    return FiguresHeard(case, tuple(alerts), holds)


def _refused(desks: Iterable[DeskSettings], case: DeskCase, detection: Detection) -> dict[str, Hold]:
    """Return the desks whose own condition does not hold."""
    facts = facts_of(Shown("record", "bulletin"), detection, case.voices)
    return {
        desk.id: Hold("not_matched", missing)
        for desk in desks
        if desk.match is not None and (missing := unmet(desk.match, facts)) is not None
    }


class _Room(Struct, frozen=True):
    """One watched figure of one cluster."""

    unit: str
    cluster: str
    hearing: Hearing

    def decide(
        self, counting: Counting, endpoint: str, watches: Sequence[tuple[DeskSettings, FigureWatch]]
    ) -> tuple[Counting, Alert | None, dict[str, Hold]]:
        """Return what an endpoint hears, or why each of its desks does not."""
        known = counting.told.get(endpoint)
        top = _top(counting)
        if top is None:
            if known is None or known.figure is None:
                return counting, None, {}
            words = f"Denied: {_number(known.figure)} {self.unit} counts no more"
            return self._tell(counting, endpoint, (), f"{words}. {self._who()}")
        reached = {desk.id: why for desk, one in watches if (why := _reached(one, counting, top))}
        if known is None or known.figure is None:
            if not reached:
                least = " or ".join(_asked(one) for _, one in watches)
                hold = Hold("not_reached", f"{self._say(top)}; the desk asks for {least}")
                return counting, None, {desk.id: hold for desk, _ in watches}
            reason = f"Watched figure: {self._say(top)}; {next(iter(reached.values()))}"
            return self._tell(counting, endpoint, tuple(reached), reason)
        joined = tuple(dict.fromkeys((*known.desks, *reached)))
        asked = min(one.change for desk, one in watches if desk.id in joined)
        moved = (
            abs(top.figure - known.figure) / abs(known.figure) if known.figure else float(bool(top.figure))
        )
        if moved == 0:
            hold = Hold("already_told", f"revision {known.revision} says {self._say(top)}")
        elif moved < asked:
            change = f"{_number(known.figure)} → {self._say(top)}, {moved:.1%}"
            hold = Hold("small_change", f"{change}; the desk asks for {asked:.1%}")
        else:
            reason = f"Watched figure changed: {_number(known.figure)} → {self._say(top)}"
            return self._tell(counting, endpoint, joined, reason)
        return counting, None, {desk.id: hold for desk, _ in watches}

    def _tell(
        self, counting: Counting, endpoint: str, desks: tuple[str, ...], reason: str
    ) -> tuple[Counting, Alert | None, dict[str, Hold]]:
        bar = self.hearing.bar
        if bar is not None and bar.reason == "muted":
            return counting, None, dict.fromkeys(desks, bar)
        known, top = counting.told.get(endpoint), _top(counting)
        names = desks or (known.desks if known else ())
        headline = cut(self.hearing.detection.story.title)
        told = FigureTold(
            known.revision + 1 if known else 1,
            top.figure if top else None,
            known.first_headline if known else headline,
            names,
        )
        counting = replace(counting, told={**counting.told, endpoint: told})
        return counting, self._alert(counting, endpoint, told, reason), {}

    def _alert(self, counting: Counting, endpoint: str, told: FigureTold, reason: str) -> Alert:
        hearing, story = self.hearing, self.hearing.detection.story
        identity = identify("alert", "figure", self.cluster, endpoint, self.unit)
        top = _top(counting)
        headline = headline_of(story)
        return Alert(
            id=identity,
            revision=told.revision,
            endpoint=endpoint,
            webhook_id=identify("webhook", identity, str(told.revision), f"{told.figure!r}"),
            story=story.id,
            story_url=story.url,
            at=hearing.now,
            body=AlertBody(
                alert=identity,
                revision=told.revision,
                desk=", ".join(told.desks),
                priority="bulletin",
                kind="figure",
                headline=cut(headline.title),
                sentence=cut((top.sentence if top else "") or story.title),
                said_by=None,
                figure=top.figure if top else None,
                unit=self.unit if top else None,
                qualifier=top.qualifier if top else None,
                beats=None,
                figures=_figures(counting),
                outlets=max(hearing.detection.outlets, len(counting.by_source)),
                cluster=self.cluster,
                url=headline.url,
                reason=cut(reason),
                source=headline.source,
                late_by=hearing.late_by,
            ),
            expires=story.at + hearing.max_age if hearing.max_age is not None else None,
            first_headline=told.first_headline,
        )

    def _say(self, top: Count) -> str:
        return f"{say(Told(top.figure, top.qualifier))} {self.unit}"

    def _who(self) -> str:
        story = self.hearing.detection.story
        return f"{story.source}: {self.hearing.detection.retracted}"


def _name(unit: str | None) -> str:
    """Return one name for all words of a unit: "deaths" for the dead and the killed."""
    return " and ".join(sorted(unit_meaning(unit)))


@cache
def _listed(name: str, language: str) -> frozenset[str]:
    return frozenset(lexicon(f"{language}/metrics")[name]["words"])


def _of_one_event(figure: Figure, unit: str, reading: Reading) -> Iterator[WatchedFigure]:
    """Yield the figure where its clause counts one event that happened: no total of years, no plan."""
    language = reading.lang
    if language is None:
        return
    for one in reading.sentences:
        if one.field == figure.field and one.start <= figure.start < one.end:
            words = set(_WORD.findall(_clause(one.text, figure.start - one.start).casefold()))
            if not words & (_listed("totals", language) | _listed("unreal", language)):
                yield WatchedFigure(unit, figure.value, figure.qualifier, one.span())


def _clause(sentence: str, at: int) -> str:
    """Return the part of a sentence around a place: the toll that is expected to rise is counted all the same."""
    start, end = 0, len(sentence)
    for found in _CLAUSE.finditer(sentence):
        if found.end() <= at:
            start = found.end()
        elif found.start() >= at:
            end = found.start()
            break
    return sentence[start:end]


def _watching(desks: Iterable[DeskSettings], unit: str) -> list[tuple[DeskSettings, FigureWatch]]:
    return [(desk, one) for desk in desks for one in desk.watch if _name(one.unit) == unit]


def _heard(counting: Counting, told: WatchedFigure, hearing: Hearing) -> Counting:
    """Return the counting with an outlet's latest word, and the highest figure as it is then."""
    story = hearing.detection.story
    others = {name: one for name, one in counting.by_source.items() if name != story.source}
    count = Count(told.figure, told.qualifier, story.quoted(told.sentence))
    sources = dict([*others.items(), (story.source, count)][-MAX_SOURCES:])
    top = max(one.figure for one in sources.values())
    steps = tuple(step for step in counting.steps if hearing.now - step[0] <= GROWTH and step[1] != top)
    return replace(counting, by_source=sources, steps=(*steps, (hearing.now, top))[-MAX_STEPS:])


def _top(counting: Counting) -> Count | None:
    return max(counting.by_source.values(), key=lambda one: one.figure, default=None)


def _reached(watch: FigureWatch, counting: Counting, top: Count) -> str | None:
    """Return what a figure reaches, in words; None where it is not as much as a desk asks for."""
    if top.qualifier == "at_most" or (watch.at_least is not None and top.figure < watch.at_least):
        return None
    if watch.times is None:
        return f"the desk asks for {_asked(watch)}"
    at, lowest = min(counting.steps, key=lambda step: step[1], default=(None, top.figure))
    if at is None or lowest <= 0 or top.figure < lowest * watch.times:
        return None
    since = say_time(max(one for one, _ in counting.steps) - at)
    return f"from {_number(lowest)} within {since}; the desk asks for {_asked(watch)}"


def _asked(watch: FigureWatch) -> str:
    least = [] if watch.at_least is None else [f"at least {_number(watch.at_least)}"]
    times = [] if watch.times is None else [f"{watch.times:g} times as many within a day"]
    return " and ".join((*least, *times))


def _number(figure: float) -> str:
    return say(Told(figure))


def _figures(counting: Counting) -> tuple[AlertFigure, ...]:
    """Return what outlets say, the most-told first."""
    told: dict[tuple[float, Qualifier], int] = {}
    for one in counting.by_source.values():
        told[one.figure, one.qualifier] = told.get((one.figure, one.qualifier), 0) + 1
    ranked = sorted(told.items(), key=lambda item: (-item[1], -item[0][0]))
    return tuple(AlertFigure(figure, qualifier, count) for (figure, qualifier), count in ranked[:MAX_FIGURES])
