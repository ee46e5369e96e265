"""`:above` and `:below` of references, as far as they are read; what they find is asked in tests/laws and over HTTP."""

from __future__ import annotations

import pytest

from profiles import part_of
from profiles.spec import Spec
from resources.record.problem import Problem
from resources.search import chain, hierarchy, request
from resources.search.hierarchy import Line
from resources.search.index import Index
from resources.search.predicate import AllOf, Linked


@pytest.mark.parametrize(
    ("type", "name", "value", "of", "line"),
    [
        ("Location", "partof:below", "Location/city", "Location", Line("below", "partof", "Location/city")),
        ("Location", "partof:below", "city", "Location", Line("below", "partof", "Location/city")),
        ("Location", "organization:above", "o", "Organization", Line("above", "partof", "Organization/o")),
        ("HealthcareService", "coverage-area:below", "x", "Location", Line("below", "partof", "Location/x")),
        ("Encounter", "part-of:above", "e", "Encounter", Line("above", "part-of", "Encounter/e")),
        ("CarePlan", "replaces:below", "c", "CarePlan", Line("below", "replaces", "CarePlan/c")),
        ("CarePlan", "part-of:below", "c", "CarePlan", Line("below", "part-of", "CarePlan/c")),
        ("Task", "focus:below", "CarePlan/c", "CarePlan", Line("below", "part-of", "CarePlan/c")),
    ],
)
def test_a_line_begins_at_the_record_that_is_named(
    type: str, name: str, value: str, of: str, line: Line, index: Index
) -> None:
    wanted = request.parse(index, type, [(name, value)])
    assert isinstance(wanted.asked, AllOf)
    [hop] = [part for part in wanted.asked.parts if isinstance(part, Linked)]
    found, asked = chain.read(hop.of)
    assert (found, hierarchy.line(asked)) == (of, line)
    assert wanted.seen == {of}
    assert not wanted.asked.matches((f".type {type}",))


@pytest.mark.parametrize(
    ("type", "name", "value", "code"),
    [
        ("Condition", "subject:below", "Patient/p", "not-supported"),
        ("Condition", "subject:above", "p", "not-supported"),
        ("Task", "focus:below", "c", "structure"),
        ("Task", "focus:below", "Condition/c", "not-supported"),
        ("Location", "partof:below", "Organization/o", "not-supported"),
        ("Location", "partof:below", "http://example.org/Location/1", "structure"),
        ("Location", "partof:above", "urn:uuid:1", "structure"),
    ],
)
def test_a_line_that_leads_nowhere_is_refused(type: str, name: str, value: str, code: str, index: Index) -> None:
    with pytest.raises(Problem) as fault:
        request.parse(index, type, [(name, value)])
    assert fault.value.kind == code
    assert fault.value.issues[0].at == name.partition(":")[0]


def test_a_line_may_stand_at_the_end_of_a_chain(index: Index) -> None:
    wanted = request.parse(index, "Condition", [("encounter.part-of.part-of.part-of:below", "e")])
    assert wanted.seen == {"Encounter"}
    with pytest.raises(Problem):
        request.parse(index, "Location", [("partof:below", "a")] * 13)


def test_what_makes_a_hierarchy_is_a_reference_to_the_type_itself(spec: Spec, index: Index) -> None:
    for type, codes in part_of.parameters().items():
        for code in codes:
            assert type in index.parameters(type)[code].targets, (type, code)
            assert spec.search[type][code].type == "reference"
