"""Stories from a file."""

import pytest

from wirewatch.story_file import UNDATED, read_stories


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_year_that_no_news_is_of_is_not_believed_and_said(year: str) -> None:
    line = f'{{"title": "A night", "published": "{year}-01-01T00:00:00Z"}}'
    (story,) = read_stories([line], name="lines")
    assert story.at == UNDATED
    assert story.problems == (f"date not believed: {year}-01-01T00:00:00Z",)
