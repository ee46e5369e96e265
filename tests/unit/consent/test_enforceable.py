"""What the server cannot enforce it does not take as an active consent, and says where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from consent import enforceable
from tests.laws.worlds import RESOURCE_TYPES, V3, ref

IRCP = {"coding": [{"system": f"{V3}v3-ParticipationType", "code": "IRCP"}]}


def stands(provision: Any) -> list[str]:
    issues = list(enforceable.unenforceable({"provision": provision}))
    assert all(issue.text.startswith("R4: ") and issue.ja.startswith("R4: ") for issue in issues)
    return [issue.at for issue in issues]


@pytest.mark.parametrize("role", ["IRCP", "PRCP"])
@pytest.mark.parametrize("grantee", ["Organization/1", "Practitioner/1", "PractitionerRole/1"])
def test_what_can_be_enforced_has_nothing_said_of_it(grantee: str, role: str) -> None:
    actor = {"role": {"coding": [IRCP["coding"][0] | {"code": role}]}, "reference": ref(grantee)}
    inner = {"actor": [actor], "class": [{"system": RESOURCE_TYPES, "code": "Patient"}], "period": {"end": "2027"}}
    assert stands({"type": "permit", **inner, "provision": [{"type": "deny", **inner}, {"type": "deny"}]}) == []


@pytest.mark.parametrize("provision", [None, [], {}, {"type": "maybe"}, {"period": {"end": "2027"}}])
def test_a_root_permits_or_denies(provision) -> None:
    assert stands(provision) == ["Consent.provision.type"]


@pytest.mark.parametrize("element", ["action", "code", "data", "dataPeriod", "extension", "modifierExtension"])
def test_an_element_without_a_meaning_here_stands_in_the_way_wherever_it_is(element: str) -> None:
    assert stands({"type": "permit", element: []}) == [f"Consent.provision.{element}"]
    nested = {"type": "permit", "provision": [{"type": "deny"}, {"type": "deny", element: []}]}
    assert stands(nested) == [f"Consent.provision.provision[1].{element}"]


@pytest.mark.parametrize("exception", [{"type": "permit"}, {}, {"type": "other"}])
def test_an_exception_is_of_the_opposite_type(exception) -> None:
    assert stands({"type": "permit", "provision": [exception]}) == ["Consent.provision.provision[0].type"]


def test_exceptions_go_one_level_deep() -> None:
    deep = {"type": "permit", "provision": [{"type": "deny", "provision": [{"type": "permit"}]}]}
    assert stands(deep) == ["Consent.provision.provision[0].provision"]


@pytest.mark.parametrize(
    "grantee", [None, {}, {"display": "だれか"}, ref("Patient/1"), ref("RelatedPerson/1"), ref("CareTeam/1")]
)
def test_a_grantee_stands_in_the_directory(grantee) -> None:
    actor = {"role": IRCP, "reference": grantee}
    assert stands({"type": "permit", "actor": [actor]}) == ["Consent.provision.actor[0].reference"]


def test_a_grantee_receives_and_does_nothing_else() -> None:
    role = {"coding": [{"system": f"{V3}v3-ParticipationType", "code": "CST"}]}
    actors = [{"role": IRCP, "reference": ref("Organization/1")}, {"role": role, "reference": ref("Organization/1")}]
    assert stands({"type": "permit", "actor": actors}) == ["Consent.provision.actor[1].role"]


def test_a_class_is_a_type_of_resource() -> None:
    other = {"system": "http://loinc.org", "code": "57133-1"}
    assert stands({"type": "permit", "class": [other]}) == ["Consent.provision.class[0].system"]
