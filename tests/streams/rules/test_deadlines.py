"""An ultimatum or a truce with an end becomes a date; what is asked for, over, or of another world does not."""

from datetime import UTC, datetime

import pytest

from streams.rules.deadlines import find_deadlines
from streams.rules.reading import read
from wirewatch.messages import Deadline, Story

# A Wednesday.
AT = datetime(2025, 5, 28, 14, tzinfo=UTC)


def found(title: str, summary: str = "", lang: str | None = "en") -> tuple[Deadline, ...]:
    story = Story("s", "1", "f", "Agency", title, AT, summary=summary, lang=lang, published=AT)
    return find_deadlines(read(story))


@pytest.mark.parametrize(
    ("title", "due", "kind"),
    [
        ("Trump gives Putin two-week deadline on ending war, warns US will respond differently", "2025-06-11", "ultimatum"),
        ("Trump sets two-week deadline for Putin", "2025-06-11", "ultimatum"),
        ("Trump issues fortnight ultimatum to Putin over hostilities in Ukraine", "2025-06-11", "ultimatum"),
        ("Donald Trump set Vladimir Putin a deadline of about two weeks", "2025-06-11", "ultimatum"),
        ("Bring Bazoum back in a week or face force, west Africa's leaders tell Niger's generals", "2025-06-04", "ultimatum"),
        ("Israel gives residents of northern Gaza 24 hours to leave", "2025-05-29", "ultimatum"),
        ("Junta has 48 hours to free Niger's president or face sanctions", "2025-05-30", "ultimatum"),
        ("Serbia given ultimatum: hand over general by Monday midnight", "2025-06-02", "ultimatum"),
        ("Rebels told to leave Goma by Friday or face assault", "2025-05-30", "ultimatum"),
        ("Deadline for Iran expires on 11 June", "2025-06-11", "ultimatum"),
        ("Hamas faces deadline of noon on Saturday", "2025-05-31", "ultimatum"),
        ("Ultimatum to rebels runs until June 3, 2025", "2025-06-03", "ultimatum"),
        ("Army sets tomorrow noon deadline as last chance: surrender before tomorrow", "2025-05-29", "ultimatum"),
        ("Russia and Ukraine agree 30-day ceasefire", "2025-06-27", "truce"),
        ("Sudan's army announces 72-hour truce", "2025-05-31", "truce"),
        ("Israel and Hamas begin 60-day ceasefire", "2025-07-27", "truce"),
        ("Azerbaijan and Armenia agree truce until Saturday midnight", "2025-05-31", "truce"),
        ("Three-day ceasefire declared by Putin for Victory Day", "2025-05-31", "truce"),
        ("Two-month ceasefire takes hold in Yemen", "2025-07-28", "truce"),
        ("Kim sets deadline of end of the year for talks with US", "2025-12-31", "ultimatum"),
        ("Truce through January 5 agreed by warlords", "2026-01-05", "truce"),
    ],
)  # fmt: skip
def test_an_end_becomes_a_date(title: str, due: str, kind: str) -> None:
    assert [(one.due, one.kind) for one in found(title)] == [(due, kind)]


@pytest.mark.parametrize(
    "title",
    [
        "Putin rejects 30-day ceasefire",
        "Kyiv calls for 30-day ceasefire",
        "Egypt proposes 60-day truce in Gaza",
        "White House denies it set two-week deadline for Moscow",
        "No deadline for Iran talks, says envoy after two weeks",
        "Iran missed two-week deadline, inspectors say",
        "Fighting resumes after a three-day truce",
        "Liverpool sign striker on deadline day with two weeks to spare",
        "NBA trade deadline: ten things to know by Thursday",
        "Tax deadline on 15 June: what you need to do",
        "Streaming service gives customers 30 days to cancel",
        "Storm has 24 hours to make landfall",
        "Man, 30, has two weeks to live",
        "Troops fought for two weeks",
        "It rained for 12 days in May",
        "Ceasefire holds on its second day",
        "Deadline passes without deal",
        "Kiir declares unilateral ceasefire on Friday",
        "Ceasefire takes hold at midnight on Saturday",
        "Taliban threaten attack after refusal on Thursday to meet deadline",
        "Marathon runner has five days to recover in Kenya",
    ],
)
def test_what_sets_no_end_is_none(title: str) -> None:
    assert found(title) == ()


@pytest.mark.parametrize(
    ("title", "who"),
    [
        ("Trump gives Putin two-week deadline on ending war", "Trump"),
        ("US President Donald Trump set a two-week deadline for Vladimir Putin on Wednesday", "US President Donald Trump"),
        ("Three-day ceasefire declared by Vladimir Putin", "Vladimir Putin"),
        ("Junta rejects Ecowas's one-week ultimatum", "Ecowas"),
        ("Two-week deadline for Putin", None),
    ],
)  # fmt: skip
def test_who_set_it_is_said_where_the_sentence_says_so(title: str, who: str | None) -> None:
    (one,) = found(title)
    assert one.set_by == who


def test_hours_count_from_the_storys_own_minute_and_days_to_the_end_of_the_last() -> None:
    (hours,) = found("Israel gives Gaza City residents 24 hours to leave")
    (days,) = found("Trump sets two-week deadline for Putin")
    assert hours.until == datetime(2025, 5, 29, 14, tzinfo=UTC)
    assert days.until == datetime(2025, 6, 11, 23, 59, 59, tzinfo=UTC)


def test_the_sentence_lies_in_the_story() -> None:
    summary = "Talks went on. The junta was given a week: a seven-day ultimatum by Ecowas."
    (one,) = found("West Africa's leaders meet", summary)
    assert summary[one.sentence.start : one.sentence.end] == one.sentence.text


def test_another_language_is_not_guessed_at() -> None:
    assert found("Trump sets two-week deadline for Putin", lang="fr") == ()


@pytest.mark.parametrize(
    "title",
    ["", "deadline " * 20_000, "by " * 50_000, "two-week " * 20_000 + "deadline", "has " * 20_000 + "999 months to",
     "0-day ceasefire", "999-month ceasefire agreed", "deadline by 31 February", "deadline by 99 June 2099",
     "deadline at 99:99 pm on Monday", "İ" * 500 + " two-week deadline"],
)  # fmt: skip
def test_hostile_text_ends_in_nothing(title: str) -> None:
    assert found(title) in {(), found(title)}


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("On May 21, the president issued a two-week deadline for Moscow.", "2025-06-04"),
        ("On 21 May the president issued a two-week deadline for Moscow.", "2025-06-04"),
        ("On Monday the junta was given a deadline of ten days.", "2025-06-05"),
        ("The president yesterday issued a two-week ultimatum.", "2025-06-10"),
        ("Both sides agreed a 30-day ceasefire starting on June 1.", "2025-07-01"),
        ("Both sides agreed a three-day ceasefire from Saturday.", "2025-06-03"),
        ("On December 30 the president issued a six-month deadline for Moscow.", "2025-06-28"),
    ],
)
def test_a_span_counts_from_the_day_that_its_sentence_names(text: str, due: str) -> None:
    assert [one.due for one in found("Envoys meet in Istanbul", text)] == [due]


def test_an_end_that_a_sentence_dates_and_that_is_gone_is_none() -> None:
    assert not found("Envoys meet in Istanbul", "On May 2 the president issued a two-week deadline.")


def test_an_end_deep_in_an_article_still_counts() -> None:
    text = (
        "The envoys met again and parted without a word. " * 30 + "On May 21 Trump set a two-week deadline."
    )
    assert [one.due for one in found("Envoys meet in Istanbul", text)] == ["2025-06-04"]


def test_a_german_span_counts_from_its_day() -> None:
    text = "Am 21. Mai setzte der Präsident ein Ultimatum von zwei Wochen."
    assert [one.due for one in found("Unterhändler in Istanbul", text, "de")] == ["2025-06-04"]
