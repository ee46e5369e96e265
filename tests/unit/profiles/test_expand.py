"""Value sets are written out in full or not at all."""

from __future__ import annotations

from typing import Any

from profiles import expand

COLOURS = {
    "content": "complete",
    "concept": [{"code": "warm", "concept": [{"code": "red", "concept": [{"code": "pink"}]}]}, {"code": "cold"}],
}


def codes(*include: dict[str, Any], exclude: list[dict[str, Any]] | None = None, **others: Any) -> expand.Codes | None:
    value_sets = {"urn:vs": {"compose": {"include": list(include), "exclude": exclude or []}}, **others}
    return expand.codes("urn:vs", value_sets, {"urn:colour": COLOURS, "urn:part": {**COLOURS, "content": "fragment"}})


def test_a_whole_system_gives_every_concept_children_after_their_parent() -> None:
    assert codes({"system": "urn:colour"}) == {"urn:colour": ("warm", "red", "pink", "cold")}


def test_listed_concepts_need_no_system() -> None:
    listed = {"system": "urn:unknown", "concept": [{"code": "a"}, {"code": "b"}]}
    assert codes(listed) == {"urn:unknown": ("a", "b")}


def test_a_filter_by_hierarchy_is_followed() -> None:
    for op, expected in (("is-a", ("red", "pink")), ("descendent-of", ("pink",))):
        condition = {"property": "concept", "op": op, "value": "red"}
        assert codes({"system": "urn:colour", "filter": [condition]}) == {"urn:colour": expected}


def test_a_filter_that_needs_a_terminology_server_leaves_the_set_open() -> None:
    assert codes({"system": "urn:colour", "filter": [{"property": "hue", "op": "=", "value": "1"}]}) is None
    assert codes({"system": "urn:colour", "filter": [{"property": "concept", "op": "is-a", "value": "no"}]}) is None


def test_a_system_that_is_unknown_or_a_fragment_leaves_the_set_open() -> None:
    assert codes({"system": "urn:unknown"}) is None
    assert codes({"system": "urn:part"}) is None
    assert codes({"system": "urn:colour"}, {"system": "urn:unknown"}) is None


def test_an_exclusion_is_taken_out() -> None:
    out = [{"system": "urn:colour", "concept": [{"code": "red"}]}]
    assert codes({"system": "urn:colour"}, exclude=out) == {"urn:colour": ("warm", "pink", "cold")}


def test_a_set_of_sets_is_intersected_with_its_system() -> None:
    other: Any = {"compose": {"include": [{"system": "urn:colour", "concept": [{"code": "cold"}]}]}}
    assert codes({"valueSet": ["urn:other|1.0"]}, **{"urn:other": other}) == {"urn:colour": ("cold",)}
    both = {"system": "urn:colour", "valueSet": ["urn:other"]}
    assert codes(both, **{"urn:other": other}) == {"urn:colour": ("cold",)}


def test_a_set_that_includes_itself_is_open() -> None:
    assert codes({"valueSet": ["urn:vs"]}) is None


def test_an_unknown_set_is_open() -> None:
    assert expand.codes("urn:none", {}, {}) is None
