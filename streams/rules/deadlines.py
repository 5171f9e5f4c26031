"""When does it end? An ultimatum or a truce with an end becomes a date, with its sentence and who set it.

A span counts from the story's own time ("a two-week deadline"); a day is the next one of that name ("by Monday
midnight"). What is only asked for, what is over, and the deadlines of other worlds are none.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final, Literal

from msgspec import Struct

from streams.lexicons import lexicon
from streams.rules.gazetteer import names_in
from streams.rules.reading import Reading, Sentence
from wirewatch.messages import Deadline

Kind = Literal["ultimatum", "truce"]
# An end that is further off is a plan.
FARTHEST: Final = timedelta(days=400)
# A day that is named without its year and is gone for so long is next year's.
LONG_GONE: Final = timedelta(days=60)
MAX_SENTENCES: Final = 14
MAX_FOUND: Final = 3
# As much of a sentence is read.
_READ: Final = 600
_DAY_END: Final = time(23, 59, 59)
_DAYS_IN_FORCE: Final = 24.0


class _Words(Struct, frozen=True):
    """The lexicon, compiled."""

    hint: re.Pattern[str]
    kinds: tuple[tuple[Kind, re.Pattern[str]], ...]
    span: re.Pattern[str]
    given: re.Pattern[str]
    moment: re.Pattern[str]
    threat: re.Pattern[str]
    wished: re.Pattern[str]
    unset: re.Pattern[str]
    over: re.Pattern[str]
    lures: re.Pattern[str]
    numbers: dict[str, float]
    units: dict[str, float]
    weekdays: dict[str, int]
    months: dict[str, int]
    hours: dict[str, int]
    days: dict[str, int]
    ends: dict[str, str]


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _words(language: str) -> _Words:
    data = lexicon(f"{language}/deadlines")
    dates = data["dates"]
    months = {word: at + 1 for at, names in enumerate(dates["months"]) for word in names.split()}
    number = rf"(?:\d{{1,3}}|{_any(data['numbers'])})"
    unit = rf"(?:{_any(data['units'])})"
    length = rf"(?P<number>{number})[\s-](?P<unit>{unit})s?(?:['’]s?)?"
    every = [*data["nouns"]["ultimatum"], *data["nouns"]["truce"]]
    hour = _any(dates["hours"])
    clock = (
        rf"(?:(?P<clock>{hour}|\d{{1,2}}(?::\d\d)?\s?[ap]\.?m\.?)(?:\s(?:[a-z]{{3,4}}\s)?(?:on|of)?\s?)?)?"
    )
    named = (
        rf"(?:(?P<weekday>{_any(dates['weekdays'])})(?:\s(?P<after>{hour}))?|(?P<near>{_any(dates['days'])})"
        rf"|(?P<end>{_any(dates['ends'])})|(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<month>{_any(months)})\b\.?"
        rf"(?:,?\s(?P<year>20\d\d))?|(?P<month2>{_any(months)})\b\.?\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b"
        rf"(?:,?\s(?P<year2>20\d\d))?)"
    )
    return _Words(
        hint=re.compile(rf"\b(?:{_any(every)}|(?:{unit})s?)\b|{_any(data['threat']['words'])}"),
        kinds=tuple((kind, re.compile(rf"\b(?:{_any(data['nouns'][kind])})s?\b")) for kind in ("ultimatum", "truce")),
        span=re.compile(
            rf"\b(?:{length}[\s-](?:[a-z-]{{1,14}}\s){{0,2}}?(?:{_any(every)})\b"
            rf"|(?:{_any(every)})\s(?:of|for|lasting)\s(?:about\s|some\s|at\sleast\s)?{length.replace('<number>', '<number2>').replace('<unit>', '<unit2>')}\b"
            rf"|(?:a\s)?(?P<fortnight>fortnight)(?:['’]s)?\s(?:{_any(every)})\b)"
        ),
        given=re.compile(
            rf"\b(?:(?:{_any(data['giving']['words'])})\b[^.;]{{0,60}}?|within\s(?:the\snext\s)?|in\s)\b{length}"
            rf"(?P<then>\s(?:to|or)\b)?(?P<act>\s(?:{_any(data['giving']['acts'])})\b)?"
        ),
        moment=re.compile(rf"\b(?:(?:{_any(dates['until'])})|(?:{_any(dates['ending'])})(?:\s(?:on|at|for))?)"
            rf"\s(?:the\s|next\s|this\s)?{clock}(?:the\s)?{named}"),
        threat=re.compile(_any(data["threat"]["words"])),
        wished=re.compile(_any(data["wished"]["words"])),
        unset=re.compile(_any(data["unset"]["words"])),
        over=re.compile(_any(data["over"]["words"])),
        lures=re.compile(rf"\b(?:{_any(data['lures']['words'])})"),
        numbers=data["numbers"],
        units=data["units"],
        weekdays={word: at for at, word in enumerate(dates["weekdays"])},
        months=months,
        hours=dates["hours"],
        days=dates["days"],
        ends=dates["ends"],
    )  # fmt: skip


def find_deadlines(reading: Reading) -> tuple[Deadline, ...]:
    """Return the ends that a story tells of, the headline's first; none for a language that is not known."""
    if reading.lang is None:
        return ()
    words = _words(reading.lang)
    sentences = [one for one in reading.sentences if one.position < MAX_SENTENCES]
    found: dict[tuple[str, str], Deadline] = {}
    lured = bool(words.lures.search(reading.story.title.lower()))
    for sentence in () if lured else sentences:
        text = sentence.text[:_READ]
        low = text.lower()
        # What changes its length in small letters has other places: no text that this rule reads does.
        if len(low) != len(text) or not words.hint.search(low):
            continue
        one = _in_sentence(words, sentence, low, reading.story.at)
        if one is not None:
            known = found.get((one.kind, one.due))
            found[one.kind, one.due] = (
                one if known is None or (known.set_by is None and one.set_by) else known
            )
        if len(found) >= MAX_FOUND:
            break
    return tuple(found.values())


def _in_sentence(words: _Words, sentence: Sentence, low: str, at: datetime) -> Deadline | None:
    if words.lures.search(low) or words.over.search(low):
        return None
    kind = next((kind for kind, noun in words.kinds if noun.search(low)), None)
    until, phrase = _span(words, low, at) if kind else (None, "")
    if until is None and (kind or words.threat.search(low)):
        until, phrase = _moment(words, low, at)
        kind = kind or "ultimatum"
    if until is None:
        until, phrase = _given(words, sentence, low, at, kind is not None)
        kind = kind or "ultimatum"
    if until is None or kind is None or not at < until <= at + FARTHEST:
        return None
    if (words.wished if kind == "truce" else words.unset).search(low):
        return None
    return Deadline(kind, until.date().isoformat(), until, phrase, sentence.span(), _set_by(sentence.text))


def _span(words: _Words, low: str, at: datetime) -> tuple[datetime | None, str]:
    """Return the end of a span that is called one: "a two-week deadline"."""
    match = words.span.search(low)
    if match is None:
        return None, ""
    if match["fortnight"]:
        return _after(words, "two", "week", at), match.group()
    return _after(
        words, match["number"] or match["number2"], match["unit"] or match["unit2"], at
    ), match.group()


def _given(
    words: _Words, sentence: Sentence, low: str, at: datetime, named: bool
) -> tuple[datetime | None, str]:
    """Return the end of a span that is given to somebody: "has 48 hours to leave", "within a week or face force"."""
    match = words.given.search(low)
    if match is None or not match["then"]:
        return None, ""
    threatens = words.threat.search(low, match.end("unit")) is not None
    within = match.group().startswith(("within", "in"))
    if within and not (threatens or named):
        return None, ""
    somebody = match["act"] and any(found.place for found in names_in(sentence.text))
    if not threatens and not named and not somebody:
        return None, ""
    return _after(words, match["number"], match["unit"], at), low[match.start() : match.end("unit")]


def _after(words: _Words, number: str, unit: str, at: datetime) -> datetime | None:
    count = float(number) if number.isdecimal() else words.numbers[number]
    hours = words.units[unit]
    if count <= 0:
        return None
    if not hours:
        return _end_of(_months_on(at.date(), int(count)))
    if hours < _DAYS_IN_FORCE:
        return at + timedelta(hours=count * hours)
    # A span of days ends with a day: nobody counts its hours.
    return _end_of(at.date() + timedelta(hours=count * hours))


def _months_on(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 + months
    return date(total // 12, total % 12 + 1, min(day.day, 28))


def _moment(words: _Words, low: str, at: datetime) -> tuple[datetime | None, str]:
    """Return the day that a text names as the end: "by Monday midnight", "until June 11"."""
    for match in words.moment.finditer(low):
        day = _day_of(words, match, at.date())
        if day is None:
            continue
        return _on(words, day, match["clock"] or match["after"]), match.group()
    return None, ""


def _day_of(words: _Words, match: re.Match[str], today: date) -> date | None:
    if match["weekday"]:
        return today + timedelta(days=(words.weekdays[match["weekday"]] - today.weekday()) % 7)
    if match["near"]:
        return today + timedelta(days=words.days[match["near"]])
    if match["end"]:
        return _end_day(words.ends[match["end"]], today)
    number = int(match["day"] or match["day2"])
    month = words.months[match["month"] or match["month2"]]
    year = match["year"] or match["year2"]
    try:
        found = date(int(year) if year else today.year, month, number)
        if year is None and today - found > LONG_GONE:
            found = date(today.year + 1, month, number)
    except ValueError:
        return None
    return found


def _end_day(of: str, today: date) -> date:
    if of == "week":
        return today + timedelta(days=6 - today.weekday())
    if of == "year":
        return date(today.year, 12, 31)
    return _months_on(today.replace(day=1), 1) - timedelta(days=1)


def _on(words: _Words, day: date, clock: str | None) -> datetime:
    if clock is None:
        return _end_of(day)
    if clock in words.hours:
        hour = words.hours[clock]
        return _end_of(day) if hour == 24 else datetime.combine(day, time(hour), UTC)
    found = re.match(r"(\d{1,2})(?::(\d\d))?\s?([ap])", clock)
    if found is None or not 1 <= int(found[1]) <= 12 or int(found[2] or 0) > 59:
        return _end_of(day)
    return datetime.combine(day, time(int(found[1]) % 12 + 12 * (found[3] == "p"), int(found[2] or 0)), UTC)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, _DAY_END, UTC)


_SETS: Final = re.compile(
    r"(?P<who>(?:[A-Z][\w.’'-]*\s){1,5})(?:(?:has|have|had|on\s\w+|reportedly)\s)?"
    r"(?:sets?|gives?|gave|given|issue[sd]?|impose[sd]?|announce[sd]?|declare[sd]?|hand(?:s|ed)?|warn(?:s|ed)?|tells?|told"
    r"|extend(?:s|ed)?|agree[sd]?|order(?:s|ed)?|demand(?:s|ed)?)\b"
)
_SAID: Final = re.compile(r"(?P<who>(?:[A-Z][\w.’'-]*\s){1,5})(?:said|says|tells?|told|warn(?:s|ed)?)\b")
_BY: Final = re.compile(r"\b(?:by|from)\s(?P<who>(?:[A-Z][\w.’'-]*(?:\s(?=[A-Z]))?){1,4})")
_THEIRS: Final = re.compile(
    r"(?P<who>(?:[A-Z][\w.-]*\s){0,3}[A-Z][\w.-]*)['’]s?\s(?:[\w-]+\s){0,3}(?:deadline|ultimatum|truce|ceasefire)"
)
_NOBODY: Final[Sequence[str]] = ("The", "A", "An", "It", "He", "She", "They", "But", "And")
_DAY_NAME: Final = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day$|midnight")


def _set_by(text: str) -> str | None:
    """Return who set the end, as the sentence names them."""
    for pattern in (_SETS, _BY, _THEIRS, _SAID):
        match = pattern.search(text)
        if match is None:
            continue
        named = match["who"].strip().removeprefix("The ").strip()
        if named and named not in _NOBODY and not _DAY_NAME.search(named):
            return named
    return None
