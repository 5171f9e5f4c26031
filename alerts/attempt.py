"""One attempt to deliver: sent once, unless the alert or its endpoint does not call for it any more; and what is logged."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC
from traceback import extract_tb
from typing import Final

from alerts.delivery import Outgoing, WebhookKind, late_by, story_page
from alerts.exchange import Wire
from alerts.journal import Item
from alerts.known import Known
from alerts.schedule import WORDS, Answer, Reason, Verdict, is_stale
from wirewatch.errors import SettingsError
from wirewatch.settings import EndpointSettings

logger = logging.getLogger(__name__)

# After so many seconds an attempt holds up no commit: it and what is behind it are written to `alerts.pending`.
LAGGARD: Final = 1.0


async def attempt(
    item: Item,
    endpoint: EndpointSettings | None,
    kind: WebhookKind | None,
    wire: Wire,
    *,
    known: Known,
    is_off: bool,
    shelter: Callable[[], None],
) -> Answer:
    """Send once and return the answer; `shelter` is called where it takes long."""
    now = wire.clock.now()
    if is_stale(now, item.since, item.lifetime):
        return _unsent("expired")
    if endpoint is None or kind is None:
        return _unsent("endpoint_unknown")
    if is_off:
        return _unsent("endpoint_disabled")
    item.attempts += 1
    outgoing = Outgoing(
        item.alert,
        now,
        late_by(item.alert, item.since, now),
        story_page(wire.console, item.alert),
        known.receipt(item.alert.id),
    )
    sending = asyncio.ensure_future(kind.send(endpoint, outgoing, wire))
    try:
        done, _ = await asyncio.wait([sending], timeout=LAGGARD)
        if not done:
            shelter()
        return await sending
    except SettingsError as error:
        return Answer("cannot_be_sent", str(error))
    except Exception as error:  # noqa: BLE001 - an alert that meets a fault of ours must not end the worker
        # The text of an error that nobody foresaw may hold the address, which is a secret: it is not logged.
        where = extract_tb(error.__traceback__)[-1]
        detail = f"{type(error).__name__} in {where.filename}, line {where.lineno}"
        return Answer("program_fault", detail)
    finally:
        sending.cancel()


def log(item: Item, answer: Answer, verdict: Verdict) -> None:
    """Log what became of an attempt."""
    alert = item.alert
    about = {"story": alert.story, "alert": alert.id}
    if verdict.outcome == "delivered":
        logger.info(
            "Story %s: alert %s.%d delivered to %s",
            alert.story,
            alert.id,
            alert.revision,
            alert.endpoint,
            extra=about,
        )
        return
    logger.warning(
        "Story %s: alert %s.%d to %s, attempt %d: %s (%s); %s",
        alert.story,
        alert.id,
        alert.revision,
        alert.endpoint,
        item.attempts,
        answer.reason,
        answer.detail,
        f"again at {verdict.due.astimezone(UTC):%H:%M:%S} UTC" if verdict.due else verdict.reason,
        extra=about,
    )


def _unsent(reason: Reason) -> Answer:
    return Answer(reason, WORDS[reason])
