"""Deadlines as iCalendar."""

import pytest

from tests.streams.rules.ledger_stories import when
from wirewatch.calendar_file import calendar
from wirewatch.messages import DeadlineNotice

NOW = when("2025-06-01")


def a_deadline(title: str = "Two-week deadline", url: str | None = None) -> DeadlineNotice:
    return DeadlineNotice(
        "id-1", "c", "ultimatum", "2025-06-11", when("2025-06-11", 23), "two-week deadline", "He said: two weeks; no more.",
        title, "Agency", "s", when("2025-05-28"), "Trump", url,
    )  # fmt: skip


def test_a_deadline_is_an_event_at_its_moment() -> None:
    lines = calendar([a_deadline()], NOW).split("\r\n")
    assert "DTSTART:20250611T230000Z" in lines
    assert "SUMMARY:Ultimatum ends (Trump): Two-week deadline" in lines
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]


def test_signs_of_the_format_in_a_text_are_escaped() -> None:
    assert "He said: two weeks\\; no more." in calendar([a_deadline()], NOW).replace("\r\n ", "")


@pytest.mark.parametrize("title", ["A\x7f truce", "A\x85 truce", "A\u2028 truce", "A\ttruce"])
def test_what_no_calendar_may_hold_is_left_out(title: str) -> None:
    assert "SUMMARY:Ultimatum ends (Trump): A truce\r\n" in calendar([a_deadline(title)], NOW)


@pytest.mark.parametrize("title", ["ü" * 300, "a\r\nBEGIN:VEVENT\r\nX:1", "\x00\x07", "💥" * 80, "," * 200])
def test_no_line_is_too_long_and_no_title_can_add_one(title: str) -> None:
    text = calendar([a_deadline(title, f"https://x/{title}")], NOW)
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert sum(line == "BEGIN:VEVENT" for line in lines) == 1
    assert "\n" not in text.replace("\r\n", "")
