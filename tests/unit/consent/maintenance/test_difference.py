"""What a check says is otherwise: the names of what differs, in one order, and never a value."""

from __future__ import annotations

from dataclasses import replace

from consent.maintenance import difference
from consent.maintenance.difference import Difference
from resources.record.version import Version
from resources.search.relation import Relation
from tests.unit.consent.people import row

FIRST = "2026-11-20T00:00:00.000Z"


def version(number: int, since: str = "", first: str = FIRST) -> Version:
    at = since or f"2026-11-2{number - 1}T00:00:00.000Z"
    return Version("Condition", "c", number, at, False, b"{}", (), first)


def numbered(*versions: Version) -> list[Difference]:
    return list(difference.numbered(list(versions), versions[-1]))


def missing(number: int) -> Difference:
    return Difference(f"Condition/c/_history/{number}", "the version is missing", "版がありません")


def test_versions_are_numbered_from_one_without_a_gap_each_later_than_the_one_before() -> None:
    assert numbered(version(1)) == numbered(version(1), version(2), version(3)) == []
    assert numbered(version(2), version(4)) == [missing(1), missing(3)]
    at, ja = "it is not later than the version before", "前の版より後の時刻ではありません"
    same = version(2, FIRST)
    assert numbered(version(1), same, version(3)) == [Difference("Condition/c/_history/2", at, ja)]
    late = version(2, "2026-11-25T00:00:00.000Z")
    assert numbered(version(1), late, version(3)) == [Difference("Condition/c/_history/3", at, ja)]


def test_each_says_since_when_there_is_the_record_where_the_first_is_there_to_tell() -> None:
    odd = version(2, first="2026-11-21T00:00:00.000Z")
    text, ja = "it is wrong on since when there is the record", "記録の最初の時刻が違います"
    assert numbered(version(1), odd, version(3)) == [Difference("Condition/c/_history/2", text, ja)]
    assert numbered(odd, version(3)) == [missing(1)]


def terms(had: list[str], wanted: list[str]) -> list[tuple[str, str]]:
    made = list(difference.terms("Condition/c", had, wanted, "索引", "the terms"))
    assert all(each.at == "Condition/c" for each in made)
    return [(each.text, each.ja) for each in made]


def test_of_terms_the_names_are_told_that_are_lacking_and_then_those_too_many_once_each() -> None:
    assert terms([], []) == terms(["a 1", "b 2"], ["b 2", "a 1", "a 1"]) == []
    had, wanted = ["a 1", "b 2", "e 5"], ["b 2", "d secret", "c 3", "c 4"]
    told = terms(had, wanted)
    assert told == [
        ("the terms lack one of `c`", "索引に `c` が足りません"),
        ("the terms lack one of `d`", "索引に `d` が足りません"),
        ("the terms have one of `a` too many", "索引に余分な `a` があります"),
        ("the terms have one of `e` too many", "索引に余分な `e` があります"),
    ]
    assert "secret" not in str(told)
    assert terms(["a 1"], ["a 2"]) == [
        ("the terms lack one of `a`", "索引に `a` が足りません"),
        ("the terms have one of `a` too many", "索引に余分な `a` があります"),
    ]


def test_of_rows_the_relations_are_told_likewise() -> None:
    consent, member, care = (row(Relation(name, "Patient/1", "x")) for name in ("consent", "member", "care"))
    assert list(difference.rows("Group/g", frozenset({consent}), frozenset({consent}))) == []
    found = difference.rows("Group/g", frozenset({consent, care}), frozenset({consent, member}))
    assert [(each.at, each.text, each.ja) for each in found] == [
        (
            "Group/g",
            "a row of the relation `member` is missing or wrong",
            "関係 `member` の行が足りないか違います",
        ),
        ("Group/g", "a row of the relation `care` is too many or wrong", "関係 `care` の行が余分か違います"),
    ]
    ended = replace(care, ended=FIRST)
    both = [each.text for each in difference.rows("Group/g", frozenset({care}), frozenset({ended}))]
    assert both == [
        "a row of the relation `care` is missing or wrong",
        "a row of the relation `care` is too many or wrong",
    ]
