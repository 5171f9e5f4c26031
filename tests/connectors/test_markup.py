"""Markup to text as a person reads it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.markup import first_sentence, plain, shorten, tidy, without_boilerplate


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>472 drones <b>over</b>night.</p><p>Ukraine says.</p>", "472 drones overnight.\nUkraine says."),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul><li>first</li><li>second</li></ul>", "first\nsecond"),
        ("<table><tr><td>355</td><td>472</td></tr></table>", "355 472"),
        ("before<script>alert('<p>no</p>')</script>after", "before after"),
        ("before<style>p > b {}</style>after", "before after"),
        ("a<!-- not <b>this</b> -->b", "ab"),
        ("<![CDATA[kept]]>", "kept"),
        ('<img src="x" alt="1 > 0"> shown', "shown"),
        ("<a href='x' title='he said \"no\"'>link</a>", "link"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("AT&amp;T &mdash; R&#233;sum&eacute;", "AT&T — Résumé"),
        ("&lt;p&gt;escaped twice&lt;/p&gt;", "escaped twice"),
        ("a &lt; b", "a < b"),
        ("&nbsp;wide\u00a0\u00a0spaces\t\there ", "wide spaces here"),
        ("in\u00advisible\u200b signs\ufeff", "invisible signs"),
        ("\x93quoted\x94 \x96 by windows", "“quoted” – by windows"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("<noscript><img src='pixel'></noscript>text", "text"),
        ("<iframe src='x'>nothing</iframe>text", "text"),
        ("", ""),
    ],
)
def test_shows_what_a_browser_shows(source: str, text: str) -> None:
    assert plain(source) == text


@pytest.mark.parametrize(
    "source", ["text <b", "text <!x", "text <?x", "text <![CDATA[ more", "text <a href='", "< >"]
)
def test_keeps_the_text_before_markup_that_does_not_end(source: str) -> None:
    assert plain(source).startswith(source.split(" ", maxsplit=1)[0])


@settings(deadline=None)
@given(st.text(alphabet="<>/!-[]\"'= apbscriptdiv&;#x0CDATA\n", max_size=400))
def test_reads_any_markup_without_an_error(source: str) -> None:
    text = plain(source)
    assert text == tidy(text)


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", '<a "', "<!--", "<![CDATA[", "<script>", "<svg>", "&amp", "&lt;p", "\n <", "</", "<p '\">"],
)
def test_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    started = time.perf_counter()
    plain(piece * (400_000 // len(piece)))
    # Quadratic time would be minutes here.
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("It happened.\nThe post It happened appeared first on The Outlet.", "It happened."),
        ("It happened. Read more", "It happened."),
        ("It happened… Continue reading →", "It happened…"),
        ("It happened […] Weiterlesen »", "It happened […]"),
        ("It happened.\nRead the full story", "It happened."),
        ("Ministers want to read more", "Ministers want to read more"),
        ("It happened. Read more reports by the commission. They matter.",) * 2,
        ("", ""),
    ],
)
def test_drops_what_feeds_put_under_every_text(text: str, kept: str) -> None:
    assert without_boilerplate(text) == kept


@pytest.mark.parametrize(
    "line",
    [
        "Der Beitrag 472 Drohnen in der Nacht erschien zuerst auf Zeitung.",
        "L’article 472 drones dans la nuit est apparu en premier sur Journal.",
        "La entrada 472 drones se publicó primero en Diario.",
        "L'articolo 472 droni nella notte proviene da Giornale.",
        "O post 472 drones apareceu primeiro em Jornal.",
        "Het bericht 472 drones verscheen eerst op Krant.",
        "Сообщение 472 дрона появились сначала на Газета.",
        "Wpis 472 drony pojawił się pierwszy raz w Gazeta.",
        "En savoir plus",
        "Czytaj więcej »",
        "Читать далее",
        "続きを読む",
        "阅读全文",
    ],
)
def test_leaves_out_what_feeds_of_other_languages_put_under_every_text(line: str) -> None:
    assert without_boilerplate(f"So viele waren es noch nie.\n{line}") == "So viele waren es noch nie."


@pytest.mark.parametrize(
    "line",
    [
        "The post office on the square burnt down overnight.",
        "L'article 49 de la Constitution a été invoqué.",
        "La entrada en vigor de la ley se aplaza.",
        "Der Beitrag zur Rentenkasse steigt im Januar.",
    ],
)
def test_leaves_in_what_only_begins_so(line: str) -> None:
    assert without_boilerplate(f"Something happened.\n{line}") == f"Something happened.\n{line}"


def test_a_mass_of_boilerplate_takes_no_time() -> None:
    started = time.perf_counter()
    without_boilerplate("The post The post " * 5_000)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "Russia launched 472 drones overnight. Kyiv says it was a record.",
            "Russia launched 472 drones overnight.",
        ),
        ("No stop at all", "No stop at all"),
        ("It rose 3.5 percent in May. More follows.", "It rose 3.5 percent in May."),
        ("First line\nSecond line", "First line"),
        ("", ""),
    ],
)
def test_takes_the_first_sentence(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


def test_cuts_a_long_text_at_a_word() -> None:
    assert shorten("one two three four", 13) == "one two…"
    assert len(first_sentence("word " * 500)) <= 200
