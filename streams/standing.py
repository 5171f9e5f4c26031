"""How a Faust app stands towards Kafka."""

from datetime import UTC, datetime
from typing import Any

import faust

from streams.measure import handled_of
from wirewatch.operations.standing import Place, Standing


def standing(app: faust.App) -> Standing | None:
    """Return how the app stands now; None before it has a consumer."""
    if not app.started or not app.consumer.started:
        return None
    consumer, handled = app.consumer, handled_of(app)
    # The changelogs are read, too, but never committed.
    held = [place for place in consumer.assignment() if app.topics.acks_enabled_for(place.topic)]
    return Standing(
        bool(held),
        not app.in_recovery,
        app.rebalancing,
        tuple(_place(consumer, place, handled.get(place)) for place in held),
    )


def _place(consumer: Any, place: Any, handled: float | None) -> Place:
    # Faust tells nobody how far it committed; it keeps it here, and None where it never did.
    committed = consumer._committed_offset[place]
    came = datetime.fromtimestamp(handled, UTC) if handled else None
    return Place(place.topic, place.partition, consumer.highwater(place), committed or 0, came)
