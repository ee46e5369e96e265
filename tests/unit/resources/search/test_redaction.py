"""docs/policy.md, restriction D1"""

from __future__ import annotations

from dataclasses import replace

import pytest

from resources.search import redaction, request
from resources.search.predicate import HasOther, has

SECRET = has(".label", "secret")
PERSON = {"resourceType": "Patient", "gender": "female", "address": [{"city": "岡山市"}]}


@pytest.mark.parametrize(
    ("parameter", "shown", "redacted"),
    [
        (("address-city", "岡山"), True, False),
        (("address-city:missing", "true"), False, True),
        (("address-city:missing", "false"), True, False),
        (("address-use:not", "home"), True, True),
        (("gender", "female"), True, True),
    ],
)
def test_a_redacted_element_is_searched_as_if_absent(index, parameter, shown, redacted):
    asked = redaction.redact(request.parse(index, "Patient", [parameter]).what, frozenset({"address-city"}), SECRET)
    terms = {".type Patient", *index.terms(PERSON)}
    assert asked.matches(sorted(terms)) is shown
    assert asked.matches(sorted({*terms, ".label secret"})) is redacted


def test_a_question_about_other_values_is_veiled_too():
    asked = redaction.redact(HasOther("address-city", frozenset()), frozenset({"address-city"}), SECRET)
    assert asked.matches(["address-city =x"])
    assert not asked.matches([".label secret", "address-city =x"])


def test_the_parameters_that_read_a_revealing_element_are_named(spec):
    revealing = {
        "Patient": ("address", "telecom", "identifier.assigner"),
        "Encounter": ("Encounter.location.location",),
        "Observation": ("value[x]", "component.code"),
        "QuestionnaireResponse": ("item[linkId=member.address]",),
    }
    names = redaction.revealing_names(replace(spec, revealing=revealing))
    unanswered = {"_text", "_content", "_filter", "_query"}
    assert names["Patient"] - unanswered == {
        "address",
        "address-city",
        "address-country",
        "address-postalcode",
        "address-state",
        "address-use",
        "telecom",
        "phone",
        "email",
    }
    assert names["Encounter"] - unanswered == {"location"}
    assert {"value-string", "code-value-quantity", "component-code", "combo-code-value-concept"} <= names["Observation"]
    assert not {"code", "component-value-concept"} & names["Observation"]
    assert names["QuestionnaireResponse"] == unanswered


def test_of_a_type_that_nobody_has_listed_every_parameter_may_reveal(spec):
    names = redaction.revealing_names(replace(spec, revealing={}))
    assert names["Condition"] == spec.search["Condition"].keys() - {"_id"}


def test_an_identifier_is_not_hidden_for_who_assigned_it_but_is_for_its_value(spec):
    names = redaction.revealing_names(
        replace(spec, revealing={"Patient": ("identifier.value",), "Group": ("identifier",)})
    )
    assert "identifier" in names["Patient"]
    assert "identifier" in names["Group"]
