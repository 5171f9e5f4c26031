"""Joins what is one figure: the parts of a measure, the ends of a range; and marks scores."""

from typing import Final

from streams.rules.figure_units import MINUS
from streams.rules.figure_words import NO_QUANTITY, FigureWords, Found
from streams.rules.tokens import Tokens

# Seconds of what a duration in parts may add to.
_WHOLES: Final = {"days": 86_400.0, "hours": 3600.0}
# A number and its unit.
_ONE_PART: Final = 2


def joined(tokens: Tokens, found: list[Found], words: FigureWords) -> list[Found]:
    """Join what is one measure ("5ft 2in", "two hours, 52 minutes"), and the ends of a range; mark scores."""
    result: list[Found] = []
    for each in found:
        last = result[-1] if result else None
        if last is not None and _is_price_of(tokens, last, each, words):
            continue
        if last is None or not (_compound(tokens, last, each, words) or _range(tokens, last, each, words)):
            result.append(each)
            continue
    return result


def _is_price_of(tokens: Tokens, last: Found, each: Found, words: FigureWords) -> bool:
    """Whether a number only says of how many the price before it is: "$6.23 a dozen"."""
    beside = each.start == max(last.stop, last.unit_stop) and each.unit is None
    return beside and last.unit in words.units.money and tokens.low[each.start] in words.numbers.article


def _compound(tokens: Tokens, last: Found, each: Found, words: FigureWords) -> bool:
    if last.unit is None or last.unit in NO_QUANTITY or last.high is not None:
        return False
    between = tokens.low[last.unit_stop : each.start]
    if any(word != "," and word not in words.numbers.joiner for word in between) or len(between) > 2:
        return False
    if last.unit == "seconds" and last.stop - last.start > 2 and each.unit == "seconds" and each.value < 60:
        last.value, last.stop, last.unit_stop = last.value + each.value, each.unit_stop, each.unit_stop
        return True
    lasting = _WHOLES.get(last.unit)
    if (
        lasting
        and each.unit == "seconds"
        and each.unit_stop - each.start > _ONE_PART
        and each.value < lasting
    ):
        # "Two hours, 52 minutes and 59 seconds": the parts behind were read as one.
        last.value, last.unit = last.value * lasting + each.value, "seconds"
        last.stop, last.unit_stop = each.unit_stop, each.unit_stop
        return True
    if last.unit == "feet" and each.unit is None and not between and tokens.word(each.stop) == "in":
        each.unit, each.unit_stop = "inches", each.stop + 1
    part = words.units.compound.get((last.unit, each.unit or ""))
    bare = (
        each.unit is None
        and not each.high
        and last.unit in ("dollars", "pounds", "euros", "canadian dollars")
    )
    if (
        bare
        and each.value < 100
        and each.value == int(each.value)
        and "," not in between
        and last.value == int(last.value)
    ):
        part = (100.0, last.unit)
    if part is None or each.value >= part[0]:
        return False
    many, name = part
    last.value += each.value / many
    last.unit = name
    if name in ("hours", "minutes"):
        _to_seconds(last, name, each.unit)
    last.stop, last.unit_stop = max(each.stop, each.unit_stop), max(each.unit_stop, each.stop)
    return True


def _to_seconds(found: Found, name: str, part: str | None) -> None:
    """A time of several parts is told in seconds, as a stopwatch tells it."""
    if name == "minutes" or part == "minutes":
        found.value *= 60.0 if name == "minutes" else 3600.0
        found.value = round(found.value, 6)
        found.unit = "seconds"


def _range(tokens: Tokens, last: Found, each: Found, words: FigureWords) -> bool:
    between = tokens.low[last.stop : each.start]
    if (
        last.high is not None
        or (last.unit in NO_QUANTITY and last.unit != "score")
        or each.unit in NO_QUANTITY
    ):
        return False
    dashed = len(between) == 1 and between[0] in MINUS
    if dashed and last.unit is None and each.unit is None and max(last.value, each.value) < 100:
        last.unit = each.unit = "score"
        return False
    before = tokens.word(last.start - 1)
    alone = between[0] if len(between) == 1 else ""
    to = alone in words.range_to
    worded = (to or alone in words.range_and) and (before in words.between or before in words.range_to)
    spanned = to and before not in words.range_from and last.unit is None and each.unit is not None
    joins = len(between) == 2 and (between[1] in words.range_and or between[1] in words.range_to)
    percents = joins and before in words.between
    if not (dashed or worded or spanned or percents) or last.value >= each.value:
        return False
    if last.unit is not None and last.unit != each.unit:
        return False
    last.high, last.qualifier = each.value, "between"
    last.unit, last.stop, last.unit_stop = each.unit, each.stop, each.unit_stop
    return True
