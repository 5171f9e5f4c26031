"""What must stand in a text for a pattern to match."""

import re

import pytest

from streams.rules.claim_words import claim_words, worth_seeking
from streams.rules.pattern_needs import needs
from tests.streams.rules.record_stories import labelled


@pytest.mark.parametrize(
    ("pattern", "strings"),
    [
        ("on record(?! label)", {"on record"}),
        ("since (?:the )?[^ ]+ began", {"since "}),
        ("to date|thus far", {"to date", "thus far"}),
        ("in (?:years|ages)", {"years", "ages"}),
        ("winters?(?= of)", {"winter"}),
        (r"of 20\d\d", {"of 20"}),
        ("(?:the )?(?:war|conflict) .s", {"war", "conflict"}),
        ("(?:[^ ]+ ){0,3}?(?:has|have)", {"has", "have"}),
        ("(?:at sea)+|ago", {"at sea", "ago"}),
        (r"a?b*\d{2}", set()),
        ("storm|[a-z]+", set()),
    ],
)
def test_a_pattern_needs_its_longest_words(pattern: str, strings: set[str]) -> None:
    assert needs(pattern) == strings


def test_no_scope_that_a_sentence_holds_is_left_out() -> None:
    words = claim_words("en")
    for item in labelled("records-dev.jsonl") + labelled("records-own.jsonl"):
        norm = " " + " ".join(re.findall(r"\w+|[^\w\s]", f"{item['title']} {item['summary']}".lower())) + " "
        held = {place for place, scope in enumerate(words.scopes) if scope.expression.search(norm)}
        assert held <= set(worth_seeking(norm, words))
