"""Dates whose zone is several or none are read by the outlet's clock, and say so."""

from datetime import UTC, datetime

import pytest

from connectors.items import Item
from connectors.parse import parse

NOW = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)


def read(
    date: str, *, home: str = "outlet.example", language: str = "", tag: str = "", now: datetime = NOW
) -> Item:
    """Return the item of a feed of one item with that date."""
    body = (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Outlet</title><link>https://{home}/</link>'
        f"<language>{language}</language><item><title>A drone fell on a roof</title>"
        f"<link>https://{home}/2025/06/01/a-drone-fell</link><pubDate>{date}</pubDate></item></channel></rss>"
    )
    return parse(
        body.encode(), content_type="text/xml", base=f"https://{home}/feed", fetched=now, tag=tag
    ).items[0]


@pytest.mark.parametrize(
    ("date", "home", "language", "hour", "said"),
    [
        ("Sun, 01 Jun 2025 18:30:00 CST", "news.outlet.cn", "", 10.5, "domain ends in .cn"),
        ("Sun, 01 Jun 2025 18:30:00 CST", "outlet.example", "zh-CN", 10.5, "is of CN"),
        ("Sun, 01 Jun 2025 18:30:00 CST", "outlet.example", "en-TW", 10.5, "is of TW"),
        ("Sun, 01 Jun 2025 18:30:00 CST", "outlet.example", "zh", 10.5, "language is zh"),
        ("2025-06-01 08:30:00 CST", "outlet.example", "zh-Hans-CN", 0.5, "is of CN"),
        ("Sun, 01 Jun 2025 12:30:00 IST", "outlet.co.il", "", 10.5, "UTC+2"),
        ("Sun, 01 Jun 2025 11:30:00 IST", "outlet.ie", "en", 10.5, "UTC+1"),
        ("Sun, 01 Jun 2025 16:30:00 BST", "outlet.example", "bn", 10.5, "UTC+6"),
        ("Sun, 01 Jun 2025 13:30:00 AST", "outlet.example", "ar", 10.5, "UTC+3"),
        ("Sun, 01 Jun 2025 20:30:00 EST", "outlet.com.au", "", 10.5, "UTC+10"),
        ("Sun, 01 Jun 2025 18:30:00 PST", "outlet.ph", "en", 10.5, "UTC+8"),
    ],
)
def test_a_zone_that_is_several_is_the_outlets_own(
    date: str, home: str, language: str, hour: float, said: str
) -> None:
    item = read(date, home=home, language=language)
    assert item.published is not None
    assert item.published.hour + item.published.minute / 60 == hour
    (problem,) = item.problems
    assert said in problem


@pytest.mark.parametrize(
    ("date", "hour"),
    [
        ("Sun, 01 Jun 2025 04:30:00 CST", 10.5),
        ("Sun, 01 Jun 2025 05:30:00 EST", 10.5),
        ("Sun, 01 Jun 2025 11:30:00 BST", 10.5),
        ("Sun, 01 Jun 2025 16:00:00 IST", 10.5),
        ("Sun, 01 Jun 2025 10:30:00", 10.5),
    ],
)
def test_where_nothing_speaks_against_it_it_is_read_as_usual(date: str, hour: float) -> None:
    item = read(date, language="en-us")
    assert item.published is not None
    assert item.published.hour + item.published.minute / 60 == hour
    assert item.problems == ()


def test_an_offset_beside_the_name_decides() -> None:
    item = read("Sun, 01 Jun 2025 04:30:00 -0600 (CST)", home="outlet.cn")
    assert item.published == datetime(2025, 6, 1, 10, 30, tzinfo=UTC)
    assert item.problems == ()


def test_what_would_lie_in_the_future_is_read_by_the_only_clock_that_fits() -> None:
    item = read("Sun, 01 Jun 2025 19:50:00 CST", language="en")
    assert item.published == datetime(2025, 6, 1, 11, 50, tzinfo=UTC)
    assert item.problems == ("CST read as UTC+8: else it lies in the future",)


@pytest.mark.parametrize(
    ("home", "language", "written", "zone"),
    [
        ("outlet.jp", "", "2025-06-01 20:50:00", "Asia/Tokyo"),
        ("outlet.example", "ko", "2025.06.01 20:50", "Asia/Seoul"),
        ("outlet.example", "zh-cn", "2025年6月1日 19:50", "Asia/Shanghai"),
        ("outlet.pl", "", "01.06.2025 13:50", "Europe/Warsaw"),
    ],
)
def test_a_date_without_zone_that_lies_in_the_future_is_the_outlets_local_time(
    home: str, language: str, written: str, zone: str
) -> None:
    item = read(written, home=home, language=language)
    assert item.published == datetime(2025, 6, 1, 11, 50, tzinfo=UTC)
    assert item.problems == (f"without zone, read as {zone}: else it lies in the future",)


def test_a_date_that_no_clock_saves_stays_in_the_future() -> None:
    item = read("2025-06-03 08:00:00", home="outlet.cn")
    assert item.published is None
    assert item.problems == ("date in the future: 2025-06-03T08:00:00+00:00",)


def test_one_item_shows_the_clock_of_all() -> None:
    dated = "".join(
        f"<item><title>Drone number {n} shot down</title><link>https://o.example/drone-number-{n}</link>"
        f"<pubDate>Sun, 01 Jun 2025 {n}:50:00 CST</pubDate></item>"
        for n in (19, 10)
    )
    body = (
        f'<rss version="2.0"><channel><title>O</title><link>https://o.example/</link>{dated}</channel></rss>'
    )
    items = parse(body.encode(), content_type="text/xml", base="https://o.example/feed", fetched=NOW).items
    assert [item.published and item.published.hour for item in items] == [11, 2]


def test_the_language_that_the_user_gave_goes_before_the_feeds_own() -> None:
    item = read("Sun, 01 Jun 2025 18:30:00 CST", language="en", tag="zh")
    assert item.published == datetime(2025, 6, 1, 10, 30, tzinfo=UTC)


def test_a_page_at_an_address_that_is_none_tells_no_country() -> None:
    item = read("Sun, 01 Jun 2025 04:30:00 CST", home="[::")
    assert item.published == datetime(2025, 6, 1, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["", " CST"])
@pytest.mark.parametrize("year", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_no_dates_and_do_no_harm(year: str, zone: str) -> None:
    dated = "".join(
        f"<item><title>Drone {n}</title><link>https://o.cn/drone-number-{n}</link><pubDate>{date}{zone}</pubDate></item>"
        for n, date in enumerate([f"{year} 00:00:00", f"{year} 23:59:59", "2025-06-01 19:50:00"])
    )
    body = f'<rss version="2.0"><channel><title>O</title><link>https://o.cn/</link>{dated}</channel></rss>'
    items = parse(body.encode(), content_type="text/xml", base="https://o.cn/feed", fetched=NOW).items
    assert [item.published for item in items] == [None, None, datetime(2025, 6, 1, 11, 50, tzinfo=UTC)]
