"""Makes pages of what was read. Whatever a feed wrote is escaped by Jinja2, cut to what a line holds, and inert."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from console import charts
from console.wording import amount, day, duration, number, plain, title, web_link

FOLDER: Final = Path(__file__).parent / "templates"


@cache
def templates() -> Environment:
    """Return the templates with what they may call."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "plain": plain, "title": title, "web": web_link, "number": number, "day": day, "duration": duration,
        "when": when,
    }  # fmt: skip
    environment.globals |= {
        "amount": amount,
        # The charts escape what they show.
        "bars": lambda counts, label: Markup(charts.bars(counts, label)),  # noqa: S704
        "line": lambda values, label: Markup(charts.line(values, label)),  # noqa: S704
        "level_bars": lambda days: Markup(charts.level_bars(days)),  # noqa: S704
        "spark": lambda values, label: Markup(charts.line(values, label, width=150, height=22)),  # noqa: S704
        "level_chart": lambda pair: Markup(charts.level_chart(pair)),  # noqa: S704
        "step_chart": lambda record: Markup(charts.step_chart(record)),  # noqa: S704
    }
    return environment


def render_line(environment: Environment, line: dict[str, Any]) -> str:
    """Return one line of the wire as HTML."""
    return environment.get_template("line.html").render(each=line)


def when(moment: str | datetime | None, words: str = "never") -> Markup:
    """Return a moment for the reader's own zone: the page's script turns UTC into it."""
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            return Markup.escape(plain(moment, 40))
    if moment is None:
        return Markup.escape(words)
    return Markup('<time datetime="{}">{}</time>').format(
        moment.isoformat(), f"{moment.day} {moment:%b}, {moment:%H:%M} UTC"
    )
