"""Charts as SVG, made of numbers alone: a record's steps, small bars, a line. No script, no style of their own."""

from collections.abc import Sequence
from datetime import date, datetime
from html import escape
from typing import Any, Final

from console.wording import number, plain, spoken

WIDTH: Final = 720
HEIGHT: Final = 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 28, 40
_INK, _SOFT, _ACCENT = "#1d2733", "#7b8794", "#b3261e"


def step_chart(record: dict[str, Any], *, picture: bool = False) -> str:
    """Return a metric's record over time as a step chart; as a picture with its own title and ground."""
    steps = sorted(
        ((found, each) for each in record["steps"] if (found := day_of(each["date"])) is not None),
        key=lambda pair: (pair[0], pair[1]["figure"]),
    )
    if not steps:
        return ""
    first, last = steps[0][0], steps[-1][0]
    days = max((last - first).days, 1)
    figures = [each["figure"] for _, each in steps]
    low, high, ticks = _scale(min(figures), max(figures))
    plot_width, plot_height = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM

    def x(when: date) -> float:
        return round(_LEFT + plot_width * ((when - first).days / days) * 0.94, 1)

    def y(figure: float) -> float:
        return round(_TOP + plot_height * (1 - (figure - low) / (high - low)), 1)

    parts = [
        f'<line class="rule" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y(tick)}" y2="{y(tick)}" stroke="{_SOFT}" '
        f'stroke-opacity="0.28"/><text class="tick" x="{_LEFT - 10}" y="{y(tick) + 4}" text-anchor="end" '
        f'fill="{_SOFT}" font-size="12">{number(tick)}</text>'
        for tick in ticks
    ]
    path = f"M{x(steps[0][0])} {y(figures[0])}"
    for when, each in steps[1:]:
        path += f" H{x(when)} V{y(each['figure'])}"
    path += f" H{WIDTH - _RIGHT}"
    ground = y(low)
    parts.append(
        f'<path class="area" d="{path} V{ground} H{x(steps[0][0])} Z" fill="{_ACCENT}" fill-opacity="0.08"/>'
        f'<path class="step" d="{path}" fill="none" stroke="{_ACCENT}" stroke-width="2.5" stroke-linejoin="round"/>'
    )
    parts += [_point(x(when), y(each["figure"]), when, each) for when, each in steps]
    parts += _labels([(x(when), y(each["figure"]), each["figure"]) for when, each in steps])
    for when, anchor in ((first, "start"), (last, "end")) if last != first else ((first, "start"),):
        parts.append(
            f'<text class="tick" x="{x(when)}" y="{HEIGHT - 14}" text-anchor="{anchor}" fill="{_SOFT}" '
            f'font-size="12">{spoken(when)}</text>'
        )
    title = escape(
        f"{plain(record['title'], 120)}: "
        + ", ".join(f"{number(each['figure'])} on {spoken(when)}" for when, each in steps)
    )
    return _svg("".join(parts), title, WIDTH, HEIGHT, picture=picture, heading=plain(record["title"], 90))


def level_chart(pair: dict[str, Any]) -> str:
    """Return how two parties stand as a bar a day, those that escalate below the line and those that calm above it."""
    days = [(found, each) for each in pair["days"] if (found := day_of(each["day"])) is not None]
    if not days:
        return ""
    first, last = days[0][0], days[-1][0]
    span = max((last - first).days, 1)
    most = max(*(abs(each["level"]) for _, each in days), 10.0)
    plot_width, plot_height = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
    middle = _TOP + plot_height / 2
    width = max(1.5, min(18.0, plot_width / (span + 1) - 1))
    parts = [
        f'<line class="rule" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{round(middle, 1)}" y2="{round(middle, 1)}" stroke="{_SOFT}"/>'
        f'<text class="tick" x="{_LEFT - 10}" y="{_TOP + 10}" text-anchor="end" fill="{_SOFT}" font-size="12">calmer</text>'
        f'<text class="tick" x="{_LEFT - 10}" y="{HEIGHT - _BOTTOM}" text-anchor="end" fill="{_SOFT}" font-size="12">graver</text>'
    ]
    for when, each in days:
        height = max(abs(each["level"]) / most * (plot_height / 2 - 4), 1.0)
        left = _LEFT + (plot_width - width) * ((when - first).days / span)
        top = middle if each["level"] < 0 else middle - height
        told = escape(
            f"{spoken(when)}: {each['level']:+.1f}, {each['events']} event{'' if each['events'] == 1 else 's'}"
        )
        parts.append(
            f'<rect class="{"worse" if each["level"] < 0 else "better"}" x="{round(left, 1)}" y="{round(top, 1)}" '
            f'width="{round(width, 1)}" height="{round(height, 1)}" rx="1.5"><title>{told}</title></rect>'
        )
    parts += [
        f'<text class="tick" x="{_LEFT if anchor == "start" else WIDTH - _RIGHT}" y="{HEIGHT - 14}" text-anchor="{anchor}" fill="{_SOFT}" '
        f'font-size="12">{spoken(when)}</text>'
        for when, anchor in (((first, "start"), (last, "end")) if last != first else ((first, "start"),))
    ]
    title = escape(
        f"{plain(pair['title'], 120)}, {len(days)} days with events from {spoken(first)} to {spoken(last)}"
    )
    return _svg("".join(parts), title, WIDTH, HEIGHT, picture=False, heading="")


def bars(counts: Sequence[float], label: str, *, width: int = 112, height: int = 26) -> str:
    """Return counts as small bars, the newest at the right."""
    most = max(max(counts, default=0), 1)
    each = width / max(len(counts), 1)
    drawn = "".join(
        f'<rect x="{round(place * each, 2)}" y="{round(height - max(count / most * (height - 2), 1 if count else 0.5), 2)}" '
        f'width="{round(max(each - 1.2, 0.8), 2)}" height="{round(max(count / most * (height - 2), 1 if count else 0.5), 2)}" '
        f'class="bar{"" if count else " none"}" rx="0.8"/>'
        for place, count in enumerate(counts)
    )
    return _small(drawn, label, width, height)


def level_bars(days: Sequence[dict[str, Any]], *, width: int = 168, height: int = 32) -> str:
    """Return the last days of two parties as small bars, graver ones below the line and calmer ones above it."""
    last = days[-28:]
    most = max([10.0, *(abs(each["level"]) for each in last)])
    middle = height / 2
    drawn = f'<line class="rule" x1="0" x2="{width}" y1="{middle}" y2="{middle}"/>' + "".join(
        f'<rect class="{"worse" if each["level"] < 0 else "better"}" x="{round(place * 6, 1)}" '
        f'y="{round(middle if each["level"] < 0 else middle - size, 1)}" width="4.8" height="{round(size, 1)}" rx="0.8"/>'
        for place, each in enumerate(last)
        for size in (max(abs(each["level"]) / most * (middle - 1), 1.0),)
    )
    return _small(drawn, f"The last {len(last)} days with events", width, height)


def line(values: Sequence[float], label: str, *, width: int = 240, height: int = 44) -> str:
    """Return values as a line from left to right."""
    if len(values) < 2:
        return _small("", label, width, height)
    most = max(*values, 1e-9)
    points = " ".join(
        f"{round(place * (width - 6) / (len(values) - 1) + 3, 1)},{round(height - 4 - value / most * (height - 8), 1)}"
        for place, value in enumerate(values)
    )
    return _small(f'<polyline class="line" points="{points}" fill="none"/>', label, width, height)


def day_of(text: str | None) -> date | None:
    """Return the day of an ISO date or moment; None where there is none."""
    try:
        return datetime.fromisoformat(text or "").date()
    except ValueError:
        return None


def _point(x: float, y: float, when: date, step: dict[str, Any]) -> str:
    told = escape(f"{number(step['figure'])} on {spoken(when)}, {plain(step['source'], 80)}")
    return f'<circle class="dot" cx="{x}" cy="{y}" r="4.5" fill="{_ACCENT}"><title>{told}</title></circle>'


def _labels(points: list[tuple[float, float, float]]) -> list[str]:
    """The figures beside their steps; where two would stand over one another the later one counts."""
    kept: list[tuple[float, float, float]] = []
    for place in reversed(points):
        if all(abs(place[0] - other[0]) > 44 or abs(place[1] - other[1]) > 18 for other in kept):
            kept.append(place)
    return [
        f'<text class="figure" x="{x}" y="{y - 11}" text-anchor="{"start" if x < _LEFT + 20 else "middle"}" fill="{_INK}" '
        f'font-size="13" font-weight="600">{number(figure)}</text>'
        for x, y, figure in kept
    ]


def _scale(least: float, most: float) -> tuple[float, float, list[float]]:
    """A scale from zero, or from below the least where zero is far away, with round steps."""
    low = (
        0.0
        if (least >= 0 and least < most * 0.7) or least == most >= 0
        else least - (most - least or abs(least) or 1) * 0.25
    )
    spread = (most - low) or 1.0
    rough = spread / 4
    size = 10.0 ** len(str(int(rough))) / 10 if rough >= 1 else 0.1
    step = next(size * each for each in (1, 2, 2.5, 5, 10) if size * each >= rough or each == 10)
    start = low if low == 0 else step * int(low / step)
    ticks = [start + step * each for each in range(7) if start + step * each <= most * 1.001 + step * 0.2]
    return start, max(most + spread * 0.1, ticks[-1]), ticks


def _svg(drawn: str, title: str, width: int, height: int, *, picture: bool, heading: str) -> str:
    ground, above, size = "", 0, ""
    if picture:
        above = 34
        # A picture has a size of its own; on a page the chart takes the room that there is.
        size = f' width="{width}" height="{height + above}"'
        ground = (
            f'<rect x="0" y="{-above}" width="{width}" height="{height + above}" fill="#ffffff"/>'
            f'<text x="{_LEFT}" y="-6" fill="{_INK}" font-size="17" font-weight="700">{escape(heading)}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="{title}" '
        f'viewBox="0 {-above} {width} {height + above}"{size} font-family="system-ui, sans-serif">{ground}{drawn}</svg>'
    )


def _small(drawn: str, label: str, width: int, height: int) -> str:
    return (
        f'<svg class="small" role="img" aria-label="{escape(label)}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{drawn}</svg>'
    )
