"""Kind `standard`: JSON, signed as Standard Webhooks 1.0 ask. docs/webhooks.md is its contract."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from alerts.delivery import HttpKind, Outgoing, acknowledge_page
from alerts.exchange import Post
from alerts.signing import keys, sign
from alerts.webhooks.checks import check_address
from alerts.webhooks.wording import cut
from wirewatch.errors import SettingsError
from wirewatch.messages import AlertBody, AlertKind
from wirewatch.settings import EndpointSettings, Secret

# Standard Webhooks recommend less than 20 kB. What outlets write is cut; facts never are.
MOST_HEADLINE: Final = 500
MOST_SENTENCE: Final = 2000
MOST_REASON: Final = 1000
MOST_FIGURES: Final = 20
MOST_NAME: Final = 200
# Half an address leads nowhere: a longer one is left away.
MOST_URL: Final = 4000

PayloadType = Literal[
    "alert.record", "alert.escalation", "alert.deadline", "alert.figure", "alert.contradicted", "alert.notice"
]
_TYPES: Final[dict[AlertKind, PayloadType]] = {
    "record": "alert.record",
    "escalation": "alert.escalation",
    "deadline": "alert.deadline",
    "figure": "alert.figure",
    "contradicted": "alert.contradicted",
    "notice": "alert.notice",
}


class StandardPayload(Struct, frozen=True):
    """An alert as it is posted."""

    type: PayloadType
    # When the alert arose; the attempt's own time is in the header.
    timestamp: Annotated[datetime, Meta(tz=True)]
    data: AlertBody


def compose(endpoint: EndpointSettings, outgoing: Outgoing) -> Post:
    """Return the signed POST of an alert."""
    alert = outgoing.alert
    body = msgspec.structs.replace(
        alert.body,
        headline=cut(alert.body.headline, MOST_HEADLINE),
        sentence=cut(alert.body.sentence, MOST_SENTENCE),
        reason=cut(alert.body.reason, MOST_REASON),
        source=cut(alert.body.source, MOST_NAME),
        said_by=None if alert.body.said_by is None else cut(alert.body.said_by, MOST_NAME),
        unit=None if alert.body.unit is None else cut(alert.body.unit, MOST_NAME),
        url=None if alert.body.url is None or len(alert.body.url) > MOST_URL else alert.body.url,
        figures=alert.body.figures[:MOST_FIGURES],
        late_by=outgoing.late_by,
        console=outgoing.console,
        acknowledge=None if outgoing.console is None else acknowledge_page(outgoing.console),
    )
    written = msgspec.json.encode(StandardPayload(_TYPES[body.kind], alert.at, body))
    return Post(
        written,
        {"content-type": "application/json"}
        | sign(_secret(endpoint), alert.webhook_id, written, outgoing.now),
    )


def check(endpoint: EndpointSettings) -> list[str]:
    """Return the mistakes in the settings of a `standard` endpoint."""
    mistakes = check_address(endpoint.url)
    try:
        keys(_secret(endpoint))
    except SettingsError as error:
        mistakes.append(str(error))
    return mistakes


def _secret(endpoint: EndpointSettings) -> Secret:
    if endpoint.secret is None:
        raise SettingsError(
            "secret is missing; it signs each alert: whsec_ and base64 of 24 to 64 random bytes"
        )
    return endpoint.secret


KIND: Final = HttpKind(check, compose)
