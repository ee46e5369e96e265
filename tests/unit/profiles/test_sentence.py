"""Each rule quotes a sentence of the city, and says on which slide or in which article that stands."""

from __future__ import annotations

import pytest

from profiles import sentence


@pytest.mark.parametrize(
    ("rule", "source", "source_en"),
    [
        ("R5", "スライド10", "slide 10"),
        ("P2", "スライド23", "slide 23"),
        ("P3", "スライド11", "slide 11"),
        ("P5", "スライド15", "slide 15"),
        ("P10", "スライド25", "slide 25"),
        ("D1", "スライド26", "slide 26"),
    ],
)
def test_a_sentence_names_where_it_stands_itself_and_not_where_that_of_the_rule_it_rests_on_does(
    rule: str, source: str, source_en: str
) -> None:
    said = sentence.every()[rule]
    assert (said.source, said.source_en) == (source, source_en)


def test_every_sentence_names_where_it_stands() -> None:
    assert [each.rule for each in sentence.every().values() if not each.source or not each.source_en] == []
