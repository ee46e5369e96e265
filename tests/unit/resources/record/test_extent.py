"""A body is bounded in what it holds before anybody works on it, whatever it says."""

from __future__ import annotations

import pytest

from resources.record import parse
from resources.record.extent import MOST_CHARACTERS, Extent
from resources.record.problem import Problem

EXTENT = Extent(keys=10, items=20, values=200)


def kind(body: bytes, extent: Extent = EXTENT) -> str:
    try:
        parse.parse(body, limit=10_000_000, depth=64, extent=extent)
    except Problem as problem:
        return problem.kind
    return ""


def patient(rest: str) -> bytes:
    return b'{"resourceType":"Patient",' + rest.encode() + b"}"


def test_an_object_has_not_more_keys_than_any_element_of_r4() -> None:
    keys = ",".join(f'"k{n}":1' for n in range(9))
    assert kind(patient(keys)) == ""
    assert kind(patient(keys + ',"one":1')) == "too-costly"
    assert kind(patient(f'"name":[{{{keys},"one":1,"two":2}}]')) == "too-costly"


@pytest.mark.parametrize("form", ['"given":[{}]', '"name":[{{"given":[{}]}}]', '"name":[[{}]]'])
def test_an_array_is_bounded_at_every_level(form: str) -> None:
    assert kind(patient(form.format(",".join(["1"] * 20)))) == ""
    assert kind(patient(form.format(",".join(["1"] * 21)))) == "too-costly"


def test_all_values_are_counted_together() -> None:
    names = ",".join(['{"given":[' + ",".join(["1"] * 10) + "]}"] * 19)
    assert kind(patient(f'"name":[{names}]')) == "too-costly"


def test_what_is_written_in_a_string_is_not_counted() -> None:
    assert kind(patient('"text":"' + ",{[" * 1000 + '"')) == ""


def test_a_string_is_as_long_as_r4_allows_and_an_attachment_longer() -> None:
    assert kind(patient('"gender":"' + "a" * (MOST_CHARACTERS + 1) + '"')) == "invalid"
    assert kind(patient('"photo":[{"data":"' + "a" * (MOST_CHARACTERS + 1) + '"}]')) == ""


def test_a_body_of_very_many_keys_is_refused_by_default() -> None:
    assert kind(patient(",".join(f'"k{n}":1' for n in range(32_000))), Extent()) == "too-costly"
