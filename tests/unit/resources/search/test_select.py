"""https://hl7.org/fhir/R4/fhirpath.html"""

from __future__ import annotations

import re

import fhirpathpy
import orjson
import pytest
from fhirpathpy.models import models

from resources.search import select
from resources.search.expression import Unreadable
from resources.search.parameter import Closed, Composite, Part
from tests.unit.resources.search.examples import EXAMPLES


def test_every_expression_of_every_served_type_is_compiled(index, spec):
    unanswered = {
        (type, code)
        for type in spec.types
        for code, parameter in index.parameters(type).items()
        if isinstance(parameter, Closed) or (isinstance(parameter, Part) and not parameter.branches)
    }
    without_expression = {
        (type, code) for type in spec.types for code, p in spec.search[type].items() if not p.expression
    }
    assert unanswered == {("Location", "near"), *without_expression}


def test_every_part_of_every_composite_selects_something(index, spec):
    for type in spec.types:
        for code, parameter in index.parameters(type).items():
            if isinstance(parameter, Composite):
                assert parameter.bases, code
                for _, parts in parameter.bases:
                    assert all(part.branches for part in parts), code


def plain(value):
    """A value of fhirpathpy as JSON."""
    return getattr(value, "data", value)


def written(value):
    return orjson.dumps(value, default=float)


def for_fhirpathpy(type, expression):
    """R4 writes `as` on collections, which FHIRPath allows to `ofType` alone, and fhirpathpy keeps to that."""
    text = re.sub(r"\((\S+) as (\w+)\)", r"\1.ofType(\2)", expression).replace(".as(", ".ofType(")
    return text.replace("Resource.", f"{type}.")


def expressions(spec):
    for type, resource in EXAMPLES:
        for code, definition in spec.search[type].items():
            if definition.expression and definition.type != "composite" and "resolve()" not in definition.expression:
                yield type, code, definition.expression, resource


def test_selection_agrees_with_fhirpathpy(spec):
    asked = 0
    for type, code, expression, resource in expressions(spec):
        ours = [value for branch in select.branches(spec, type, expression) for value in branch.select(resource)]
        text = for_fhirpathpy(type, expression)
        theirs = [plain(value) for value in fhirpathpy.evaluate(resource, text, {}, models["r4"])]
        # A FHIRPath union drops duplicates; terms are a set, so ours need not.
        assert {written(value) for value in ours} == {written(value) for value in theirs}, (
            f"{type}.{code}: {expression}"
        )
        asked += bool(theirs)
    assert asked > 60


@pytest.mark.parametrize(
    ("reference", "leads"),
    [
        ({"reference": "Patient/1"}, True),
        ({"reference": "https://x/fhir/Patient/1"}, True),
        ({"reference": "Patient/1/_history/2"}, True),
        ({"reference": "urn:uuid:0", "type": "Patient"}, True),
        ({"reference": "urn:uuid:0"}, False),
        ({"reference": "Group/1"}, False),
        ({"reference": "Group/1", "type": "Patient"}, False),
        ({"display": "a person"}, False),
    ],
)
def test_where_a_reference_leads_is_read_off_the_reference(spec, reference, leads):
    (branch,) = select.branches(spec, "Condition", "Condition.subject.where(resolve() is Patient)")
    assert bool(branch.select({"resourceType": "Condition", "subject": reference})) is leads


def test_an_extension_is_selected_by_its_url(spec):
    branches = select.branches(spec, "Patient", "Patient.extension('urn:a').value.as(string)")
    resource = {"extension": [{"url": "urn:a", "valueString": "x"}, {"url": "urn:b", "valueString": "y"}]}
    assert [value for branch in branches for value in branch.select(resource)] == ["x"]


def test_an_element_that_does_not_exist_is_named(spec):
    with pytest.raises(Unreadable, match="Patient"):
        select.branches(spec, "Patient", "Patient.shoeSize")


def test_the_elements_of_a_repeated_structure_are_found_at_any_depth(spec):
    (branch,) = select.branches(spec, "Questionnaire", "Questionnaire.item.item.linkId")
    assert branch.select({"item": [{"item": [{"linkId": "1.1"}]}, {"item": [None]}]}) == ["1.1"]
