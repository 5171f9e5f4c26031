import pytest

from streams.rules.figures import NO_QUANTITY
from tests.streams.rules.record_stories import figures_of


@pytest.mark.parametrize(
    ("text", "value", "unit", "qualifier"),
    [
        ("472 drones", 472, "drones", "exact"),
        ("over 800 explosive-laden drones", 800, "drones", "at_least"),
        ("more than 470 Shahed-type attack drones", 470, "drones", "at_least"),
        ("at least 91 UAVs", 91, "drones", "at_least"),
        ("some 120 unmanned aerial vehicles", 120, "drones", "about"),
        ("nearly 94 cents", 94, "cents", "about"),
        ("up to 30 missiles", 30, "missiles", "at_most"),
        ("470+ drones", 470, "drones", "at_least"),
        ("12 dead", 12, "deaths", "exact"),
        ("killing at least 30 people", 30, "deaths", "at_least"),
        ("15 people were killed", 15, "deaths", "exact"),
        ("4.2m people", 4_200_000, "people", "exact"),
        ("$7bn", 7_000_000_000, "dollars", "exact"),
        ("£12,400", 12_400, "pounds", "exact"),
        ("Rs 2.37 lakh crore", 2.37e12, "rupees", "exact"),
        ("66 crore dips", 660_000_000, "dips", "exact"),
        ("26,17,215 lamps", 2_617_215, "lamps", "exact"),
        ("thirteen goals", 13, "goals", "exact"),
        ("a dozen jets", 12, "aircraft", "exact"),
        ("half a million visitors", 500_000, "visitors", "exact"),
        ("five and a half million people", 5_500_000, "people", "exact"),
        ("two hundred and two thousand", 202_000, None, "exact"),
        ("25%", 25, "percent", "exact"),
        ("9.5 per cent", 9.5, "percent", "exact"),
        ("minus 23F", -23, "degrees Fahrenheit", "exact"),
        ("40.3°C", 40.3, "degrees Celsius", "exact"),
        ("minus $37.63", -37.63, "dollars", "exact"),
        ("5.7m barrels a day", 5_700_000, "barrels a day", "exact"),
        ("183 km/h", 183, "kilometres an hour", "exact"),
        ("2,819lb 4oz", 2819.25, "pounds weight", "exact"),
        ("two hours, 52 minutes and 59 seconds", 10_379, "seconds", "exact"),
        ("a marathon of 2:01:09", 7_269, "seconds", "exact"),
        ("the half-marathon in 56:42", 3_402, "seconds", "exact"),
        ("40\u202f000 troops", 40_000, "troops", "exact"),
        ("٤٧٢ drones", 472, "drones", "exact"),
        ("1.234.567,89", 1_234_567.89, None, "exact"),
    ],
)
def test_a_quantity_is_read_with_its_unit_and_how_exact_it_is(
    text: str, value: float, unit: str | None, qualifier: str
) -> None:
    (figure,) = figures_of(f"They counted {text} in all.")
    assert figure.value == pytest.approx(value)
    assert (figure.unit, figure.qualifier) == (unit, qualifier)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("The number of drones rose to 810", 810, "drones"),
        ("Air force raises count of Russian drones to 810 after the night", 810, "drones"),
        ("Drone count reaches 810", 810, "drones"),
        ("Death toll in the floods passes 200", 200, "deaths"),
        ("A total of 472 drones came", 472, "drones"),
        ("A 479-drone assault pummels towns", 479, "drones"),
        ("The number of seats fell, and shares closed at 5,214", 5214, None),
    ],
)
def test_what_is_counted_may_stand_before_the_verb(text: str, value: float, unit: str | None) -> None:
    (figure,) = figures_of(text)
    assert (figure.value, figure.unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Moscow hands over 6,000 bodies", "bodies"),
        ("Ukraine receives 1,212 bodies of its soldiers from Russia", "bodies"),
        ("Rescuers find 112 bodies on the slopes", "deaths"),
    ],
)
def test_bodies_that_come_home_are_no_deaths_of_the_day(text: str, unit: str) -> None:
    assert [figure.unit for figure in figures_of(text)] == [unit]


def test_a_sixth_time_is_no_sixth() -> None:
    assert 1 / 6 not in [round(figure.value, 9) for figure in figures_of("She won for a sixth time")]


def test_a_number_that_ends_a_title_counts_nothing() -> None:
    assert [figure.unit for figure in figures_of("'Inside Out 2' earns $1.7bn")] == ["name", "dollars"]


def test_a_fraction_in_words_is_its_value() -> None:
    values = [figure.value for figure in figures_of("Two-thirds voted, three quarters of them women")]
    assert values == [pytest.approx(2 / 3), 0.75]


def test_a_range_is_one_figure_with_both_ends() -> None:
    (figure,) = figures_of("between 58.3% and 60.7% of the vote")
    assert (figure.value, figure.high, figure.qualifier, figure.unit) == (58.3, 60.7, "between", "percent")


def test_a_figure_after_its_noun_takes_the_noun() -> None:
    (figure,) = figures_of("the biggest number of drones — 472 — at Ukraine")
    assert figure.unit == "drones"


@pytest.mark.parametrize(
    "text",
    [
        "on 26 May 2025", "May 16, 2025", "in the 1990s", "2014-16", "2025-06-01", "a Boeing 737 landed", "an F-16 fell", "Covid-19 spread",
        "COP30 opened", "open 24/7", "since 9/11", "Article 5 applies", "won 3-1", "at 14:32 GMT", "Kami Rita, 55, climbed", "aged 31",
        "the 31st of them", "a category 5 storm", "a phase 3 trial", "stage 4 cancer", "Formula One", "No. 10", "192.168.1.2", "the 1971 war",
    ],
)  # fmt: skip
def test_what_counts_nothing_is_no_quantity(text: str) -> None:
    assert {figure.unit for figure in figures_of(text)} <= NO_QUANTITY


def test_a_thousand_for_a_thousand_is_two_figures() -> None:
    assert [figure.value for figure in figures_of("a 1,000 for 1,000 exchange")] == [1000, 1000]


def test_a_dash_before_a_count_is_a_dash() -> None:
    (figure,) = figures_of("-3 dead")
    assert (figure.value, figure.unit) == (3, "deaths")


@pytest.mark.parametrize("text", ["10^400 drones", "7" * 200 + " drones", "1" + ",000" * 60])
def test_a_number_that_no_count_can_be_is_left_out(text: str) -> None:
    assert figures_of(text) == ()


def test_fields_are_read_in_order_with_places_of_their_own() -> None:
    found = figures_of("472 drones", "At least 12 dead", "It cost $3.")
    assert [(figure.field, figure.start, figure.text) for figure in found] == [
        ("title", 0, "472"),
        ("summary", 9, "12"),
        ("text", 9, "3"),
    ]


@pytest.mark.parametrize("lang", ["fi", "zh", "xx-YY"])
def test_a_language_without_a_lexicon_yields_nothing(lang: str) -> None:
    assert figures_of("472 drones", lang=lang) == ()


@pytest.mark.parametrize("lang", [None, "en", "en-GB", "EN_us"])
def test_english_is_read_under_any_of_its_names_and_where_none_is_given(lang: str | None) -> None:
    assert len(figures_of("472 drones", lang=lang)) == 1
