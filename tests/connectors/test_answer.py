"""What an outlet's headers demand."""

from datetime import UTC, datetime

import pytest

from connectors.answer import DAY, Demand, Validators, demand_of, outcome_of, validators_of

NOW = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "headers", "demand"),
    [
        (429, {"retry-after": "120"}, Demand(120, "Retry-After")),
        (503, {"retry-after": "Sun, 01 Jun 2025 12:10:00 GMT"}, Demand(600, "Retry-After")),
        (503, {"retry-after": "Sun, 01 Jun 2025 11:00:00 GMT"}, None),
        (429, {"retry-after": "99999999"}, Demand(DAY, "Retry-After")),
        (429, {"retry-after": "soon"}, None),
        (429, {}, None),
        (200, {"retry-after": "120"}, None),
        (200, {"cache-control": "public, max-age=300"}, Demand(300, "max-age")),
        (200, {"cache-control": "max-age=300", "age": "100"}, Demand(200, "max-age")),
        (200, {"cache-control": "max-age=300", "age": "400"}, None),
        (304, {"cache-control": 'max-age="60"'}, Demand(60, "max-age")),
        (200, {"cache-control": "s-maxage=300"}, None),
        (200, {"cache-control": "max-age=0, must-revalidate"}, None),
        (200, {"cache-control": "no-cache, max-age=300"}, None),
        (200, {"cache-control": "max-age=31536000"}, Demand(DAY, "max-age")),
        (200, {"expires": "Sun, 01 Jun 2025 12:05:00 GMT"}, Demand(300, "Expires")),
        (
            200,
            {"expires": "Sun, 01 Jun 2025 13:05:00 GMT", "date": "Sun, 01 Jun 2025 13:00:00 GMT"},
            Demand(300, "Expires"),
        ),
        (
            200,
            {"expires": "Sun, 01 Jun 2025 12:05:00 GMT", "cache-control": "max-age=60"},
            Demand(60, "max-age"),
        ),
        (200, {"expires": "0"}, None),
        (200, {"expires": "-1"}, None),
        (200, {}, None),
    ],
)
def test_demands_are_read_and_counted_up_to_a_day(
    status: int, headers: dict[str, str], demand: Demand | None
) -> None:
    assert demand_of(status, headers, NOW) == demand


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "fetched"), (304, "not modified"), (401, "forbidden"), (403, "forbidden"), (404, "not found"),
        (410, "gone"), (429, "limited"), (451, "forbidden"), (500, "server error"), (502, "server error"),
        (503, "unavailable"), (204, "unexpected status"), (300, "unexpected status"), (418, "unexpected status"),
    ],
)  # fmt: skip
def test_every_status_has_a_name(status: int, outcome: str) -> None:
    assert outcome_of(status) == outcome


def test_validators_are_kept_exactly() -> None:
    headers = {"etag": 'W/"a b\\c"', "last-modified": "Sunday in May"}
    assert validators_of(headers).headers() == {
        "If-None-Match": 'W/"a b\\c"',
        "If-Modified-Since": "Sunday in May",
    }


def test_validators_that_could_not_be_sent_are_left_out() -> None:
    assert validators_of({"etag": "a\r\nX: y", "last-modified": "Köln"}) == Validators()
