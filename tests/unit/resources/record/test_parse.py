"""What is read from the wire, what is refused, and that nothing is lost on the way back."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from resources.record import parse
from resources.record.problem import Problem

LIMIT, DEPTH = 10_000, 20


def read(body: bytes) -> dict[str, Any]:
    return parse.parse(body, limit=LIMIT, depth=DEPTH)


def refused(body: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        read(body)
    (issue,) = caught.value.issues
    assert issue.ja
    assert issue.text[0] == issue.text[0].lower()
    assert not issue.text.endswith(".")
    return caught.value


def canonical(body: bytes) -> bytes:
    """Keys sorted, no spaces, every number as the text it was."""
    numbers: list[str] = []

    def keep(digits: str) -> str:
        numbers.append(digits)
        return f"\ue000{len(numbers) - 1}\ue001"

    text = json.dumps(
        json.loads(body, parse_float=keep, parse_int=keep), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return re.sub('"\ue000(\\d+)\ue001"', lambda found: numbers[int(found[1])], text).encode()


def test_a_resource_is_read() -> None:
    assert read('{"resourceType":"Patient","name":[{"family":"山田"}]}'.encode()) == {
        "resourceType": "Patient",
        "name": [{"family": "山田"}],
    }


def test_a_body_of_exactly_the_limit_is_read() -> None:
    body = b'{"resourceType":"Patient"}'
    assert parse.parse(body, limit=len(body), depth=1)


def test_a_body_one_byte_over_the_limit_is_too_long() -> None:
    body = b'{"resourceType":"Patient"}'
    with pytest.raises(Problem) as caught:
        parse.parse(body, limit=len(body) - 1, depth=1)
    assert caught.value.kind == "too-long"


def test_nesting_is_bounded_exactly() -> None:
    inner = b"[" * (DEPTH - 1) + b"]" * (DEPTH - 1)
    assert read(b'{"resourceType":"Basic","x":' + inner + b"}")
    assert refused(b'{"resourceType":"Basic","x":[' + inner + b"]}").kind == "too-long"


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
def test_a_million_levels_are_refused_and_not_tried(opening: bytes) -> None:
    with pytest.raises(Problem) as caught:
        parse.parse(opening * 1_000_000, limit=20_000_000, depth=DEPTH)
    assert caught.value.kind == "too-long"


def test_brackets_inside_strings_do_not_count_as_nesting() -> None:
    assert read(b'{"resourceType":"Basic","x":"' + b"[{" * 100 + b'\\"[[[\\\\"}')


def test_an_endless_string_of_escaped_quotes_is_refused_in_one_pass() -> None:
    with pytest.raises(Problem) as caught:
        parse.parse(b'{"a":"' + b'\\"' * 2_000_000, limit=20_000_000, depth=DEPTH)
    assert caught.value.kind == "structure"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"resourceType":"Patient",}', "line 1, column"),
        (b'{"resourceType":"Patient"\n"active":true}', "line 2, column 1"),
        (b'{"resourceType":"Patient","active":NaN}', "line 1, column 36"),
        (b'{"resourceType":"Patient","active":Infinity}', "line 1, column 36"),
        (b'{"resourceType":"Patient","active":-Infinity}', "line 1"),
        (b'{"resourceType":"Patient","x":1e999}', "line 1"),
        (b'{"resourceType":"Patient","x":01}', "line 1"),
        (b'{"resourceType":"Patient","x":"\x01"}', "line 1"),
        (b'{"resourceType":"Patient","x":"\\ud800"}', "line 1"),
        (b'{"resourceType":"Patient"} {}', "line 1, column 28"),
        (b'\xef\xbb\xbf{"resourceType":"Patient"}', "line 1"),
        (b"{'resourceType':'Patient'}", "line 1, column 2"),
        (b"", "line 1, column 1"),
        (b"<Patient/>", "line 1, column 1"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(body: bytes, place: str) -> None:
    problem = refused(body)
    assert problem.kind == "structure"
    assert place in problem.issues[0].text


def test_what_is_not_utf8_is_refused_with_its_byte() -> None:
    assert "byte 32 " in refused(b'{"resourceType":"Patient","x":"\xff"}').issues[0].text


@pytest.mark.parametrize("body", [b"[]", b"null", b'"Patient"', b"1", b'[{"resourceType":"Patient"}]'])
def test_a_resource_is_an_object(body: bytes) -> None:
    assert refused(body).kind == "structure"


@pytest.mark.parametrize(
    "body", [b"{}", b'{"resourceType":1}', b'{"resourceType":null}', b'{"resourceType":["Patient"]}']
)
def test_a_resource_names_its_type_by_a_string(body: bytes) -> None:
    assert refused(body).issues[0].at == "Resource.resourceType"


@pytest.mark.parametrize(
    "body",
    [
        b'{"resourceType":"Patient","resourceType":"Group"}',
        b'{"resourceType":"Patient","active":true,"active":true}',
        b'{"resourceType":"Patient","name":[{"x":[{"a":1,"b":2,"a":3}]}]}',
        b'{"resourceType":"Patient","a":1,"\\u0061":2}',
    ],
)
def test_a_key_given_twice_is_refused_and_named(body: bytes) -> None:
    assert re.search("the key `(resourceType|active|a)` appears twice", refused(body).issues[0].text)


@pytest.mark.parametrize("code", [*range(32), 127, 0x85])
def test_a_control_character_is_refused_where_it_stands(code: int) -> None:
    body = json.dumps({"resourceType": "Basic", "a": [{"b": f"x{chr(code)}"}]}).encode()
    if code in (9, 10, 13) or code > 31:
        assert read(body)["a"] == [{"b": f"x{chr(code)}"}]
    else:
        assert [issue.at for issue in refused(body).issues] == ["Basic.a[0].b"]


def test_a_backslash_before_an_escape_is_none() -> None:
    assert read(rb'{"resourceType":"Basic","a":"\\u0000"}')["a"] == "\\u0000"


def test_one_key_in_two_objects_is_no_duplicate() -> None:
    assert read(b'{"resourceType":"Patient","name":[{"a":":"},{"a":"b:c"}],"a":{"a":{}}}')


@pytest.mark.parametrize(
    "number",
    [
        "1.10",
        "1E+3",
        "1e-7",
        "0.0",
        "-0",
        "-0.00",
        "100000000000000000000000",
        "9007199254740993",
        "3.14159265358979323846",
    ],
)
def test_a_number_keeps_its_very_digits(number: str) -> None:
    body = f'{{"resourceType":"Observation","valueQuantity":{{"value":{number}}}}}'.encode()
    assert parse.write(parse.editable(body)) == body


def test_what_is_changed_leaves_the_rest_alone() -> None:
    resource = parse.editable('{"resourceType":"Basic","b":1.10,"a":["　é\\u0041","\\/"],"z":null}'.encode())
    resource["id"] = "x"
    assert parse.write(resource) == '{"resourceType":"Basic","b":1.10,"a":["　éA","/"],"z":null,"id":"x"}'.encode()


DIGITS = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
NUMBER = DIGITS.map(lambda digits: {"number": digits})
LETTERS = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n\r", exclude_characters="\ue000\ue001")
TEXT = st.text(LETTERS, max_size=12)
VALUE = st.recursive(
    st.none() | st.booleans() | TEXT | NUMBER,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4).map(lambda found: {"object": found})
    ),
    max_leaves=12,
)


def as_text(value: object) -> str:
    """JSON written by hand, so that a number keeps the digits it was drawn with."""
    if isinstance(value, dict) and "number" in value:
        return str(value["number"])
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} : {as_text(v)}" for k, v in value["object"].items()) + "}"
    if isinstance(value, list):
        return "[" + ",\n".join(map(as_text, value)) + "]"
    return json.dumps(value)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(TEXT, VALUE, max_size=5))
@example({"x": {"number": "123456789012345678901234567890.10E+05"}})
def test_what_is_read_is_what_was_written(members: dict[str, object]) -> None:
    body = as_text({"object": {**members, "resourceType": "Basic"}}).encode()
    assert read(body)["resourceType"] == "Basic"
    assert canonical(parse.write(parse.editable(body))) == canonical(body)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200) | TEXT.map(lambda text: f'{{"resourceType":"Basic",{text}'.encode()))
def test_any_bytes_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    try:
        outcome: object = read(body)["resourceType"]
    except Problem as problem:
        outcome = problem.kind
    assert isinstance(outcome, str)
