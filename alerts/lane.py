"""One endpoint's alerts from one partition, sent in order, apart from every other endpoint's.

    offer    an alert arrived -> goes at once, or is put on `alerts.pending` where it may not
    next     the most urgent that may go: what waited and is due, then what just arrived
    attempt  one POST
    follow   delivered, dead, or waiting again: written down, and only then settled

A lane never waits for another one, and holds few alerts in memory: what does not fit, what is behind an older revision,
what arrives while the endpoint is left alone, and what is under way for longer than a second stands on
`alerts.pending`, so that the offset on `alerts` can be committed.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from math import inf
from typing import Any, Final

from alerts.attempt import LAGGARD, attempt, log
from alerts.books import Books
from alerts.breaker import Breaker, after
from alerts.delivery import WebhookKind
from alerts.exchange import Wire
from alerts.fallback import Lookout
from alerts.journal import Item, Kept
from alerts.known import Known
from alerts.pending import RANKS, Pending, Waiting
from alerts.schedule import Answer, Verdict, decide
from alerts.switchboard import Switchboard
from alerts.wellbeing import Wellbeing
from wirewatch.messages import Alert, Priority
from wirewatch.settings import EndpointSettings

logger = logging.getLogger(__name__)

# Alerts that just arrived and wait for their turn in memory.
MOST_READY: Final = 64
# Before it everything is due that waits, and nothing that is under way.
_LAST: Final = 1e300
ALL_RANKS: Final = tuple(RANKS.values())
# A flash does not wait for the bulletin that is being sent: it has a sender of its own beside the one for all.
SENDERS: Final[tuple[tuple[int, ...], ...]] = (ALL_RANKS, (RANKS["flash"],))
_PRIORITIES: Final[dict[int, Priority]] = {rank: priority for priority, rank in RANKS.items()}


class Lane:
    """Sends what one endpoint must get from one partition. `endpoint` is None where it is not configured any more."""

    def __init__(
        self,
        endpoint: EndpointSettings | None,
        kind: WebhookKind | None,
        journal: Books,
        wire: Wire,
        *,
        settle: Callable[[int], None],
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        switchboard: Switchboard | None = None,
        operations: str | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._kind = kind
        self._journal = journal
        self._wire = wire
        self._clock = wire.clock
        self._settle = settle
        self._spawn = spawn
        self._ready: tuple[deque[Item], ...] = tuple(deque() for _ in RANKS)
        self._flying: set[Item] = set()
        self._shelving = 0
        self._breaker = Breaker()
        # Seconds between two attempts that the configuration asks for, and from when on the next one may be made.
        per_minute = None if endpoint is None else endpoint.per_minute
        self._pace = 60.0 / per_minute if per_minute else 0.0
        self._paced_until = -inf
        self._wellbeing = Wellbeing(
            None if endpoint is None else endpoint.id,
            journal,
            switchboard or Switchboard(),
            operations=operations,
            spawn=spawn,
        )
        self._known = Known()
        # Since the endpoint takes alerts again, what waits does not wait for its time.
        self._catching_up = False
        self._wakes = [asyncio.Event() for _ in SENDERS]
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = False
        self.pending = Pending()
        self._lookout: Lookout | None = None
        self._looking: asyncio.Task[None] | None = None
        if endpoint is not None and endpoint.fallback is not None:
            self._lookout = Lookout(
                endpoint.fallback, self._clock, is_under_way=self._is_under_way, write=journal.write
            )

    def start(self) -> None:
        """Begin to send."""
        self._tasks = [
            self._spawn(self._send(ranks, wake)) for ranks, wake in zip(SENDERS, self._wakes, strict=True)
        ]
        if self._lookout is not None:
            self._looking = self._spawn(self._lookout.run())

    def restore(self, kept: Kept) -> None:
        """Enter what waited on `alerts.pending` when this worker took the partition over."""
        rank = RANKS[kept.priority]
        self.pending.wait(kept.alert, kept.revision, rank, due=kept.due.timestamp(), offset=kept.offset)
        if kept.flash is not None:
            self._watch(kept.flash, kept.since)
        self._wake()

    def note_posted(self, alert: str, receipt: str) -> None:
        """Note what names an alert's message at the service, so that a revision can edit or answer it."""
        self._known.post(alert, receipt)

    def offer(self, item: Item) -> None:
        """Take an alert that arrived."""
        alert, rank = item.alert, RANKS[item.alert.body.priority]
        if self.pending.knows(alert.id, alert.revision) or self._known.was_told(alert.webhook_id):
            # Read again after a crash and already on `alerts.pending`, or written twice by desks that crashed.
            self._settle(item.offset)
            return
        may_go = self.pending.hold(alert.id, alert.revision, rank)
        self._watch(alert, item.since)
        if not may_go:
            self.pending.hurry(alert.id, self._now())
        room = len(self._ready[rank]) < MOST_READY
        if may_go and room and not self._shelving and not self._is_held():
            self._ready[rank].append(item)
            self._wake()
        else:
            self._spawn(self._shelve(item))

    async def close(self, seconds: float) -> None:
        """Send nothing new, finish what is under way within `seconds`, and begin to store the rest."""
        self._closing = True
        self._wake()
        if self._looking is not None:
            self._looking.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._shelter()

    # --- one sender ----------------------------------------------------------------------------------------------

    async def _send(self, ranks: Sequence[int], wake: asyncio.Event) -> None:
        while not self._closing:
            wake.clear()
            until = max(self._earliest(ranks), self._blocked_until())
            picked = self._pick(ranks) if until <= self._now() else None
            if picked is not None:
                await self._work(picked)
            else:
                await self._sleep(until, wake)

    def _earliest(self, ranks: Sequence[int]) -> float:
        """Return from when on there is something to send; what is no flash keeps to the endpoint's pace."""
        flash = self._first([rank for rank in ranks if rank == RANKS["flash"]])
        rest = self._first([rank for rank in ranks if rank != RANKS["flash"]])
        return min(flash, max(rest, self._paced_until))

    def _first(self, ranks: Sequence[int]) -> float:
        if any(self._ready[rank] for rank in ranks):
            return -inf
        due = self.pending.next_due(ranks)
        return -inf if self._catching_up and due < inf else due

    def _blocked_until(self) -> float:
        """Return from when on something may be sent; infinity while a probe of a failing endpoint is under way."""
        if self._breaker.tripped and self._flying:
            return inf
        return self._breaker.until

    def _pick(self, ranks: Sequence[int]) -> Item | Waiting | None:
        for rank in ranks:
            if rank != RANKS["flash"] and self._now() < self._paced_until:
                continue
            waited = self.pending.take(rank, _LAST if self._catching_up else self._now())
            if waited is not None:
                return waited
            if self._ready[rank]:
                return self._ready[rank].popleft()
        return None

    async def _work(self, picked: Item | Waiting) -> None:
        if isinstance(picked, Item):
            item = picked
        else:
            loaded = await self._journal.load(picked.offset)
            if loaded is None:
                # Another worker wrote to this alert after we read the partition: it is that one's now.
                logger.warning(
                    "An alert is left to the worker that wrote to it since: offset %d", picked.offset
                )
                self.pending.forget(picked)
                return
            item = loaded
        self._flying.add(item)
        # Where the worker stops in the middle, `close` finds the alert among those under way.
        answer = await self._attempt(item)
        self._flying.discard(item)
        self._follow(item, answer)
        self._wake()

    async def _attempt(self, item: Item) -> Answer:
        return await attempt(
            item,
            self._endpoint,
            self._kind,
            self._wire,
            known=self._known,
            is_off=self._wellbeing.is_off,
            shelter=self._shelter,
        )

    def _follow(self, item: Item, answer: Answer) -> None:
        now = self._clock.now()
        alert = item.alert
        self._breaker = after(self._breaker, answer, now.timestamp())
        self._paced_until = now.timestamp() + self._pace
        recovered = self._wellbeing.observe(answer, now) == "well"
        verdict = decide(
            answer,
            priority=_PRIORITIES[self.pending.rank(alert.id)],
            attempts=max(1, item.attempts),
            now=now,
            since=item.since,
            lifetime=item.lifetime,
            seed=alert.webhook_id,
        )
        log(item, answer, verdict)
        self._catching_up = verdict.due is None and (recovered or self._catching_up)
        if self._breaker.tripped or self._breaker.wait(now.timestamp()) > LAGGARD:
            self._shelter()
        if verdict.outcome == "delivered":
            self._known.tell(alert.webhook_id)
            if answer.receipt:
                self.note_posted(alert.id, answer.receipt)
        if verdict.due is None:
            self.pending.done(alert.id, alert.revision)
            self._spawn(self._finish(item, answer, verdict))
        else:
            self._spawn(self._wait_again(item, answer, verdict, verdict.due))

    def enabled(self) -> None:
        """Take that somebody enabled the endpoint: what it did before counts no more."""
        self._wellbeing.enabled()
        self._breaker = Breaker()
        self._wake()

    def _watch(self, alert: Alert, since: datetime) -> None:
        if self._lookout is not None:
            self._lookout.watch(alert, since)

    def _is_under_way(self, alert: Alert) -> bool:
        return self.pending.knows(alert.id, alert.revision)

    # --- what is written down ------------------------------------------------------------------------------------

    async def _finish(self, item: Item, answer: Answer, verdict: Verdict) -> None:
        writes = [self._journal.note(item, answer, verdict)]
        if answer.receipt:
            writes.append(self._journal.posted(item.alert, answer.receipt))
        if verdict.outcome == "expired":
            writes.append(self._journal.expired(item.alert))
        if verdict.outcome == "dead":
            writes.append(self._journal.bury(item, verdict.reason, answer))
            if self._lookout is not None:
                writes.append(self._lookout.pass_on(item.alert))
        await asyncio.gather(*writes)
        # Last, so that a crash in between delivers or buries again instead of forgetting.
        if item.storing is not None:
            await item.storing
        if item.stored:
            await self._journal.strike(item.alert)
        self._settle_item(item)

    async def _wait_again(self, item: Item, answer: Answer, verdict: Verdict, due: datetime) -> None:
        if item.storing is not None:
            # Of two states of an alert the later one is to stand.
            await item.storing
        await asyncio.gather(self._journal.note(item, answer, verdict), self._keep(item, due, verdict.reason))
        self._settle_item(item)
        self._wake()

    async def _shelve(self, item: Item) -> None:
        self._shelving += 1
        try:
            await self._keep(item, self._clock.now(), "held")
        finally:
            self._shelving -= 1
        self._settle_item(item)
        self._wake()

    async def _keep(self, item: Item, due: datetime, why: str) -> None:
        alert = item.alert
        offset = await self._journal.keep(item, due, why)
        rank = RANKS[alert.body.priority]
        self.pending.wait(alert.id, alert.revision, rank, due=due.timestamp(), offset=offset)

    def _shelter(self) -> None:
        """Store what is under way or ready, so that it holds up no commit; it stays where it is in memory."""
        for item in self._in_memory():
            if not item.stored and item.storing is None:
                item.storing = self._spawn(self._store(item))

    async def _store(self, item: Item) -> None:
        await self._journal.keep(item, self._clock.now(), "held")
        self._settle_item(item)

    def _in_memory(self) -> list[Item]:
        return [*self._flying, *(item for ready in self._ready for item in ready)]

    def _settle_item(self, item: Item) -> None:
        if not item.settled:
            item.settled = True
            self._settle(item.offset)

    # --- time ----------------------------------------------------------------------------------------------------

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _is_held(self) -> bool:
        waits = self._breaker.tripped or self._breaker.wait(self._now()) > LAGGARD
        # What keeps to a pace holds up no commit.
        return waits or (self._pace > 0 and any(self._ready))

    def _wake(self) -> None:
        for wake in self._wakes:
            wake.set()

    async def _sleep(self, until: float, wake: asyncio.Event) -> None:
        """Return when it is `until`, or something happened."""
        if until == inf:
            await wake.wait()
            return
        waits = [
            asyncio.ensure_future(wake.wait()),
            asyncio.ensure_future(self._clock.sleep(until - self._now())),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
