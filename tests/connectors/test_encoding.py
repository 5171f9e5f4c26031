"""Which encoding a feed is in, whatever it says."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.encoding import characters_kept, decode, preamble_cut

TEXT = "<rss><title>Größe “Київ”</title></rss>"
LATIN = "<rss><title>Größe</title></rss>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_finds_unicode_by_its_marks_and_its_bytes(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)).text == TEXT


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "iso-8859-15"])
def test_believes_the_header(encoding: str) -> None:
    assert decode(LATIN.encode(encoding), f"text/xml; charset={encoding}").text == LATIN


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("koi8-r", "<a>Киев</a>"),
        ("windows-1251", "<a>Киев</a>"),
        ("gb2312", "<a>新华社</a>"),
        ("big5", "<a>中央社</a>"),
        ("shift_jis", "<a>共同通信</a>"),
        ("euc-kr", "<a>연합뉴스</a>"),
        ("iso-2022-jp", "<a>共同通信</a>"),
        ("iso-8859-2", "<a>Łódź</a>"),
    ],
)
def test_believes_the_declaration(encoding: str, text: str) -> None:
    whole = f'<?xml version="1.0" encoding="{encoding}"?>{text}'
    assert decode(whole.encode(encoding), "application/xml").text.endswith(text)


def test_reads_utf8_that_a_server_calls_latin() -> None:
    assert decode(TEXT.encode(), "text/xml; charset=iso-8859-1").text == TEXT


def test_reads_windows_that_an_outlet_calls_utf8_and_says_so() -> None:
    read = decode("<a>Größe “x”</a>".encode("windows-1252"), "text/xml; charset=utf-8")
    assert read.text == "<a>Größe “x”</a>"
    assert read.problem == "is not in the encoding that it names (utf-8); read as cp1252"


def test_quotes_that_were_pasted_into_utf8_are_read_as_quotes() -> None:
    assert decode("Київ ".encode() * 9 + b"it\x92s \x93so\x94").text.endswith("it’s “so”")


def test_one_bad_byte_does_not_make_utf8_something_else() -> None:
    read = decode("<a>Київ Київ Київ</a>".encode() + b"\xff")
    assert read.text == "<a>Київ Київ Київ</a>\ufffd"
    assert read.problem is not None


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "zlib", "hex", "rot13", "unicode_escape", "no-such-thing"]
)
def test_takes_no_encoding_that_is_none(name: str) -> None:
    body = f'<?xml version="1.0" encoding="{name}"?><a>'.encode() + "Größe ".encode("cp1252") * 30_000
    started = time.perf_counter()
    assert decode(body, f"text/xml; charset={name}").text.endswith("Größe Größe ")
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("cp1251", "Пожар на складе потушен, пострадавших нет"),
        ("koi8_r", "Пожар на складе потушен, пострадавших нет"),
        ("cp932", "台風が九州に接近、避難指示が出る"),
        ("euc_jp", "台風が九州に接近、避難指示が出る"),
        ("gb18030", "地震造成多人伤亡，救援正在进行"),
        ("big5", "總統宣布辭職，救援人員已經趕到現場"),
        ("euc_kr", "국회는 이날 본회의에서 탄핵소추안을 가결했다"),
        ("cp1253", "Ο πρωθυπουργός ανακοίνωσε νέα μέτρα για την οικονομία"),
        ("cp1255", "ראש הממשלה הודיע על צעדים חדשים בכלכלה, והאופוזיציה דורשת בחירות מיד"),
        ("cp1256", "أعلن رئيس الوزراء عن إجراءات اقتصادية جديدة"),
        ("tis_620", "นายกรัฐมนตรีประกาศมาตรการเศรษฐกิจใหม่"),
        ("cp1252", "Überschwemmung in Köln – “schöne Bescherung”"),
        ("cp1252", "Más de 12 años después, la investigación continúa"),
    ],
)
def test_an_encoding_that_nobody_names_is_known_by_its_letters(encoding: str, title: str) -> None:
    read = decode(f"<rss><channel><title>News</title><item><title>{title}</title></item>".encode(encoding))
    assert title in read.text
    assert read.problem is not None


@pytest.mark.parametrize(
    ("name", "encoding", "title"),
    [
        ("x-sjis", "cp932", "台風①接近、髙橋市長"),
        ("windows-31j", "cp932", "台風①接近、髙橋市長"),
        ("x-gbk", "gb18030", "地震造成多人伤亡"),
        ("win-1251", "cp1251", "Пожар на складе"),
        ("utf8mb4", "utf-8", "Пожар на складе"),
    ],
)
def test_names_that_only_old_systems_know_are_understood(name: str, encoding: str, title: str) -> None:
    read = decode(f'<?xml version="1.0" encoding="{name}"?><title>{title}</title>'.encode(encoding))
    assert title in read.text
    assert read.problem is None


@settings(deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(["", "text/xml; charset=utf-16", "x; charset=''", "charset=utf-7"]),
)
def test_reads_any_bytes_without_an_error(body: bytes, content_type: str) -> None:
    decode(body, content_type)


def test_cuts_the_declaration_and_a_preamble_without_end() -> None:
    assert preamble_cut('\ufeff <?xml version="1.0"?>\n\n\n<!-- x -->\n<rss/>') == "\n<!-- x -->\n<rss/>"
    assert preamble_cut("\n<!ENTITY a" * 10_000 + "<rss/>") == "<rss/>"


def test_drops_the_characters_that_xml_may_not_hold_and_no_other() -> None:
    assert characters_kept("a\x00b\x0bc\td\n") == "abc\td\n"
    assert (
        characters_kept("&#0;&#xD800;&#56320;&#x1F;&#xFFFF;&#9999999;&#233;&#x41;&#150;")
        == "&#233;&#x41;&#150;"
    )


@pytest.mark.parametrize("declared", ["windows-1251", "gb2312", "euc-kr", "iso-8859-2", "shift_jis"])
def test_a_declaration_goes_before_a_server_that_calls_everything_latin(declared: str) -> None:
    word = {
        "windows-1251": "Новости",
        "gb2312": "新闻",
        "euc-kr": "뉴스",
        "iso-8859-2": "Źródło",
        "shift_jis": "新聞",
    }
    body = f'<?xml version="1.0" encoding="{declared}"?><rss>{word[declared]}</rss>'.encode(declared)
    assert word[declared] in decode(body, "text/xml; charset=ISO-8859-1").text
