"""Dates as outlets write them, in their own languages and orders, to UTC. Pure.

What could be two days ("01/06/2025") is read as neither: a date that is guessed is worse than none.
"""

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

LONGEST: Final = 120
# How each month begins, in the languages that outlets write it in; the longest that fits counts. Accents are gone.
_BEGINNINGS: Final = (
    "jan ian gen ene oca sty led tammi янв січ сiч яну ιαν يناير जनवरी ינואר ژانویه јан มกร มค জানু جنوری جانفي 一月",
    "feb fev fab sub lut uno helmi фев лют φεβ فبراير फरवरी פברואר فوریه феб กุมภ กพ ফেব্রু فروری شباط فيفري 二月",
    "mar mrt maart maalis bre мар бер μαρ مارس मार्च מרץ มีน มีค মার্চ مارچ آذار اذار 三月",
    "apr abr avr nis kwi dub huhti апр кві квi απρ أبريل ابريل अप्रैल אפריל آوریل เมษ เมย এপ্রিল اپریل نيسان أفريل 四月",
    "may mai maj mei mag mayis kve touko май мая тра μαι مايو मई מאי مه мај พฤษภ พค মে مئی أيار ايار ماي 五月",
    "jun juin giu iun haz cze cervna cerven cvn kesa июн чер юни ιουν يونيو जून יוני ژوئن јун มิถุน มิย জুন جون حزيران جوان 六月",
    "jul juil lug iul tem lip cervenec cervence cvc heina июл лип юли ιουλ يوليو जुलाई יולי ژوئیه јул กรกฎ กค জুলাই جولائی تموز جويلية 七月",
    "aug ago aou agu ag sie srp elo авг сер αυγ أغسطس اغسطس अगस्त אוגוסט اوت สิงห สค আগস্ট اگست آب أوت 八月",
    "sep set szep eyl wrz zar syys сен вер σεπ سبتمبر सितंबर ספטמבר سپتامبر сеп กันย กย সেপ্টে ستمبر أيلول ايلول 九月",
    "oct okt ott out eki paz rij loka окт жов οκτ أكتوبر اكتوبر अक्टूबर אוקטובר اکتبر ตุล ตค অক্টো اکتوبر 十月",
    "nov noi noe kas lis marras ноя ное лис νοε نوفمبر नवंबर נובמבר نوامبر нов พฤศจ พย নভে نومبر 十一月",
    "dec dez dic des dek ara gru pro joulu дек гру δεκ ديسمبر दिसंबर דצמבר دسامبر дец ธันว ธค ডিসে دسمبر 十二月",
)
# Months of two words, in the countries east of the Mediterranean, by those of one.
_TWO_WORDS: Final = re.compile("(كانون|تشرين) (?:(ال(?:ثاني|تاني))|ال[أا]ول)")
_ONE_WORD: Final = {
    ("كانون", True): "يناير",
    ("كانون", False): "ديسمبر",
    ("تشرين", True): "نوفمبر",
    ("تشرين", False): "أكتوبر",
}
# Hebrew writes "in" as a part of the month that follows.
_IN: Final = "ב"
# Offsets of zones by name, in hours; where a name is several, the one that most news is written in.
_ZONES: Final = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 1, "cet": 1, "mez": 1, "wat": 1, "west": 1, "cest": 2,
    "mesz": 2, "eet": 2, "cat": 2, "sast": 2, "eest": 3, "idt": 3, "msk": 3, "мск": 3, "trt": 3, "eat": 3, "irst": 3.5, "gst": 4, "aft": 4.5,
    "pkt": 5, "ist": 5.5, "npt": 5.75, "bdt": 6, "mmt": 6.5, "wib": 7, "ict": 7, "hkt": 8, "sgt": 8, "pht": 8,
    "awst": 8, "wita": 8, "jst": 9, "kst": 9, "wit": 9, "acst": 9.5, "aest": 10, "acdt": 10.5, "aedt": 11, "nzst": 12,
    "nzdt": 13, "nst": -3.5, "ndt": -2.5, "brt": -3, "art": -3, "adt": -3, "clst": -3, "ast": -4, "clt": -4,
    "edt": -4, "vet": -4, "est": -5, "cdt": -5, "cot": -5, "pet": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7,
    "pst": -8, "akdt": -8, "akst": -9, "hst": -10,
}  # fmt: skip
# How the days of the week begin, from Monday, in languages that do not contradict one another.
_WEEKDAYS: Final = {
    beginning: day
    for day, line in enumerate(
        (
            "mon lun pon pzt sen пон seg hai",
            "tue mar uto wto sal sel вто ter ba",
            "wed mit mer mie woe sro car rab сре qua tu",
            "thu don jeu gio jue cet czw per kam чет qui nam",
            "fri fre ven vie vri pia jum пят sex sau",
            "sat sam sab zat sob cmt cts суб bay",
            "sun son dim dom zon nie min вос chu",
        )
    )
    for beginning in line.split()
}
# Before a day's number in Vietnamese; what follows is the name.
_NUMBERED: Final = re.compile(r"\bthu (?=(?:hai|ba|tu|nam|sau|bay)\b)")
# What Americans write all year.
_PLACES: Final = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}
_ISO: Final = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[t ] ?(\d\d):?(\d\d)(?::?(\d\d))?(?:[.,](\d{1,12}))?)?(?P<rest>.*)", re.DOTALL
)
# The weeks and days of a year that ISO 8601 also counts by.
_ISO_WEEK: Final = re.compile(r"(\d{4})-?w(\d\d)(?:-?([1-7]))?(?![\d-])")
_ISO_DAY: Final = re.compile(r"(\d{4})-(\d{3})(?=t|$)")
_MARKUP: Final = re.compile(
    r"<(?:time\s[^<>]{0,200}?datetime\s?=\s?[\"']([^\"'<>]{1,60}))?[^<>]{0,300}>", re.IGNORECASE
)
# What nine of ten feeds write, and its short months.
_USUAL: Final = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d?) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4})"
    r" (\d\d):(\d\d):(\d\d) (?:GMT|UTC|Z|([+-])(\d\d)(\d\d))",
    re.ASCII,
)
_SHORT: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIME: Final = re.compile(
    r"(?<!\d)(\d{1,2})(?::|h(?=\d\d)|\s?[時时点點시]\s?)(\d\d|\d(?=:\d))(?::(\d{1,2}))?(?!\d)(?:[.,]\d{1,12})?"
)
# Of some scripts, vowels are marks and no letters; and months are shortened with dots inside.
_LETTER: Final = r"(?:[^\W\d_]|[\u0900-\u0dff\u0e00-\u0eff])"
_THAI_DOT: Final = re.compile(r"(?<=[\u0e00-\u0e7f])\.")
_THAI: Final = re.compile("[\u0e00-\u0e7f]")
_BUDDHIST: Final = 543
_YEAR_FIRST: Final = re.compile(r"(?<!\d)(\d{4})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?!\d)")
_DAY_NAME_YEAR: Final = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|ª)?[.,]?[-/\s]{0,3}(?:de |of |ta' )?(" + _LETTER + r"{2,20})"
    r"(?:/" + _LETTER + r"{2,20})?[.,،]?[-/\s]{0,3}(?:de[l]? |of |พศ\s?)?"
    r"'?(\d{4}|\d{2})(?![\d:])"
)
_DAY_NUMBER_YEAR: Final = re.compile(
    r"(?<!\d)(\d{1,2})\s?thang\s?(\d{1,2})(?!\d)[,/\s]{0,3}(?:nam\s?)?(\d{4})(?!\d)"
)
_DAY_MONTH_YEAR: Final = re.compile(r"(?<!\d)(\d{1,2})\s(\d{1,2})[月월]\s(\d{4})(?!\d)")
_NAME_DAY_YEAR: Final = re.compile(
    r"([^\W\d_]{3,20})\.?\s{1,3}(\d{1,2})(?:st|nd|rd|th)?(?:,|\s)[^\d]{0,3}(\d{4})(?![\d:])"
)
_NAME_DAY: Final = re.compile(r"([^\W\d_]{3,20})\.?\s{1,3}(\d{1,2})(?![\d:])")
_YEAR: Final = re.compile(r"(?<![\d:+-])((?:19|20)\d\d)(?![\d:])")
_IN_FIGURES: Final = re.compile(r"(?<!\d)(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4})(?!\d)")
# Where hours and minutes are parted by a dot, a word beside them says that they are a time.
_DOTTED: Final = re.compile(
    r"\b(?:klo?|ore|pukul|um|godz)\.?\s?(\d{1,2})\.(\d\d)(?![.\d])"
    r"|(?<![.\d])(\d{1,2})\.(\d\d)(?=\s?(?:uhr|wib|wita?)\b)"
)
_OFFSET: Final = re.compile(r"(?:gmt|utc)?\s?([+\u2212-])\s?(\d{1,2}):?(\d\d)?(?![\d:])")
_PLACE: Final = re.compile(r"[a-z]{3,12}/[a-z_]{3,30}")
_WORD: Final = re.compile(r"[^\W\d_]+")
_AFTERNOON: Final = re.compile(r"\bp\.?\s?m\b|오후|下午|午後|مساء|(?<!\w)م(?!\w)|μ\.?μ\b")
_MORNING: Final = re.compile(r"\ba\.?\s?m\b|오전|上午|午前|صباح|(?<!\w)ص(?!\w)|π\.?μ\b")
_STAMPS: Final = {10: 1, 13: 1_000}


class _Day(Struct, frozen=True):
    """A day, and where in the text it stands."""

    year: int
    month: int
    day: int
    start: int
    end: int


def _without_accents(text: str) -> str:
    """Return the text in small letters and plain figures, without the marks on its letters."""
    letters = []
    for each in unicodedata.normalize("NFKC", text.strip()[:LONGEST]).lower():
        parts = (
            unicodedata.normalize("NFD", each)
            if "\u00bf" < each < "\u0590" or "\u1e00" <= each < "\u2000"
            else each
        )
        letters.append(str(unicodedata.digit(parts)) if parts.isdecimal() else parts[0])
    return "".join(letters).replace("ł", "l").replace("ı", "i")


_MONTHS: Final = {
    _without_accents(beginning): number
    for number, line in enumerate(_BEGINNINGS, 1)
    for beginning in line.split()
}
_LONGEST_BEGINNING: Final = max(map(len, _MONTHS))


def read_date(written: str) -> datetime | None:
    """Return the moment that a text names, None where it names none that is certain. A day alone is its beginning."""
    usual = _USUAL.fullmatch(written)
    if usual is not None:
        return _usual(usual)
    if "<" in written:
        written = _without_markup(written)
    text = _without_accents(_THAI_DOT.sub("", written[:LONGEST]))
    if text.isdecimal():
        return _stamp(text)
    try:
        text = _ISO_DAY.sub(_day_of_year, _ISO_WEEK.sub(_day_of_week, text, count=1), count=1)
        iso = _ISO.fullmatch(text)
        if iso is not None and (iso[4] is not None or not iso["rest"].strip()):
            moment = _moment([int(part or 0) for part in iso.groups()[:6]], iso["rest"])
            return moment.replace(microsecond=int((iso[7] or "0")[:6].ljust(6, "0")))
        return _in_words(text)
    except (ValueError, OverflowError):
        return None


def _without_markup(written: str) -> str:
    """Return a date without the elements that content systems put it in; what one says for machines goes first."""
    start = written[: 10 * LONGEST]
    said = next((found[1] for found in _MARKUP.finditer(start) if found[1]), None)
    return said or " ".join(_MARKUP.sub(" ", start).split())


def _day_of_week(found: re.Match[str]) -> str:
    return date.fromisocalendar(int(found[1]), int(found[2]), int(found[3] or 1)).isoformat()


def _day_of_year(found: re.Match[str]) -> str:
    first = date(int(found[1]), 1, 1)
    day = first + timedelta(days=int(found[2]) - 1)
    if day.year != first.year:
        raise ValueError
    return day.isoformat()


def _usual(match: re.Match[str]) -> datetime | None:
    day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
    parts = [int(year), _SHORT.index(month) + 1, int(day), int(hour), int(minute), int(second)]
    try:
        return _moment(parts, f"{sign}{hours}{minutes}" if sign else "")
    except (ValueError, OverflowError):
        return None


def _in_words(text: str) -> datetime | None:
    text = _TWO_WORDS.sub(lambda found: _ONE_WORD[found[1], found[2] is not None], text)
    text = _DOTTED.sub(lambda found: f" {found[1] or found[3]}:{found[2] or found[4]}", text)
    day = _day(text)
    if day is None:
        return None
    time = _TIME.search(text, day.end) or _TIME.search(text[: day.start])
    if time is None:
        return _moment([day.year, day.month, day.day, 0, 0, 0], "")
    hour, minute, second = int(time[1]), int(time[2]), int(time[3] or 0)
    if _AFTERNOON.search(text) and hour < 12:
        hour += 12
    elif _MORNING.search(text) and hour == 12:
        hour = 0
    return _moment([day.year, day.month, day.day, hour, minute, second], text[time.end() :])


def _day(text: str) -> _Day | None:
    for pattern, order in (
        (_YEAR_FIRST, "ymd"),
        (_DAY_NUMBER_YEAR, "dmy"),
        (_DAY_MONTH_YEAR, "dmy"),
        (_DAY_NAME_YEAR, "dmy"),
        (_NAME_DAY_YEAR, "mdy"),
    ):
        for found in pattern.finditer(text):
            parts = dict(zip(order, found.groups(), strict=True))
            month = int(parts["m"]) if parts["m"].isdecimal() else _month(parts["m"])
            if month is not None:
                # Years of two figures are counted as those of four are.
                century = "25" if _THAI.match(parts["m"]) and len(parts["y"]) == 2 else ""
                return _Day(
                    _full_year(century + parts["y"]), month, int(parts["d"]), found.start(), found.end()
                )
    return _in_figures(text) or _year_last(text)


def _year_last(text: str) -> _Day | None:
    """Read "Sun Jun 01 08:00:00 CEST 2025"."""
    year = _YEAR.search(text)
    for found in _NAME_DAY.finditer(text):
        month = _month(found[1])
        if month is not None and year is not None:
            return _Day(int(year[1]), month, int(found[2]), found.start(), found.end())
    return None


def _in_figures(text: str) -> _Day | None:
    """Read "01.06.2025", and "13/06/2025" where the figures leave but one reading."""
    found = _IN_FIGURES.search(text)
    if found is None:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    named = _day_that_is_named(text, first, second, year)
    if named is not None:
        return _Day(year, *named, found.start(), found.end())
    american = found[2] == "/" and (_AFTERNOON.search(text) or _MORNING.search(text)) is not None
    if found[2] == "." or first > 12 or first == second:
        return _Day(year, second, first, found.start(), found.end())
    if second > 12 or american:
        return _Day(year, first, second, found.start(), found.end())
    return None


def _day_that_is_named(text: str, first: int, second: int, year: int) -> tuple[int, int] | None:
    """Return month and day by the name of the day of the week that stands beside, where it fits one reading alone."""
    named = {_WEEKDAYS[word[:3]] for word in _WORD.findall(_NUMBERED.sub("", text)) if word[:3] in _WEEKDAYS}
    fitting = set()
    for month, day in ((first, second), (second, first)):
        with suppress(ValueError):
            if date(year, month, day).weekday() in named:
                fitting.add((month, day))
    return fitting.pop() if len(named) == 1 and len(fitting) == 1 else None


def _month(word: str) -> int | None:
    word = word.removeprefix(_IN)
    for length in range(min(len(word), _LONGEST_BEGINNING), 1, -1):
        month = _MONTHS.get(word[:length])
        if month is not None:
            return month
    return None


def _full_year(year: str) -> int:
    if len(year) == 4:
        return int(year) - (_BUDDHIST if year.startswith(("25", "26")) else 0)
    return int(year) + (2000 if int(year) < 70 else 1900)


def _stamp(digits: str) -> datetime | None:
    """Return what figures alone mean: seconds or thousandths since 1970, or a date without signs."""
    try:
        if len(digits) in _STAMPS:
            return datetime.fromtimestamp(int(digits) / _STAMPS[len(digits)], UTC)
        if len(digits) in {8, 12, 14}:
            parts = [int(digits[:4]), *(int(digits[at : at + 2]) for at in range(4, len(digits), 2))]
            return _moment(parts + [0] * (6 - len(parts)), "")
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _moment(parts: list[int], rest: str) -> datetime:
    year, month, day, hour, minute, second = parts
    zone, moment = (
        _zone(rest) if rest else UTC,
        datetime(year, month, day, hour % 24, minute, min(second, 59), tzinfo=UTC),
    )
    if hour > 24:
        raise ValueError
    return moment.replace(tzinfo=zone).astimezone(UTC) + timedelta(days=hour // 24)


def _zone(rest: str) -> tzinfo:
    """Return the zone that stands after a time; UTC where none does."""
    offset = _OFFSET.search(rest)
    if offset is not None:
        span = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(span if offset[1] == "+" else -span)
    place = _PLACE.search(rest)
    names = ["/".join(map(_cased, place[0].split("/")))] if place else []
    for word in _WORD.findall(rest):
        if word in _ZONES:
            return timezone(timedelta(hours=_ZONES[word]))
        names += [_PLACES[word]] if word in _PLACES else []
    for name in names:
        try:
            return ZoneInfo(name)
        except (ValueError, OSError, KeyError):
            continue
    return UTC


def _cased(name: str) -> str:
    return "_".join(part.capitalize() for part in name.split("_"))
