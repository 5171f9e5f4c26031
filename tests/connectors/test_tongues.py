"""Feeds in some thirty languages as their outlets send them: encodings of their own, dates in their own words.

The words are ours; `expected.json` says what is to be found in each: title, link, date and language. Of dates by a
calendar of another kind nothing is guessed.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.answer import Fetched
from connectors.check import judge
from connectors.encoding import decode
from wirewatch.settings import FeedSettings

TONGUES = Path(__file__).parent / "fixtures" / "tongues"
EXPECTED = json.loads((TONGUES / "expected.json").read_text("utf-8"))
ADDRESS = "https://base.example/feed/x.xml"


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_item_is_found_with_title_link_date_and_language(name: str) -> None:
    fetched = Fetched("fetched", body=(TONGUES / name).read_bytes(), address=ADDRESS)
    checked = judge(FeedSettings(ADDRESS, name), fetched, datetime(2025, 6, 3, 12, tzinfo=UTC))
    found = [
        [story.title, story.url, story.published.isoformat() if story.published else None, story.lang]
        for story in checked.stories
    ]
    assert found == EXPECTED[name]


@pytest.mark.parametrize(
    ("text", "said", "sent"),
    [
        ("Над областью ночью сбили двенадцать беспилотников", "iso-8859-1", "cp1251"),
        ("Над областью ночью сбили двенадцать беспилотников", "utf-8", "cp1251"),
        ("Σεισμός κοντά στη Ρόδο, χωρίς τραυματίες, λένε οι αρχές", "iso-8859-1", "cp1253"),
        ("똠방마을에 홍수가 나서 다섯 명이 실종되었다고 한다", "euc-kr", "cp949"),
        ("颱風逼近啟德碼頭關閉嘅", "big5", "big5hkscs"),
        ("Café fermé à l’aube, dit la mairie", "iso-8859-1", "cp1252"),
        ("Café fermé à l’aube, dit la mairie", "utf-8", "cp1252"),
    ],
)
def test_a_text_is_read_though_its_encoding_is_named_wrongly(text: str, said: str, sent: str) -> None:
    body = f'<?xml version="1.0" encoding="{said}"?><rss><title>{text}</title></rss>'.encode(sent)
    assert text in decode(body).text


def test_a_broken_byte_costs_itself_and_not_the_encoding_that_is_named() -> None:
    text = "홍수로 다섯 명이 실종되었다고 경찰이 밝혔다"
    body = f'<?xml version="1.0" encoding="euc-kr"?><rss><title>{text}</title>'.encode("cp949")
    decoded = decode(body + b"\xff</rss>")
    assert text in decoded.text
    assert decoded.problem == "holds bytes that are no cp949"
