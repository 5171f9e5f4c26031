"""How often alerts were right, as editors marked them: by desk and week."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from wirewatch.messages import Alert, Command


class Share(Struct):
    """One desk's week: what was marked, and how much was told."""

    desk: str
    week: str
    right: int = 0
    wrong: int = 0
    missing: int = 0
    told: int = 0

    @property
    def precision(self) -> float | None:
        """Return the share of marked alerts that were right."""
        marked = self.right + self.wrong
        return self.right / marked if marked else None


def shares(alerts: Iterable[Alert], acts: Iterable[Command], since: datetime) -> list[Share]:
    """Return each desk's weeks, oldest first; the last mark on a cluster and desk is the one that counts."""
    found: dict[tuple[str, str], Share] = {}
    first: dict[tuple[str, str], datetime] = {}
    for alert in alerts:
        for desk in alert.body.desk.split(", "):
            for cluster in {item.cluster for item in alert.body.items} or {alert.body.cluster}:
                key = (desk, cluster)
                if key not in first and alert.at >= since:
                    _week(found, desk, alert.at).told += 1
                first.setdefault(key, alert.at)
    for (desk, cluster), act in _last(acts, first).items():
        at = first.get((desk, cluster), act.at)
        if at < since:
            continue
        share = _week(found, desk, at)
        share.right += act.act == "right"
        share.wrong += act.act == "wrong"
        share.missing += act.act == "missing"
    return sorted(found.values(), key=lambda one: (one.week, one.desk))


def _last(acts: Iterable[Command], told: dict[tuple[str, str], datetime]) -> dict[tuple[str, str], Command]:
    found: dict[tuple[str, str], Command] = {}
    for act in acts:
        if act.act not in ("right", "wrong", "missing"):
            continue
        what = act.cluster or act.story
        desks = act.desk.split(", ") if act.desk else [desk for desk, cluster in told if cluster == what]
        for desk in desks or ["-"]:
            known = found.get((desk, what))
            if known is None or act.at >= known.at:
                found[desk, what] = act
    return found


def _week(found: dict[tuple[str, str], Share], desk: str, at: datetime) -> Share:
    year, number, _ = at.isocalendar()
    week = f"{year}-W{number:02}"
    return found.setdefault((desk, week), Share(desk, week))
