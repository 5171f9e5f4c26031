"""What editors did to a cluster's alert: who saw it, whose it is, who put it to sleep."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from wirewatch.messages import Command


class EditorActs(Struct, frozen=True, omit_defaults=True):
    """The state that acts leave."""

    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    owner: str = ""
    snoozed_by: str = ""
    snoozed_until: datetime | None = None


def acted(acts: EditorActs, act: Command) -> EditorActs:
    """Return what an act changes; a mark changes nothing here."""
    seen = replace(
        acts, acknowledged_by=acts.acknowledged_by or act.by, acknowledged_at=acts.acknowledged_at or act.at
    )
    match act.act:
        case "acknowledge":
            return seen
        case "claim":
            return replace(seen, owner=act.by)
        case "hand_over":
            return replace(seen, owner=act.to or act.by)
        case "release":
            return replace(acts, owner="")
        case "snooze":
            return replace(seen, snoozed_by=act.by, snoozed_until=act.until)
        case "wake":
            return replace(acts, snoozed_by="", snoozed_until=None)
        case _:
            return acts


def joined(kept: EditorActs, absorbed: EditorActs) -> EditorActs:
    """Return what was done to two clusters that are one: where both were acted on, the kept one's word holds."""
    return EditorActs(
        kept.acknowledged_by or absorbed.acknowledged_by,
        kept.acknowledged_at or absorbed.acknowledged_at,
        kept.owner or absorbed.owner,
        kept.snoozed_by or absorbed.snoozed_by,
        kept.snoozed_until or absorbed.snoozed_until,
    )
