"""A chain tells of no record that its asker may not find, whether its hop finds few records or many."""

from __future__ import annotations

from typing import Any

import pytest

from consent.reading import chained
from tests.laws.worlds import V3, concept, ref
from tests.unit.consent.town import INSTALLER, Town, actor, concern, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q = actor("p"), actor("q")


@pytest.fixture(params=["few", "many"])
def shared(request: pytest.FixtureRequest, town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Three persons with a concern each and a visit to the first two; the other agency reads all of the first, and of
    the second all but who that is. A hop that finds many is asked of each candidate."""
    if request.param == "many":
        monkeypatch.setattr(chained, "FEW", 0)
    town.write(P, *(patient(one, gender=gender) for one, gender in (("1", "female"), ("2", "female"), ("3", "male"))))
    town.write(P, concern("a", "1"), concern("b", "2"), concern("c", "3"))
    branch: Json = {"resourceType": "Organization", "id": "branch", "name": "分室"}
    town.write(INSTALLER, branch | {"partOf": ref("Organization/center")})
    town.write(INSTALLER, branch | {"id": "twig", "partOf": ref("Organization/branch")})
    visits = [_visit("v1", "1"), _visit("v2", "2")]
    town.write(P, *visits, concern("d", "2", encounter=ref("Encounter/v2")))
    types = [{"system": "http://hl7.org/fhir/resource-types", "code": each} for each in ("Condition", "Encounter")]
    second = consent("s")["provision"] | {"class": types}
    sealed = {"security": [{"system": f"{V3}v3-Confidentiality", "code": "V"}]}
    town.write(P, concern("v", "1", meta=sealed, code=concept("concern-field", "care")))
    kept_back = {"type": "deny", "securityLabel": sealed["security"]}
    town.sign(P, consent("f", provision=consent("f")["provision"] | {"provision": [kept_back]}))
    town.sign(P, consent("s", patient=ref("Patient/2"), performer=[ref("Patient/2")], provision=second))
    assert town.search(Q, "Patient") == ["Patient/1"]
    assert town.search(Q, "Condition") == ["Condition/a", "Condition/b", "Condition/d"]
    return town


def _visit(id: str, person: str) -> Json:
    kind = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HH"}
    return {
        "resourceType": "Encounter",
        "id": id,
        "status": "finished",
        "class": kind,
        "subject": ref(f"Patient/{person}"),
    }


@pytest.mark.parametrize(
    ("type", "asked", "by_keeper", "by_other"),
    [
        ("Condition", ("subject:Patient.gender", "female"), ["a", "b", "d", "v"], ["a"]),
        ("Condition", ("subject:Patient.gender", "male"), ["c"], []),
        ("Condition", ("patient.gender", "female,male"), ["a", "b", "c", "d", "v"], ["a"]),
        ("Condition", ("encounter.status", "finished"), ["d"], ["d"]),
        ("Condition", ("encounter.subject:Patient.gender", "female"), ["d"], []),
        ("Patient", ("_has:Condition:subject:code", "debts"), ["1", "2", "3"], ["1"]),
        ("Patient", ("_has:Condition:subject:code", "care"), ["1"], []),
        ("Organization", ("partof:below", "Organization/center"), ["branch", "twig"], ["branch", "twig"]),
        ("Patient", ("_has:Condition:subject:encounter.status", "finished"), ["2"], []),
        ("Encounter", ("_has:Condition:encounter:code", "debts"), ["v2"], ["v2"]),
        ("Encounter", ("subject:Patient._has:Condition:subject:code", "debts"), ["v1", "v2"], ["v1"]),
        ("Condition", ("_filter", "subject.gender eq female or encounter pr true"), ["a", "b", "d", "v"], ["a", "d"]),
        ("Condition", ("_filter", "not (subject.gender eq female)"), ["c"], ["b", "d"]),
    ],
)  # fmt: skip
def test_each_hop_is_under_the_asker_s_own_condition(
    shared: Town, type: str, asked: tuple[str, str], by_keeper: list[str], by_other: list[str]
) -> None:
    assert shared.search(P, type, asked) == [f"{type}/{each}" for each in by_keeper]
    assert shared.search(Q, type, asked) == [f"{type}/{each}" for each in by_other]


def test_a_hop_of_just_so_many_is_asked_for_by_name_and_of_one_more_by_each(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.write(P, patient("1"), patient("2"), concern("a", "1"), concern("b", "2"))
    for few in (1, 2, 3):
        monkeypatch.setattr(chained, "FEW", few)
        assert town.search(P, "Condition", ("subject:Patient.birthdate", "1980-01-01")) == [
            "Condition/a",
            "Condition/b",
        ]
        assert town.search(P, "Patient", ("_has:Condition:subject:code", "debts")) == ["Patient/1", "Patient/2"]
