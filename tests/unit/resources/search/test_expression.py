"""https://hl7.org/fhir/R4/fhirpath.html"""

from __future__ import annotations

import pytest

from resources.search import expression
from resources.search.expression import At, Cast, Child, Exists, Resolves, Unreadable, Where


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("Patient.name", [(Child("Patient"), Child("name"))]),
        ("a | b.c", [(Child("a"),), (Child("b"), Child("c"))]),
        ("(a.value as Quantity)", [(Child("a"), Child("value"), Cast("Quantity"))]),
        ("a.value.as(DateTime)", [(Child("a"), Child("value"), Cast("DateTime"))]),
        ("a.value.ofType(Range)", [(Child("a"), Child("value"), Cast("Range"))]),
        ("(a as T).text", [(Child("a"), Cast("T"), Child("text"))]),
        ("a.where(system='phone')", [(Child("a"), Where("system", "phone"))]),
        ("a.where(resolve() is Patient)", [(Child("a"), Resolves("Patient"))]),
        ("a.entry[0].resource", [(Child("a"), Child("entry"), At(0), Child("resource"))]),
        ("a.b.exists()", [(Child("a"), Child("b"), Exists())]),
        ("a.b.exists() and a.b != false", [(Child("a"), Child("b"), Exists(unless_false=True))]),
        ("a.extension('u').value", [(Child("a"), Child("extension"), Where("url", "u"), Child("value"))]),
    ],
)
def test_the_forms_that_search_parameters_use_are_read(text, paths):
    assert list(expression.read(text)) == paths


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.",
        "a.trace('x')",
        "a + b",
        "a.b.exists() and a.c != false",
        "a and b",
        "a b",
        "a.where(x)",
        "a[b]",
        "a.where(1='x')",
        "a.where(x=1)",
        "(a",
    ],
)
def test_what_is_beyond_them_is_named(text):
    with pytest.raises(Unreadable):
        expression.read(text)
