"""What the server cannot enforce it does not take as an active consent, and says where it stands.

Each element and trap is a line of tests/laws/consents.csv; here is what a line of it cannot say.
"""

from __future__ import annotations

from typing import Any

import pytest

from consent.provision import enforceable, enforceable_provision
from tests.laws.worlds import RESOURCE_TYPES, V3, extension, ref

IRCP = {"coding": [{"system": f"{V3}v3-ParticipationType", "code": "IRCP"}]}
SCOPE = {"coding": [{"system": f"{V3}consentscope", "code": "patient-privacy"}]}


def stands(provision: Any, **around: Any) -> list[str]:
    issues = list(enforceable.unenforceable({"scope": SCOPE, "provision": provision, **around}))
    assert all(issue.text.startswith("R4: ") and issue.ja.startswith("R4: ") for issue in issues)
    return [issue.at for issue in issues]


@pytest.mark.parametrize("role", ["IRCP", "PRCP"])
@pytest.mark.parametrize("grantee", ["Organization/1", "Practitioner/1", "PractitionerRole/1"])
def test_what_can_be_enforced_has_nothing_said_of_it(grantee: str, role: str) -> None:
    actor = {"role": {"coding": [IRCP["coding"][0] | {"code": role}]}, "reference": ref(grantee)}
    inner = {"actor": [actor], "class": [{"system": RESOURCE_TYPES, "code": "Patient"}], "period": {"end": "2027"}}
    assert stands({"type": "permit", **inner, "provision": [{"type": "deny", **inner}, {"type": "deny"}]}) == []


@pytest.mark.parametrize("provision", [None, [], {}, {"type": "maybe"}, {"period": {"end": "2027"}}])
def test_a_root_permits_or_denies_or_there_is_a_base(provision) -> None:
    assert stands(provision) == ["Consent.provision.type"]


def test_two_bases_are_none() -> None:
    both = {"coding": [{"system": f"{V3}v3-ActCode", "code": code} for code in ("OPTIN", "OPTOUT")]}
    actor = {"role": IRCP, "reference": ref("Organization/1")}
    assert stands({"actor": [actor]}, policyRule=both) == ["Consent.provision.type"]
    assert stands({"actor": [actor]}, policyRule={"coding": both["coding"][:1]}) == []


@pytest.mark.parametrize("element", ["actor", "action", "class", "code", "data", "purpose", "securityLabel"])
def test_an_empty_element_stands_in_the_way_wherever_it_is(element: str) -> None:
    assert stands({"type": "permit", element: []}) == [f"Consent.provision.{element}"]
    nested = {"type": "permit", "provision": [{"type": "deny"}, {"type": "deny", element: []}]}
    assert stands(nested) == [f"Consent.provision.provision[1].{element}"]


@pytest.mark.parametrize("element", ["extension", "modifierExtension", "_type", "unheardOf"])
def test_an_element_without_a_meaning_here_stands_in_the_way_wherever_it_is(element: str) -> None:
    assert stands({"type": "permit", element: []}) == [f"Consent.provision.{element}"]
    assert stands({"type": "permit"}, **{element: []}) == ([] if element == "extension" else [f"Consent.{element}"])
    nested = {"type": "permit", "provision": [{"type": "deny"}, {"type": "deny", element: []}]}
    assert stands(nested) == [f"Consent.provision.provision[1].{element}"]


def test_a_modifier_is_found_however_deep_it_lies() -> None:
    entry = {"meaning": "instance", "reference": {"reference": "Condition/1", "modifierExtension": []}}
    assert stands({"type": "permit", "data": [entry]}) == ["Consent.provision.data[0].reference.modifierExtension"]


@pytest.mark.parametrize("grantee", [None, {}, {"display": "だれか"}, ref("Patient/1"), ref("RelatedPerson/1")])
def test_a_grantee_stands_in_the_directory(grantee) -> None:
    actor = {"role": IRCP, "reference": grantee}
    assert stands({"type": "permit", "actor": [actor]}) == ["Consent.provision.actor[0].reference"]


def test_a_team_is_named_with_the_agencies_that_the_server_wrote_down() -> None:
    written = extension("recorded-in-team", valueReference=ref("Organization/1"))
    team = {"role": IRCP, "reference": ref("CareTeam/1"), "extension": [written]}
    assert stands({"type": "permit", "actor": [team]}) == []
    other = team | {"extension": [written, extension("member-subject", valueReference=ref("Organization/2"))]}
    assert stands({"type": "permit", "actor": [other]}) == ["Consent.provision.actor[0].extension[1]"]
    no_team = team | {"reference": ref("Organization/1")}
    assert stands({"type": "permit", "actor": [no_team]}) == ["Consent.provision.actor[0].extension"]
    assert stands({"type": "permit", "actor": [team | {"extension": []}]}) == ["Consent.provision.actor[0].reference"]


def test_recipients_times_records_have_a_bound() -> None:
    actors = [{"role": IRCP, "reference": ref(f"Organization/{n}")} for n in range(16)]
    data = [{"meaning": "instance", "reference": ref(f"Condition/{n}")} for n in range(20)]
    assert len(actors) * len(data) > enforceable_provision.MOST_ROWS
    assert stands({"type": "permit", "actor": actors, "data": data}) == ["Consent.provision"]
    assert stands({"type": "permit", "actor": actors[:15], "data": data}) == []


def test_what_to_file_instead_is_said() -> None:
    same = {"type": "permit", "provision": [{"type": "permit"}]}
    deep = {"type": "permit", "provision": [{"type": "deny", "provision": [{"type": "permit"}]}]}
    [one], [two] = ([*enforceable.unenforceable({"scope": SCOPE, "provision": each})] for each in (same, deep))
    assert ("second consent" in one.text, "別の同意書" in one.ja) == (True, True)
    assert ("a consent of its own" in two.text, "別の同意書" in two.ja) == (True, True)


LOINC, ACT = "http://loinc.org", f"{V3}v3-ActCode"
EVERY_CATEGORY = [{"system": LOINC, "code": each} for each in ("57016-8", "57017-6", "59284-0", "64292-6")]
EVERY_CATEGORY += [{"system": ACT, "code": each} for each in ("IDSCL", "INFA")]
TO_READ = {"coding": [{"system": ACT, "code": "IDSCL"}]}


@pytest.mark.parametrize("root", ["x", ["permit"], None])
def test_what_is_no_provision_is_none_whatever_the_base(root: Any) -> None:
    assert enforceable.kind({"provision": root, "policyRule": _base("OPTIN")}) == ""
    assert stands(root, policyRule=_base("OPTIN")) == ["Consent.provision.type"]


def _base(*codes: str) -> dict[str, Any]:
    return {"coding": [{"system": ACT, "code": each} for each in codes]}


@pytest.mark.parametrize(
    ("root", "base", "kind", "type"),
    [
        ({"type": "permit"}, _base("OPTOUT"), "permit", "permit"),
        ({"type": "deny"}, None, "deny", "deny"),
        ({"type": "maybe"}, _base("OPTIN"), "", ""),
        ({"type": None}, _base("OPTIN"), "", ""),
        ({}, _base("OPTIN"), "optin", "deny"),
        ({}, _base("OPTOUT"), "optout", "permit"),
        ({}, _base("OPTIN", "INFA"), "optin", "deny"),
        ({}, _base("OPTIN", "OPTOUT"), "", ""),
        ({}, _base("INFA"), "", ""),
        ({}, None, "", ""),
    ],
)
def test_a_consent_is_of_the_kind_that_its_root_says_or_else_its_base(
    root: Any, base: Any, kind: str, type: str
) -> None:
    said = enforceable.kind({"provision": root, "policyRule": base})
    assert (said, enforceable.type_of(said)) == (kind, type)


def test_an_exception_to_a_base_describes_something() -> None:
    for base in ("OPTIN", "OPTOUT"):
        assert stands({"period": {"end": "2027"}}, policyRule=_base(base)) == ["Consent.provision.type"]
        assert stands({}, policyRule=_base(base)) == ["Consent.provision.type"]
        assert stands({"purpose": [{"system": f"{V3}v3-ActReason", "code": "TREAT"}]}, policyRule=_base(base)) == []
    assert stands({"type": "permit", "period": {"end": "2027"}}, policyRule=_base("OPTIN")) == []


@pytest.mark.parametrize(
    ("root", "base", "exception", "says"),
    [
        ({"type": "permit"}, None, {"type": "permit"}, "adds nothing"),
        ({"type": "permit"}, None, {}, "`deny`"),
        ({"type": "deny"}, None, {"type": "deny"}, "adds nothing"),
        ({"type": "deny"}, None, {"type": "maybe"}, "`permit`"),
        ({"actor": []}, _base("OPTIN"), {"type": "deny"}, "adds nothing"),
        ({"actor": []}, _base("OPTIN"), {}, "`permit`"),
        ({"actor": []}, _base("OPTOUT"), {}, "`deny`"),
    ],
)
def test_of_an_exception_it_is_said_which_type_it_has(root: Any, base: Any, exception: Any, says: str) -> None:
    given = {"scope": SCOPE, "policyRule": base, "provision": root | {"provision": [exception]}}
    *_, wrong = enforceable.unenforceable(given)
    assert wrong.at == "Consent.provision.provision[0].type"
    assert says in wrong.text
    assert ("同じ種別" if says == "adds nothing" else says) in wrong.ja


@pytest.mark.parametrize(
    ("around", "wrong"),
    [
        ({"scope": None}, ["Consent.scope"]),
        ({"scope": {"text": "個人情報"}}, ["Consent.scope"]),
        ({"scope": {"coding": [{"system": f"{V3}consentscope", "code": "research"}]}}, ["Consent.scope"]),
        ({"scope": {"coding": [*SCOPE["coding"], {"system": "urn:x", "code": "y"}]}}, ["Consent.scope"]),
        ({"category": [TO_READ, {"coding": [{"system": LOINC, "code": "59284-0"}]}]}, []),
        ({"category": [{"coding": [*TO_READ["coding"], {"system": LOINC, "code": "59284-0"}]}]}, []),
        ({"category": [{"text": "提供"}]}, []),
        ({"category": [{"coding": EVERY_CATEGORY}]}, []),
        ({"category": [TO_READ, {"coding": [{"system": LOINC, "code": "1"}]}]}, ["Consent.category[1]"]),
        ({"category": [{"coding": [*TO_READ["coding"], {"system": LOINC, "code": "1"}]}]}, ["Consent.category[0]"]),
        ({"verification": [{"verified": True}]}, []),
        ({"verification": [{"verified": True}, {"verified": False}]}, ["Consent.verification[1].verified"]),
        ({"verification": [{"verified": "true"}]}, ["Consent.verification[0].verified"]),
        ({"verification": ["x", {}]}, ["Consent.verification[0].verified", "Consent.verification[1].verified"]),
        ({"implicitRules": "urn:x", "also": 1}, ["Consent.also", "Consent.implicitRules"]),
    ],
)
def test_what_stands_around_the_provision_is_enforced_too(around: dict[str, Any], wrong: list[str]) -> None:
    assert stands({"type": "permit"}, **around) == wrong
