"""Shows alerts as an editor would read them, on a terminal."""

from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from wirewatch.messages import AlertBody

_COLOURS: Final = {
    "flash": "bold white on red",
    "urgent": "bold black on yellow",
    "bulletin": "bold black on cyan",
}


def show_alert(console: Console, body: AlertBody, seconds: float | None) -> None:
    """Print an alert: priority, what, what it beats, who says so, where outlets differ, how many, link."""
    mark = f"[{_COLOURS[body.priority]}] {body.priority.upper()} [/]"
    again = f" · revision {body.revision}" if body.revision > 1 else ""
    after = f" · {seconds:.1f} s after it appeared" if seconds is not None else ""
    console.print(f"\n{mark} [bold]{escape(body.headline)}[/]")
    console.print(f"  [bold]{escape(body.reason)}[/]")
    who = (
        f" — {escape(body.said_by)}, in {escape(body.source)}"
        if body.said_by
        else f" — {escape(body.source)}"
    )
    if body.sentence and body.sentence != body.headline:
        console.print(f"  “{escape(body.sentence)}”{who}")
    differing = len({(figure.figure, figure.qualifier) for figure in body.figures}) > 1
    if differing:
        console.print(
            "  Outlets differ: "
            + ", ".join(_figure(figure.figure, figure.qualifier, figure.outlets) for figure in body.figures)
        )
    outlets = "1 outlet" if body.outlets == 1 else f"{body.outlets} outlets"
    console.print(f"  [dim]{escape(body.desk)} · {body.kind}{again} · {outlets}{after}[/]")
    if body.url:
        console.print(f"  [dim]{escape(body.url)}[/]")


def _figure(figure: float, qualifier: str, outlets: int) -> str:
    words = {
        "exact": "",
        "at_least": "at least ",
        "at_most": "at most ",
        "about": "about ",
        "between": "about ",
    }
    return f"{words[qualifier]}{figure:,g} ({outlets})"


def show_summary(console: Console, summary: dict[str, Any], folder: Path) -> None:
    """Print what the demo came to, and what to try next."""
    table = Table(title="What the day came to", show_header=False, title_justify="left")
    table.add_row("feeds", str(summary["feeds"]))
    table.add_row("stories", str(summary["stories"]))
    table.add_row("clusters", str(summary["clusters"]))
    ids = {alert["alert"] for alert in summary["alerts"]}
    table.add_row("alerts", f"{len(ids)}, in {len(summary['alerts'])} revisions")
    for reason, count in summary["held_back"].items():
        table.add_row("held back", f"{count} · {reason.replace('_', ' ')}")
    for outcome, count in summary["deliveries"].items():
        table.add_row("deliveries", f"{count} · {outcome}")
    table.add_row("dead letters", str(summary["dead"]))
    if summary["stalled"]:
        table.add_row("[bold red]stalled[/]", summary["stalled"])
    if summary["lost"]:
        table.add_row("[bold red]lost[/]", ", ".join(summary["lost"][:5]))
    console.print()
    console.print(table)
    option = f"--config {folder / 'wirewatch.toml'}"
    console.print("\nWhat to try next, in another terminal while this one stays up:")
    for command in (
        f"wirewatch status {option}",
        f"wirewatch explain {summary['alerts'][0]['url']} {option}" if summary["alerts"] else None,
        f"wirewatch topics tail records {option}",
        "wirewatch init          # a configuration for the real world, then `wirewatch up`",
    ):
        if command:
            console.print(f"  .venv/bin/{command}", markup=False)
