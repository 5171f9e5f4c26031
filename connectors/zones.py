"""Which clock a date means, where it names a zone that is several ("CST"), or none at all. Pure.

An outlet has one clock: what its country, its language or one of its items shows holds for all of them.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from connectors.items import CLOCKS_DIFFER, RawItem
from wirewatch.network import host_of

# Zones' names that mean several: the hours that `connectors.dates` reads, then the others with who means them:
# COUNTRIES by their domains and regions, languages by their tags.
_MEANINGS: Final[dict[str, tuple[float, dict[float, str]]]] = {
    "cst": (-6, {8: "CN TW HK MO zh"}),
    "ist": (5.5, {2: "IL he", 1: "IE ga"}),
    "bst": (1, {6: "BD bn"}),
    "ast": (-4, {3: "SA IQ KW BH QA YE ar"}),
    "est": (-5, {10: "AU"}),
    "edt": (-4, {11: "AU"}),
    "pst": (-8, {8: "PH tl fil"}),
    "mst": (-7, {8: "MY ms", 6.5: "MM my"}),
}
# The clocks of countries that lie before UTC, and of languages that are told by one clock.
_CLOCKS: Final = {
    place: name
    for name, places in {
        "Asia/Shanghai": "CN MO zh", "Asia/Taipei": "TW", "Asia/Hong_Kong": "HK", "Asia/Tokyo": "JP ja",
        "Asia/Seoul": "KR ko", "Asia/Kolkata": "IN hi ta te ml mr gu kn pa", "Asia/Karachi": "PK ur",
        "Asia/Dhaka": "BD bn", "Asia/Colombo": "LK si", "Asia/Kathmandu": "NP ne", "Asia/Bangkok": "TH th",
        "Asia/Ho_Chi_Minh": "VN vi", "Asia/Jakarta": "ID id", "Asia/Kuala_Lumpur": "MY ms", "Asia/Singapore": "SG",
        "Asia/Manila": "PH tl fil", "Asia/Tehran": "IR fa", "Asia/Riyadh": "SA KW BH QA YE", "Asia/Dubai": "AE",
        "Asia/Baghdad": "IQ", "Asia/Beirut": "LB", "Asia/Amman": "JO", "Asia/Jerusalem": "IL he",
        "Africa/Cairo": "EG", "Europe/Istanbul": "TR tr", "Europe/Moscow": "RU ru", "Europe/Kyiv": "UA uk",
        "Europe/Minsk": "BY be", "Asia/Tbilisi": "GE ka", "Asia/Yerevan": "AM hy", "Asia/Baku": "AZ az",
        "Europe/Athens": "GR el", "Europe/Bucharest": "RO ro", "Europe/Sofia": "BG bg", "Europe/Helsinki": "FI fi",
        "Europe/Vilnius": "LT lt", "Europe/Riga": "LV lv", "Europe/Tallinn": "EE et", "Europe/Warsaw": "PL pl",
        "Europe/Prague": "CZ cs", "Europe/Bratislava": "SK sk", "Europe/Budapest": "HU hu", "Europe/Belgrade": "RS sr",
        "Europe/Zagreb": "HR hr", "Europe/Ljubljana": "SI sl", "Europe/Berlin": "DE de", "Europe/Vienna": "AT",
        "Europe/Zurich": "CH", "Europe/Paris": "FR", "Europe/Brussels": "BE", "Europe/Amsterdam": "NL nl",
        "Europe/Rome": "IT it", "Europe/Madrid": "ES", "Europe/Copenhagen": "DK da", "Europe/Stockholm": "SE sv",
        "Europe/Oslo": "NO no nb nn", "Africa/Lagos": "NG", "Africa/Nairobi": "KE sw", "Africa/Johannesburg": "ZA af",
        "Australia/Sydney": "AU", "Pacific/Auckland": "NZ",
    }.items()
    for place in places.split()
}  # fmt: skip
_SEVERAL: Final = re.compile(rf"(?<![a-z])({'|'.join(_MEANINGS)})(?![a-z])", re.IGNORECASE)
_TIME: Final = re.compile(
    r"\d{1,2}(?::|h(?=\d\d)|\s?[時时点點시]\s?)\d\d(?:\s?[:分분]\s?\d{1,2})?(?:[.,]\d{1,12})?"
)
# What may stand after a time and is no zone.
_NO_ZONE: Final = re.compile(r"(?:[\s()\[\],.]|[秒分초분]|[ap]\.?m\b\.?)*", re.IGNORECASE)
# Dates of other years are nobody's: zeros, and ends of calendars.
_YEARS: Final = range(1900, 2200)
_CERTAIN: Final = ("GMT", "+0000", "Z")
_LONGEST: Final = 120


class _Clock(Struct, frozen=True):
    """How dates that name one zone, or none, are to be read instead of as usual, and why."""

    by: timedelta | ZoneInfo
    said: str

    def __call__(self, moment: datetime) -> datetime:
        """Return the moment by this clock."""
        return _in_zone(moment, self.by) if isinstance(self.by, ZoneInfo) else moment - self.by


def zoned(items: Sequence[RawItem], base: str, tag: str, fetched: datetime) -> list[RawItem]:
    """Return the items with their dates by the outlet's clock; what is read otherwise than usual says so."""
    doubts: dict[str, list[datetime]] = {}
    for item in items:
        for moment, written in _dates(item):
            name = _doubt(written)
            if name is not None and moment.year in _YEARS:
                doubts.setdefault(name, []).append(moment)
    places = _places(base, tag) if doubts else {}
    clocks = {
        name: clock
        for name, dates in doubts.items()
        if (clock := _clock(name, places, dates, fetched + CLOCKS_DIFFER)) is not None
    }
    return [_by(clocks, item) for item in items] if clocks else list(items)


def _dates(item: RawItem) -> Iterator[tuple[datetime, str]]:
    published, updated = item.written
    if item.published is not None and published:
        yield item.published, published
    if item.updated is not None and updated:
        yield item.updated, updated


def _doubt(written: str) -> str | None:
    """Return the name of the zone that leaves a date in doubt; "" where it names none."""
    if written.endswith(_CERTAIN):
        return None
    text = written[:_LONGEST]
    times = list(_TIME.finditer(text))
    if not times:
        return None
    rest = text[times[-1].end() :]
    if _NO_ZONE.fullmatch(rest):
        return ""
    found = _SEVERAL.search(rest)
    return None if found is None or not set("+-").isdisjoint(rest) else found[1].lower()


def _places(base: str, tag: str) -> dict[str, str]:
    """Return what tells where an outlet is, the surest first, with its name for a person."""
    domain = host_of(base).rpartition(".")[2].upper()
    language, _, region = tag.strip().replace("_", "-").partition("-")
    region = region.rpartition("-")[2].upper()
    return {
        domain: f"the outlet's domain ends in .{domain.lower()}",
        region: f"the feed is of {region}",
        language.lower(): f"the feed's language is {language.lower()}",
    }


def _clock(name: str, places: dict[str, str], dates: list[datetime], latest: datetime) -> _Clock | None:
    """Return how the dates with a zone's name are to be read, None for as usual."""
    too_late = any(moment > latest for moment in dates)
    if not name:
        # The standards take it for UTC, and most mean that: only what cannot be so is read otherwise.
        here = next((ZoneInfo(_CLOCKS[place]) for place in places if place in _CLOCKS), None)
        if here is None or not too_late or any(_in_zone(moment, here) > latest for moment in dates):
            return None
        return _Clock(here, f"without zone, read as {here.key}: else it lies in the future")
    usual, others = _MEANINGS[name]
    for place, why in places.items():
        for hours, who in others.items():
            if place and place in who.split():
                return _hours(name, hours, usual, why)
    fitting = [
        hours
        for hours in others
        if too_late and all(moment - timedelta(hours=hours - usual) <= latest for moment in dates)
    ]
    return _hours(name, fitting[0], usual, "else it lies in the future") if len(fitting) == 1 else None


def _hours(name: str, hours: float, usual: float, why: str) -> _Clock:
    return _Clock(timedelta(hours=hours - usual), f"{name.upper()} read as UTC{hours:+g}: {why}")


def _in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=zone).astimezone(UTC)


def _by(clocks: dict[str, _Clock], item: RawItem) -> RawItem:
    moments: list[datetime | None] = []
    problems = list(item.problems)
    for moment, written in zip((item.published, item.updated), item.written, strict=True):
        name = _doubt(written)
        clock = clocks.get(name) if name is not None else None
        if moment is not None and clock is not None and moment.year in _YEARS:
            problems += [] if clock.said in problems else [clock.said]
            moments.append(clock(moment))
        else:
            moments.append(moment)
    return replace(item, published=moments[0], updated=moments[1], problems=tuple(problems))
