"""Dates as outlets write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.dates import read_date

SIX = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "Sun, 01 Jun 2025 06:00:00 GMT", "Sun,01 Jun 2025 06:00 Z", "Sun Jun 01 08:00:00 CEST 2025",
        "Sun, 1 June 2025 08:00:00 GMT+2", "Sun, 01 Jun 25 09:00:00 UTC+3", "Sun, 01 Jun 2025 08:00:00 Europe/Berlin",
        "Jun 1, 2025, 2:00 a.m. EDT", "June 1st, 2025 2:00 AM ET", "2025-06-01T08:00+02", "2025-06-01 08:00:00 CEST",
        "20250601T080000+0200", "2025-06-01T06:00:00.123456789Z", "20250601060000", "1748757600", "1748757600000",
        "01.06.2025, 06:00", "2025/06/01 06:00:00", "Sonntag, 01 Juni 2025 08:00:00 +0200",
        "So, 01 Jun 2025 08:00:00 MESZ", "dim., 01 juin 2025 08:00:00 +0200", "dom, 01 giu 2025 08:00:00 +0200",
        "domingo, 1 de junio de 2025 08:00 CEST", "Вс, 01 июн 2025 09:00:00 +0300", "1 червня 2025, 09:00 EEST",
        "Paz, 01 Haz 2025 09:00:00 +0300", "niedz., 01 cze 2025 08:00:00 +0200", "1. června 2025 08:00 CEST",
        "الأحد, 01 يونيو 2025 09:00:00 +0300", "2025年6月1日 06:00", "2025. 6. 1. 오전 06:00", "٢٠٢٥-٠٦-٠١ ٠٦:٠٠",
        "Κυρ, 01 Ιουν 2025 09:00:00 +0300", "1 juin 2025 08h00 CEST", "Sun, 01 Jun 2025 6:0:0 GMT",
        "อาทิตย์, 01 มิ.ย. 2025 13:00:00 +0700", "1 มิถุนายน 2568 06:00", "нед, 01 јун 2025 08:00:00 +0200",
        "रवि, 01 जून 2025 11:30:00 +0530", "2025年6月1日 06時00分", "01 tháng 6, 2025 06:00", "1. 6. 2025 6:00",
        "Sun, 01-Jun-2025 06:00:00 GMT", "sun, 01 kesä 2025 09:00:00 +0300", "01 Jun 2025 03:00:00 -0300",
        "2025-W22-7T06:00:00Z", "2025W227T060000Z", "2025-152T06:00:00Z", "2025년 6월 1일 오전 6:00", "০১ জুন ২০২৫, ১২:০০ BDT",
        "Sun, 01 Jun 2025 09:00:00 IDT", "Sun, 06/01/2025 - 06:00", "Chủ nhật, 01/06/2025, 13:00 (GMT+7)",
        "dom, 01/06/2025 08:00 CEST", "Sun, 1 Jun 2025 09:00 GMT+0300", "Minggu, 1 Juni 2025 13:00 WIB",
        '<time datetime="2025-06-01T06:00:00Z" class="datetime">Sun, 06/01/2025 - 23:00</time>',
        "<span>01 Jun 2025</span> <span>06:00</span>",
    ],
)  # fmt: skip
def test_reads_a_moment_in_every_way_that_outlets_write_it(written: str) -> None:
    found = read_date(written)
    assert found is not None
    assert found.replace(microsecond=0) == SIX


@pytest.mark.parametrize(
    "written",
    [
        "",
        "the day before",
        "06:00",
        "01/06/2025 06:00",
        "31 Feb 2025",
        "2025-13-01",
        "99999999999999",
        "02-06-2025 09:00:00",
        "Fri, 01/06/2025 09:00:00",
        "2025-W60-1",
        "2025-366T06:00:00Z",
    ],
)
def test_what_names_no_certain_day_is_no_date(written: str) -> None:
    assert read_date(written) is None


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("13/06/2025", 13),
        ("06/13/2025", 13),
        ("6/1/2025 2:00 PM", 1),
        ("13.06.2025", 13),
        ("13 juin 2025", 13),
    ],
)
def test_a_day_that_figures_leave_no_doubt_of_is_read(written: str, day: int) -> None:
    found = read_date(written)
    assert found is not None
    assert (found.month, found.day) == (6, day)


def test_midnight_at_the_end_of_a_day_is_the_next_ones_beginning() -> None:
    assert read_date("Sat, 31 May 2025 24:00:00 GMT") == datetime(2025, 6, 1, tzinfo=UTC)


@given(st.text(max_size=60))
def test_any_text_is_a_moment_in_utc_or_none(written: str) -> None:
    found = read_date(written)
    assert found is None or found.tzinfo is UTC


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 - made aware below
def test_what_is_written_by_the_standard_is_read_as_it_was(moment: datetime) -> None:
    aware = moment.replace(microsecond=0, tzinfo=UTC)
    assert read_date(aware.isoformat()) == aware
    assert read_date(aware.strftime("%a, %d %b %Y %H:%M:%S GMT")) == aware
