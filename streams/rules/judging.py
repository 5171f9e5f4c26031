"""The ledger's word on one claim: it reads a page, says what the figure does to it, and returns the page as it then is."""

import math
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.ledger import Told, compare, is_step, scope_start
from streams.rules.occasions import Occasion, Report, correct, tell
from streams.rules.pages import Moment, Page, is_own_report, own_occasion, put, standing_at
from wirewatch.messages import LedgerOutcome, LedgerWord, RecordClaim, RecordStep, Story

# A figure of another time is a misreading, and reckoning with such a day leaves the calendar.
YEARS: Final = range(1000, 2200)


class Judged(Struct, frozen=True):
    """A claim's word, with the page and the occasion as they are after it."""

    word: LedgerWord
    page: Page
    occasion: Occasion | None = None


def moment_of(claim: RecordClaim, story: Story, cluster: str) -> Moment | None:
    """Return the claim's figure at its time, or None for a claim without a figure."""
    if claim.figure is None or not math.isfinite(claim.figure):
        return None
    own_day = news_time(story).date()
    day = _day(claim.date) or own_day
    apart = (own_day - day).days
    if apart < -1 or (apart > 2 and claim.previous is not None):
        # A day to come is of no record; a day long gone beside an older record is that one's.
        day = own_day
    return Moment(Told(claim.figure, claim.qualifier), day, cluster, day != own_day, claim.previous)


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
    return found if found is not None and found.year in YEARS else None


def news_time(story: Story) -> datetime:
    """Return when the story was news; a date in the future of its fetch is a slip."""
    return min(story.at, story.fetched)


def a_first(metric: str, known: bool) -> LedgerWord:
    """Return the word on a first without a figure: there is nothing to compare, and told again it is the same."""
    outcome: LedgerOutcome = "same" if known else "first_known"
    return LedgerWord(
        outcome, "a first, told again" if known else "a first; it has no figure to compare", metric
    )


def not_compared(reason: str, page: Page | None, story: Story) -> LedgerWord:
    """Return the word on a claim that is held against nothing, for the reason given."""
    standing = standing_at(page, news_time(story).date()) if page else None
    return LedgerWord(
        "not_compared", reason, page.metric if page else None, None, standing.step() if standing else None
    )


def judge(page: Page, moment: Moment, claim: RecordClaim, story: Story) -> Judged:
    """Say what a claimed figure does to the metric's record as it stood then, and enter it."""
    own = own_occasion(page, moment)
    report = Report(moment.told, story.source, story.tier, news_time(story), story.id, story.url)
    if own is not None and own.status == "withdrawn":
        reason = f"withdrawn: {own.why or 'it was denied'}"
        return Judged(not_compared(reason, page, story), page, own)
    adopted = own if own is not None and is_own_report(own, moment) else None
    if own is not None and own.record and adopted is None:
        return _same(page, own, moment, report)
    page, standing = _opponent(page, moment, claim, report, own)
    outcome: LedgerOutcome = "first_known"
    if standing is not None:
        comparison = compare(moment.told, standing.told, page.direction)
        outcome = "broken" if comparison == "beats" else comparison
    record = outcome in ("broken", "first_known")
    beats = standing.step() if standing is not None and record else None
    base = own if own is not None and adopted is None else _new_occasion(moment, claim, report, adopted)
    entered = tell(
        replace(base, record=record, beats=beats, figure=moment.told.figure, qualifier=moment.told.qualifier)
        if record
        else base,
        report,
        page.direction,
    )
    entered = _joined(entered, moment.cluster)
    page = put(page, own, entered)
    word = LedgerWord(
        outcome,
        _reason(outcome, moment.told, standing),
        page.metric,
        beats,
        _standing_step(page, moment.day),
    )
    return Judged(word, page, entered)


def _same(page: Page, own: Occasion, moment: Moment, report: Report) -> Judged:
    day_after = moment.day - own.date > timedelta(days=1) and moment.cluster not in own.clusters
    told = own if day_after else _joined(tell(own, report, page.direction), moment.cluster)
    older = _named_before(page, moment, report) if own.beats is None else None
    if older is not None and standing_at(page, own.date, without=own) is None:
        # The first texts did not say what fell; this one does.
        page, told = put(page, None, older), replace(told, beats=older.step())
    page = put(page, own, told)
    outcome: LedgerOutcome = "same"
    reason = f"the record of {own.day}, told again"
    if told.told != own.told:
        reason = f"the record of {own.day}: {say(own.told)} made {say(told.told)}"
    elif moment.told != told.told:
        reason = f"the record of {own.day}, told as {say(moment.told)} beside {say(told.told)}"
    return Judged(
        LedgerWord(outcome, reason, page.metric, told.beats, _standing_step(page, moment.day)), page, told
    )


def _opponent(
    page: Page, moment: Moment, claim: RecordClaim, report: Report, own: Occasion | None
) -> tuple[Page, Occasion | None]:
    """Return what the figure has to beat: what stood then, or an older record that the text names and nobody knew."""
    standing = standing_at(page, moment.day, scope_start(claim.scope, report.at), own)
    told = _named_before(page, moment, report)
    if told is None or (
        standing is not None and compare(told.told, standing.told, page.direction) != "beats"
    ):
        return page, standing
    return put(page, None, told), told


def _named_before(page: Page, moment: Moment, report: Report) -> Occasion | None:
    """Return the older record that the text names, as an occasion of its own."""
    previous = moment.previous
    if (
        previous is None
        or not math.isfinite(previous)
        or compare(moment.told, Told(previous), page.direction) != "beats"
        or not is_step(moment.told.figure, previous)
    ):
        return None
    return Occasion(
        (moment.day - timedelta(days=1)).isoformat(), previous, "exact", report.source, report.at,
        story=report.story, url=report.url, record=True, declared="told",
    )  # fmt: skip


def _new_occasion(moment: Moment, claim: RecordClaim, report: Report, adopted: Occasion | None) -> Occasion:
    day = adopted.day if adopted is not None else moment.day.isoformat()
    return Occasion(
        day, moment.told.figure, moment.told.qualifier, report.source, report.at, moment.told.high,
        story=report.story, url=report.url, unit=claim.unit,
    )  # fmt: skip


def _joined(occasion: Occasion, cluster: str) -> Occasion:
    if cluster in occasion.clusters:
        return occasion
    return replace(occasion, clusters=(*occasion.clusters, cluster)[:8])


def _standing_step(page: Page, day: date) -> RecordStep | None:
    standing = standing_at(page, day)
    return standing.step() if standing else None


def _reason(outcome: LedgerOutcome, told: Told, standing: Occasion | None) -> str:
    if standing is None:
        return "the first figure known of this metric"
    old = f"{say(standing.told)} of {standing.step().date or 'an older day'}"
    match outcome:
        case "broken":
            return f"{say(told)} beats {old}"
        case "tie":
            return (
                f"{say(told)} equals {old}"
                if told == standing.told
                else f"{say(told)} is no clear step from {old}"
            )
        case _:
            open_end = told.qualifier in ("at_least", "at_most")
            return f"{say(told)} {'need not beat' if open_end else 'falls short of'} {old}"


def deny(page: Page, moment: Moment | None, claim: RecordClaim, story: Story, cluster: str) -> Judged:
    """Set the record back that a text denies or corrects; nothing where the page has no such event."""
    own = _denied(page, moment, cluster)
    if own is None or not _is_meant(own, moment, claim):
        return Judged(not_compared("denied, and no such record is known", page, story), page)
    told = moment.told if moment else None
    if told is not None and _corrects(own, told, page):
        report = Report(told, story.source, story.tier, news_time(story), story.id, story.url)
        after = correct(own, report, page.direction)
        reason = f"corrected: {say(own.told)} made {say(told)}"
    else:
        why = f"{story.source} says: {story.quoted(claim.sentence)[:200]}"
        after = replace(own, status="withdrawn", why=why)
        reason = f"withdrawn: {say(own.told)} of {own.day} counts no more"
    page = put(page, own, after)
    word = LedgerWord("not_compared", reason, page.metric, own.beats, _standing_step(page, own.date))
    return Judged(word, page, after)


def _is_meant(own: Occasion, moment: Moment | None, claim: RecordClaim) -> bool:
    """Whether a denial is of this record: told up front, or with its figure; deep in a text much is denied."""
    figures = {own.figure, *(one.figure for one in own.tellings)}
    return claim.sentence.field != "text" or (moment is not None and moment.told.figure in figures)


def _corrects(own: Occasion, told: Told, page: Page) -> bool:
    """Whether a denial brings a figure of its own that is still a record."""
    fresh = all(told.figure != one.figure for one in own.tellings)
    return fresh and own.beats is not None and compare(told, _told(own.beats), page.direction) == "beats"


def _denied(page: Page, moment: Moment | None, cluster: str) -> Occasion | None:
    for one in reversed(page.occasions):
        if not one.record or one.status != "counts" or not one.clusters:
            continue
        if cluster in one.clusters:
            return one
        if moment and moment.told.figure in {one.figure, *(t.figure for t in one.tellings)}:
            return one if abs((moment.day - one.date).days) <= 7 else None
    return None


def _told(step: RecordStep) -> Told:
    return Told(step.figure, step.qualifier)


def say(told: Told) -> str:
    """Return a figure in words: "at least 400", "472"."""
    value = told.figure
    number = f"{value:,.0f}" if value == int(value) else f"{value:,.6f}".rstrip("0").rstrip(".")
    words = {
        "exact": "",
        "at_least": "at least ",
        "at_most": "at most ",
        "about": "about ",
        "between": "between ",
    }
    high = f" and {told.high:,.0f}" if told.qualifier == "between" and told.high is not None else ""
    return f"{words[told.qualifier]}{number}{high}"
