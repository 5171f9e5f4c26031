"""When does it end? An ultimatum or a truce with an end becomes a date, with its sentence and who set it.

A span counts from the day that the sentence names for it ("On May 28, Trump set a two-week deadline"), else from the
story's own time; a day is the next one of that name ("by Monday
midnight"). What is only asked for, what is over, and the deadlines of other worlds are none.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final, Literal

from msgspec import Struct

from streams.lexicons import lexicon
from streams.rules.gazetteer import names_in
from streams.rules.needles import Needles
from streams.rules.pattern_needs import needs
from streams.rules.reading import Reading, Sentence
from wirewatch.messages import Deadline

Kind = Literal["ultimatum", "truce"]
_KINDS: Final[tuple[Kind, ...]] = ("ultimatum", "truce")
# An end that is further off is a plan.
FARTHEST: Final = timedelta(days=400)
# A day that is named without its year and is gone for so long is next year's.
LONG_GONE: Final = timedelta(days=60)
# An end still counts where a text tells it as background.
MAX_SENTENCES: Final = 80
MAX_FOUND: Final = 3
# As much of a sentence is read.
_READ: Final = 600
_DAY_END: Final = time(23, 59, 59)
_DAYS_IN_FORCE: Final = 24.0
_HALF_DAY: Final = 12
_LAST_HOUR: Final = 23
_LAST_MINUTE: Final = 59


class _Words(Struct, frozen=True):
    """The lexicon, compiled."""

    language: str
    hint: re.Pattern[str]
    # Strings one of which stands wherever the hint does.
    hints: Needles[str]
    kinds: tuple[tuple[Kind, re.Pattern[str]], ...]
    span: re.Pattern[str]
    given: re.Pattern[str]
    moment: re.Pattern[str]
    since: re.Pattern[str]
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
    # "A fortnight" as a number and a unit.
    fortnight: tuple[str, str]
    clock: re.Pattern[str]
    # Who set it, the surest way of telling first.
    set_by: tuple[re.Pattern[str], ...]
    within: tuple[str, ...]
    nobody: frozenset[str]
    no_name: re.Pattern[str]


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def deadline_words(language: str) -> _Words:
    """Return a language's words and patterns for ends that somebody set."""
    data = lexicon(f"{language}/deadlines")
    dates = data["dates"]
    months = {word: at + 1 for at, names in enumerate(dates["months"]) for word in names.split()}
    parts = {
        "numbers": _any(data["numbers"]), "units": _any(data["units"]),
        "nouns": _any([*data["nouns"]["ultimatum"], *data["nouns"]["truce"]]),
        "giving": _any(data["giving"]["words"]), "acts": _any(data["giving"]["acts"]),
        "until": _any(dates["until"]), "ending": _any(dates["ending"]), "hours": _any(dates["hours"]),
        "weekdays": _any(dates["weekdays"]), "days": _any(dates["days"]), "ends": _any(dates["ends"]),
        "months": _any(months), "threat": _any(data["threat"]["words"]),
    }  # fmt: skip
    for name, pattern in data["parts"].items():
        parts[name] = _filled(pattern, parts)
    forms = {
        name: re.compile(_filled(pattern, parts))
        for name, pattern in data["patterns"].items()
        if name != "noun"
    }
    return _Words(
        language=language,
        hint=forms["hint"],
        hints=Needles({piece: piece for piece in needs(forms["hint"].pattern) or {""}}),
        kinds=tuple(
            (kind, re.compile(_filled(data["patterns"]["noun"], {"noun": _any(data["nouns"][kind])})))
            for kind in _KINDS
        ),
        span=forms["span"],
        given=forms["given"],
        moment=forms["moment"],
        since=forms["since"],
        clock=forms["clock"],
        set_by=tuple(forms[name] for name in ("sets", "by", "theirs", "said")),
        within=tuple(data["giving"]["within"]),
        lures=re.compile(rf"\b(?:{_any(data['lures']['words'])})"),
        **{name: re.compile(_any(data[name]["words"])) for name in ("threat", "wished", "unset", "over")},
        numbers=data["numbers"],
        units=data["units"],
        weekdays={word: at for at, names in enumerate(dates["weekdays"]) for word in names.split()},
        months=months,
        hours=dates["hours"],
        days=dates["days"],
        ends=dates["ends"],
        fortnight=(dates["fortnight"][0], dates["fortnight"][1]),
        nobody=frozenset(data["nobody"]["words"]),
        no_name=re.compile(data["nobody"]["pattern"]),
    )


_NAME: Final = re.compile(r"\{([a-z_]+)\}")


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    """Return a lexicon's pattern with its parts."""
    return _NAME.sub(lambda match: parts[match[1]], pattern)


def find_deadlines(reading: Reading) -> tuple[Deadline, ...]:
    """Return the ends that a story tells of, the headline's first; none for a language that is not known."""
    if reading.lang is None:
        return ()
    words = deadline_words(reading.lang)
    sentences = [one for one in reading.sentences if one.position < MAX_SENTENCES]
    found: dict[tuple[str, str], Deadline] = {}
    lured = bool(words.lures.search(reading.story.title.lower()))
    for sentence in () if lured else sentences:
        text = sentence.text[:_READ]
        low = text.lower()
        # What changes its length in small letters has other places: no text that this rule reads does.
        if len(low) != len(text) or not _hinted(words, low):
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


def _hinted(words: _Words, low: str) -> bool:
    return words.hints.any(low) and words.hint.search(low) is not None


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
    return Deadline(
        kind, until.date().isoformat(), until, phrase, sentence.span(), _set_by(words, sentence.text)
    )


def _span(words: _Words, low: str, at: datetime) -> tuple[datetime | None, str]:
    """Return the end of a span that is called one: "a two-week deadline"."""
    match = words.span.search(low)
    if match is None:
        return None, ""
    found = match.groupdict()
    if found.get("fortnight"):
        return _after(words, *words.fortnight, _since(words, low, at)), match.group()
    number, unit = found["number"] or found.get("number2"), found["unit"] or found.get("unit2")
    return _after(words, number or "", unit or "", _since(words, low, at)), match.group()


def _since(words: _Words, low: str, at: datetime) -> datetime:
    """Return when a span began that its sentence dates ("on May 28", "from Monday"), else the story's time."""
    match = words.since.search(low)
    if match is None:
        return at
    if match["eve"]:
        return at - timedelta(days=1)
    day = _day_of(words, match, at.date())
    if day is None or match["near"] or match["end"]:
        return at
    if not match["ahead"] and day > at.date():
        # What was set was set in the past: the last day of that name.
        day = day - timedelta(days=7) if match["weekday"] else _year_before(day, _or(match, "year", "year2"))
    if not timedelta(0) <= at.date() - day <= FARTHEST and not match["ahead"]:
        return at
    return at if day == at.date() else _end_of(day)


def _year_before(day: date, year: str | None) -> date:
    return day if year else date(day.year - 1, day.month, min(day.day, 28))


def _given(
    words: _Words, sentence: Sentence, low: str, at: datetime, named: bool
) -> tuple[datetime | None, str]:
    """Return the end of a span that is given to somebody: "has 48 hours to leave", "within a week or face force"."""
    match = words.given.search(low)
    if match is None or not match["then"]:
        return None, ""
    threatens = words.threat.search(low, match.end("unit")) is not None
    within = match.group().startswith(words.within)
    if within and not (threatens or named):
        return None, ""
    somebody = match["act"] and any(found.place for found in names_in(sentence.text, words.language))
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
        return _on(words, day, _or(match, "clock", "after")), match.group()
    return None, ""


def _or(match: re.Match[str], one: str, other: str) -> str | None:
    """Return what one of two groups found; a language's pattern need not have the second."""
    found = match.groupdict()
    return found[one] or found.get(other)


def _day_of(words: _Words, match: re.Match[str], today: date) -> date | None:
    if match["weekday"]:
        return today + timedelta(days=(words.weekdays[match["weekday"]] - today.weekday()) % 7)
    if match["near"]:
        return today + timedelta(days=words.days[match["near"]])
    if match["end"]:
        return _end_day(words.ends[match["end"]], today)
    number = int(_or(match, "day", "day2") or 0)
    month = words.months[_or(match, "month", "month2") or ""]
    year = _or(match, "year", "year2")
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
    found = words.clock.match(clock)
    if found is None:
        return _end_of(day)
    parts = found.groupdict()
    hour, minute, half = int(parts["hour"]), int(parts["minute"] or 0), parts.get("half")
    if minute > _LAST_MINUTE or hour > _LAST_HOUR or (half and not 1 <= hour <= _HALF_DAY):
        return _end_of(day)
    if half:
        hour = hour % _HALF_DAY + _HALF_DAY * (half == "p")
    return datetime.combine(day, time(hour, minute), UTC)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, _DAY_END, UTC)


def _set_by(words: _Words, text: str) -> str | None:
    """Return who set the end, as the sentence names them."""
    for pattern in words.set_by:
        match = pattern.search(text)
        if match is None:
            continue
        named = match["who"].strip().removeprefix("The ").strip()
        if named and named not in words.nobody and not words.no_name.search(named):
            return named
    return None
