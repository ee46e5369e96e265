"""https://hl7.org/fhir/R4/search.html"""

from __future__ import annotations

import pytest

from resources.record.problem import Problem
from resources.search import request
from resources.search.order import ID, SINCE, SINCE_DOWN, Key
from resources.search.predicate import has, matches
from resources.search.relation import Gathered, Stored


def parse(index, *parameters, type="Patient"):
    return request.parse(index, type, parameters)


def refused(index, *parameters, type="Patient"):
    with pytest.raises(Problem) as problem:
        parse(index, *parameters, type=type)
    return problem.value


def test_a_search_without_parameters_asks_for_the_type_alone(index):
    asked = parse(index)
    assert asked.what == has(".type", "Patient")
    assert (asked.order, asked.count, asked.summary_count, asked.total, asked.cursor) == (
        (SINCE_DOWN,),
        50,
        False,
        None,
        "",
    )
    assert asked.names == frozenset()


def test_what_was_understood_is_kept_for_the_self_link(index):
    given = [("name", "a"), ("_sort", "-_lastUpdated"), ("_format", "json"), ("_cursor", "xyz"), ("gender:not", "male")]
    asked = parse(index, *given)
    assert asked.canonical == (("name", "a"), ("_sort", "-_lastUpdated"), ("gender:not", "male"))
    assert asked.names == {"name", "gender"}
    assert (asked.order, asked.cursor) == ((Key("since", descending=True),), "xyz")


@pytest.mark.parametrize(
    ("sort", "order"),
    [("_id", ID), ("-_id", Key("id", True)), ("_lastUpdated", SINCE), ("-_lastUpdated", Key("since", True))],
)
def test_rows_are_ordered_by_id_or_by_time(index, sort, order):
    assert parse(index, ("_sort", sort)).order == (order,)


@pytest.mark.parametrize(("given", "count"), [("1", 1), ("500", 500), ("501", 500), ("999999999", 500)])
def test_a_page_is_bounded(index, given, count):
    assert parse(index, ("_count", given)).count == count


@pytest.mark.parametrize("parameter", [("_count", "0"), ("_summary", "count")])
def test_the_number_alone_can_be_asked_for(index, parameter):
    asked = parse(index, parameter)
    assert asked.summary_count
    assert asked.count == 0


@pytest.mark.parametrize("total", ["none", "estimate", "accurate"])
def test_a_total_can_be_asked_for(index, total):
    assert parse(index, ("_total", total)).total == total


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nickname", "a"),
        ("nickname:exact", "a"),
        ("_query", "a"),
        ("_sort", "colour"),
        ("_summary", "some"),
        ("_type", "Patient"),
        ("gender:in", "http://x"),
        ("gender:text", "a"),
        ("name:not", "a"),
        ("gender:of-type", "a|b|c"),
        ("near", "34.6|133.9"),
        ("name:nonsense", "a"),
    ],
)
def test_what_this_version_does_not_answer_is_refused_by_name(index, name, value):
    problem = refused(index, (name, value))
    assert problem.kind == "not-supported"
    (issue,) = problem.issues
    assert issue.at in (name, name.partition(":")[0])
    assert issue.text
    assert issue.ja


@pytest.mark.parametrize(
    "value", ["34.6", "34.6|x", "91|0", "0|181", "0|0|-1", "0|0|9999", "0|0|1|league", "0|0|1|km|5"]
)
def test_a_place_that_is_none_is_refused_by_name(index, value):
    assert refused(index, ("near", value), type="Location").issues[0].at == "near"


@pytest.mark.parametrize(
    "parameters",
    [
        [("name", "")],
        [("gender", "male,,female")],
        [("gender", ",")],
        [("name:", "a")],
        [("name:missing", "maybe")],
        [("_count", "-1")],
        [("_count", "many")],
        [("_count", "٣")],
        [("_total", "some")],
        [("_count", "1"), ("_count", "2")],
        [("name", "a" * 2001)],
        [("n" * 201, "a")],
        [("name", "a\ud800")],
        [("gender", ",".join(["male"] * 201))],
        [("name", "a")] * 101,
    ],
)
def test_a_request_that_breaks_the_grammar_is_refused(index, parameters):
    problem = refused(index, *parameters)
    assert problem.kind == "structure"
    assert problem.issues[0].ja


def test_a_type_that_is_not_served_is_refused(index):
    assert refused(index, type="Medication").kind == "not-supported"


def test_every_parameter_of_every_type_answers_missing_or_is_refused_by_name(index, spec):
    closed = {code for type in index.stored for code in spec.search[type] if not answers(index, type, code)}
    assert closed == {"_filter", "_query"}


def answers(index, type, code):
    try:
        parse(index, (f"{code}:missing", "true"), type=type)
    except Problem as problem:
        return problem.kind != "not-supported"
    return True


@pytest.mark.parametrize(
    "name", ["organization.name", "organization:Organization.name", "_has:Condition:patient:code", "_list"]
)
def test_a_chain_finds_nothing_until_somebody_asks_it_under_their_own_condition(index, name):
    asked = parse(index, (name, "a"))
    assert asked.seen
    with pytest.raises(Problem):
        assert asked.what
    person = Stored((".id Patient/p", ".type Patient", "organization Organization/o"))
    world = Gathered(records={"Organization/o": Stored((".type Organization", "name ~a"))})
    assert not matches(asked.asked, person, world)
