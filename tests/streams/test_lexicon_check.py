"""A language's lexicons are checked: every mistake is told with its file and line."""

from pathlib import Path

import pytest

import streams.lexicons as home
from streams.lexicons.checking import SUBJECTS, gaps, mistakes
from streams.rules.lexicon_check import problems
from wirewatch.languages import LANGUAGES

FOLDER = Path(home.__file__).parent


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_languages_that_are_read_have_no_mistakes(language: str) -> None:
    assert problems(language) == ()


def test_a_list_that_a_language_lacks_is_empty_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in ("xx", "en"):
        (tmp_path / each).mkdir()
        for file in (FOLDER / "en").glob("*.toml"):
            text = file.read_text(encoding="utf-8").replace("\njoiner = ", "\n# ") if each == "xx" else None
            (tmp_path / each / file.name).write_bytes(file.read_bytes() if text is None else text.encode())
    monkeypatch.setattr("streams.lexicons.files", lambda _: tmp_path)
    monkeypatch.setattr("streams.lexicons.checking.files", lambda _: tmp_path)
    assert home.lexicon("xx/figures")["numbers"]["joiner"] == []
    assert mistakes("xx") == ()
    assert gaps("xx") == ("xx/figures.toml: [numbers] has no joiner yet",)


def test_a_language_without_files_is_told_which_it_lacks() -> None:
    assert mistakes("xx") == tuple(f"xx/{subject}.toml: is missing" for subject in SUBJECTS)


@pytest.mark.parametrize(
    ("subject", "change", "told"),
    [
        ("conflict", ("severity = 2", "severity = 9"), "9 is none of 1, 2 and 3"),
        ("conflict", ('state = "attack"', 'state = "assault"'), "'assault' is none of attack, hostile"),
        ("conflict", ("\nsense = ", "\nsens = "), "sens is not known; did you mean 'sense'?"),
        ("conflict", ("\nnames = ", "\nname = "), "name is not known; did you mean 'names'?"),
        ("figures", ("\njoiner = ", "\njoner = "), "numbers.joner is not known; did you mean 'joiner'?"),
        ("figures", ('decimal = ","', "decimal = 5"), "numbers.decimal is a number; write a text"),
        ("figures", ("null = 0", 'null = "0"'), "numbers.small.null is a text; write a number"),
        ("places", ('["austria"]', '["austriaa"]'), "austriaa is not known; did you mean 'austria'?"),
        (
            "records",
            ("\npossessive = []", "\npossesive = []"),
            "possesive is not known; did you mean 'possessive'?",
        ),
        ("words", ("\nmonths = [", "\nmonths = [["), "is no valid TOML"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(
    subject: str, change: tuple[str, str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in ("de", "en"):
        (tmp_path / each).mkdir()
        for file in (FOLDER / each).glob("*.toml"):
            (tmp_path / each / file.name).write_bytes(file.read_bytes())
    wrong = tmp_path / "de" / f"{subject}.toml"
    text = wrong.read_text(encoding="utf-8")
    assert change[0] in text
    wrong.write_text(text.replace(*change, 1), encoding="utf-8")
    monkeypatch.setattr("streams.lexicons.checking.files", lambda _: tmp_path)
    found = mistakes("de")
    assert any(one.startswith(f"de/{subject}.toml") and told in one and "line" in one for one in found), found
