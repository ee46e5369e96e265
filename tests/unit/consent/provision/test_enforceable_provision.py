"""What of one provision the server cannot enforce, element by element and code by code, and where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from consent.provision import enforceable_provision as provisions
from tests.laws.worlds import CONFIDENTIALITY, RESOURCE_TYPES, V3, extension, own, ref

IRCP = {"coding": [{"system": f"{V3}v3-ParticipationType", "code": "IRCP"}]}
ACT_REASON = f"{V3}v3-ActReason"
ACCESS, CORRECT = ({"system": f"{V3}consentaction", "code": code} for code in ("access", "correct"))
A_TEAM = "CareTeam/1"
Json = dict[str, Any]


def stands(**elements: Any) -> list[str]:
    """Where something stands in the way in a provision of these elements, in its order."""
    found = list(provisions.unenforceable(elements, "P"))
    assert all(issue.text.startswith("R4: ") and issue.ja.startswith("R4: ") for issue in found)
    assert {(issue.rule, issue.code) for issue in found} <= {("R4", "business-rule")}
    assert all(issue.at.startswith("P.") for issue in found)
    return [issue.at.removeprefix("P.") for issue in found]


def actor(name: str = "Organization/1", **elements: Any) -> Json:
    return {"role": IRCP, "reference": ref(name)} | elements


def recorded(*names: str) -> list[Json]:
    return [extension("recorded-in-team", valueReference=ref(each)) for each in names]


def test_a_provision_that_says_something_known_in_each_element_is_enforced() -> None:
    period = {"start": "2026", "end": "2027"}
    known: Json = {"id": "x", "type": "permit", "period": period, "dataPeriod": period, "provision": []}
    known |= {"actor": [actor(id="a")], "action": [{"coding": [ACCESS]}], "purpose": [_for("TREAT")]}
    known |= {"class": [{"system": RESOURCE_TYPES, "code": "Condition"}], "securityLabel": [_marked("R")]}
    known |= {"code": [{"coding": [own("concern-field", "debts")]}]}
    known |= {"data": [{"id": "d", "meaning": "instance", "reference": ref("Condition/1")}]}
    assert stands(**known) == []


def _for(code: str) -> Json:
    return {"system": ACT_REASON, "code": code}


def _marked(code: str, system: str = CONFIDENTIALITY) -> Json:
    return {"system": system, "code": code}


def test_what_is_unknown_or_empty_is_named_in_the_order_of_the_alphabet() -> None:
    assert stands(unheard=1, also=[], type="deny", modifierExtension=[]) == ["also", "unheard"]
    empty: Json = {name: [] for name in ("securityLabel", "actor", "action", "purpose", "class", "code", "data")}
    assert stands(**empty) == sorted(empty)
    assert stands(dataPeriod={}) == ["dataPeriod"]


@pytest.mark.parametrize("element", ["period", "dataPeriod"])
def test_a_period_can_be_read_and_holds_a_day(element: str) -> None:
    for unread in ("2026", {"start": "2026-13"}, {"start": "2027", "end": "2026"}, {"start": 1}):
        assert stands(**{element: unread}) == [element], unread
    assert stands(**{element: {"start": "2026", "end": "2026"}}) == []


@pytest.mark.parametrize(
    ("one", "wrong"),
    [
        (actor(), []),
        (actor(role={"coding": [IRCP["coding"][0] | {"code": code} for code in ("IRCP", "PRCP")]}), []),
        (actor(role=None), ["role"]),
        (actor(role={"text": "受け手"}), ["role"]),
        (actor(role={"coding": [*IRCP["coding"], {"system": "urn:x", "code": "IRCP"}]}), ["role"]),
        (actor("Group/1"), ["reference"]),
        (actor("Patient/1"), ["reference"]),
        (actor(reference=None), ["reference"]),
        (actor("Practitioner/1"), []),
        (actor("PractitionerRole/1"), []),
        (actor("Location/1", role={}), ["role", "reference"]),
        (actor(unheard=1, also=1, modifierExtension=[]), ["also", "unheard"]),
        (actor(extension=recorded("Organization/1")), ["extension"]),
        (actor(extension=[{"url": "urn:x"}]), ["extension"]),
        (actor(A_TEAM), ["reference"]),
        (actor(A_TEAM, extension=recorded("Practitioner/1")), ["reference"]),
        (actor(A_TEAM, extension=recorded("Organization/1")), []),
        (
            actor(A_TEAM, extension=[*recorded("Organization/1"), {"url": "urn:x"}, {}]),
            ["extension[1]", "extension[2]"],
        ),
        (actor(A_TEAM, extension=recorded("Organization/1"), id="a", display="a"), ["display"]),
    ],
)
def test_a_recipient_is_of_the_directory_and_has_the_role_to_receive(one: Json, wrong: list[str]) -> None:
    assert stands(actor=[actor(), one]) == [f"actor[1].{each}" for each in wrong]


def test_it_is_said_which_recipients_there_are() -> None:
    (group,) = provisions.unenforceable({"actor": [actor("Group/1")]}, "P")
    (person,) = provisions.unenforceable({"actor": [actor("Patient/1")]}, "P")
    (team,) = provisions.unenforceable({"actor": [actor(A_TEAM)]}, "P")
    assert ("a Group holds persons" in group.text, "Group" in group.ja) == (True, True)
    assert ("PractitionerRole" in person.text, "相談機関一覧" in person.ja) == (True, True)
    assert ("records no agency" in team.text, "記録されていません" in team.ja) == (True, True)


def test_the_agencies_of_a_team_are_those_that_the_server_wrote_down() -> None:
    team = actor(A_TEAM, extension=recorded("Organization/2", "Practitioner/1", "Organization/1", "Organization/2"))
    assert provisions.recorded(team) == ["Organization/1", "Organization/2"]
    assert provisions.recorded(actor()) == []
    other = actor(A_TEAM, extension=[extension("member-subject", valueReference=ref("Organization/1"))])
    assert provisions.recorded(other) == []


@pytest.mark.parametrize(
    ("actions", "wrong"),
    [
        ([{"coding": [ACCESS]}], []),
        ([{"coding": [CORRECT]}, {"coding": [ACCESS]}], []),
        ([{"coding": [CORRECT, ACCESS]}], []),
        ([{"coding": [CORRECT]}], ["action"]),
        ([{"coding": [ACCESS]}, {"text": "見る"}], ["action[1]"]),
        ([{"text": "見る"}], ["action[0]"]),
        ([{"coding": [{"system": f"{V3}consentaction", "code": "look"}]}], ["action[0]"]),
        ([{"coding": [ACCESS, {"system": "urn:x", "code": "access"}]}], ["action[0]"]),
    ],
)
def test_a_consent_is_about_reading_whatever_it_says_besides(actions: list[Json], wrong: list[str]) -> None:
    assert stands(action=actions) == wrong


@pytest.mark.parametrize(
    ("purpose", "known"),
    [
        (_for("TREAT"), True),
        (_for("CAREMGT"), True),
        (own("purpose-of-use", "support-conference"), True),
        (_for("LOOK"), False),
        ({"code": "TREAT"}, False),
        ({"system": ACT_REASON}, False),
        ({}, False),
        (own("purpose-of-use", "statistics"), False),
        (_marked("R"), False),
    ],
)
def test_a_purpose_is_one_of_hl7_or_the_support_conference(purpose: Json, known: bool) -> None:
    assert stands(purpose=[_for("TREAT"), purpose]) == ([] if known else ["purpose[1]"])


def test_a_class_is_a_type_that_a_record_can_be_of_and_has_a_date_where_one_is_asked_for() -> None:
    def kind(code: Any, system: str = RESOURCE_TYPES) -> list[Json]:
        return [{"system": system, "code": "Condition"}, {"system": system, "code": code}]

    period = {"start": "2026"}
    for known in ("Condition", "Patient"):
        assert stands(**{"class": kind(known)}) == []
    for unknown in ("condition", "Circumstance", None):
        assert stands(**{"class": kind(unknown)}) == ["class[1].code"]
    assert stands(**{"class": kind("Patient", "urn:x")[1:]}) == ["class[0].system"]
    assert stands(**{"class": kind("Patient"), "dataPeriod": period}) == ["class[1].code"], "it has no date to compare"
    assert stands(**{"class": kind("Condition"), "dataPeriod": period}) == []
    assert stands(**{"class": kind("Patient"), "period": period}) == []


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ({"coding": [own("concern-field", "debts")]}, []),
        ({"coding": [{"system": "http://loinc.org", "code": "57016-8"}]}, []),
        ({"text": "借金"}, [""]),
        ({"coding": []}, [""]),
        ({"coding": [own("concern-field", "debts"), {"code": "debts"}]}, [".coding[1]"]),
        ({"coding": [{"system": "urn:x"}]}, [".coding[0]"]),
        ({"coding": [own("concern-field", "unheard-of")]}, [".coding[0].code"]),
        ({"coding": [own("unheard-of", "debts")]}, [".coding[0].code"]),
    ],
)
def test_a_code_is_named_with_its_system_and_is_one_of_it(code: Json, wrong: list[str]) -> None:
    assert stands(code=[{"coding": [own("concern-field", "debts")]}, code]) == [f"code[1]{each}" for each in wrong]


@pytest.mark.parametrize(
    ("label", "wrong"),
    [
        (_marked("R"), ""),
        (own("secrecy-label", "address-secret"), ""),
        (_marked("R", "urn:x"), ".system"),
        ({"code": "R"}, ".system"),
        (_marked("Q"), ".code"),
        ({"system": CONFIDENTIALITY}, ".code"),
    ],
)
def test_a_label_is_one_that_is_compared(label: Json, wrong: str) -> None:
    expected = [f"securityLabel[1]{wrong}"] if wrong else []
    assert stands(securityLabel=[_marked("N"), label]) == expected


@pytest.mark.parametrize(
    ("meaning", "name", "wrong"),
    [
        ("instance", "Condition/1", ""),
        ("authoredby", "Practitioner/1", ""),
        ("authoredby", "Organization/1", ""),
        ("authoredby", "Condition/1", ".reference"),
        ("authoredby", "PractitionerRole/1", ".reference"),
        ("instance", "Organization/1", ""),
        ("related", "Condition/1", ".meaning"),
        (None, "Condition/1", ".meaning"),
        ("instance", "Condition/1/_history/2", ".reference"),
        ("instance", "https://elsewhere.example/Condition/1", ".reference"),
        ("authoredby", "", ".reference"),
    ],
)
def test_a_record_is_named_by_its_id_or_by_who_wrote_it(meaning: str | None, name: str, wrong: str) -> None:
    data = [{"meaning": "instance", "reference": ref("Condition/1")}, {"meaning": meaning, "reference": ref(name)}]
    assert stands(data=data) == ([f"data[1]{wrong}"] if wrong else [])


def test_of_a_record_that_is_named_nothing_else_is_said() -> None:
    one = {"id": "x", "meaning": "instance", "reference": ref("Condition/1"), "modifierExtension": []}
    assert stands(data=[one | {"unheard": 1, "also": 1}]) == ["data[0].also", "data[0].unheard"]
    assert stands(data=[{"meaning": "instance"}]) == ["data[0].reference"]


def many(count: int, one: Any = None) -> list[Any]:
    return [one or actor()] * count


def too_much(provision: Any) -> list[str]:
    found = list(provisions.too_much({"provision": provision}))
    assert all(str(most) in issue.text and str(most) in issue.ja for issue in found for most in [_most(issue.at)])
    return [issue.at.removeprefix("Consent.provision") for issue in found]


def _most(at: str) -> int:
    return provisions.MOST_EXCEPTIONS if at.endswith(".provision") else provisions.MOST_SAID


def test_an_element_names_so_many_and_a_root_has_so_many_exceptions() -> None:
    assert (provisions.MOST_SAID, provisions.MOST_EXCEPTIONS, provisions.MOST_ROWS) == (500, 50, 300)
    assert too_much({"actor": many(500), "data": many(500, {})}) == []
    assert too_much({"actor": many(501), "data": many(501, {}), "unheard": many(501)}) == [".actor", ".data"]
    assert too_much({"provision": many(50, {"type": "deny"})}) == []
    assert too_much({"provision": many(51, {"type": "deny"})}) == [".provision"]
    within = [{"type": "deny"}, "x", {"purpose": many(501, {}), "action": many(501, {})}]
    assert too_much({"provision": within}) == [".provision[2].action", ".provision[2].purpose"]
    late = [*many(50, {"type": "deny"}), {"purpose": many(501, {})}]
    assert too_much({"provision": late}) == [".provision"], "beyond them nothing is looked at"
    assert too_much({"class": "x" * 501, "provision": {"actor": many(501)}}) == [], "of another form"
    assert too_much({"provision": [["actor"]]}) == []


def test_of_a_repetition_its_codes_and_agencies_are_counted() -> None:
    code, team = {"coding": many(250, {})}, {"extension": many(251, {})}
    assert too_much({"code": [code, code]}) == []
    assert too_much({"code": [code, code, {}]}) == [".code"]
    assert too_much({"code": [{"coding": many(501, {})}]}) == [".code"]
    assert too_much({"actor": [team, {"extension": many(249, {})}]}) == []
    assert too_much({"actor": [team, {"extension": many(250, {})}]}) == [".actor"]
    assert too_much({"actor": [{"extension": many(501, {}), "coding": {}}]}) == [".actor"]
    assert too_much({"purpose": ["x"] * 500}) == []
    assert too_much({"purpose": ["x"] * 501}) == [".purpose"]


@pytest.mark.parametrize("root", [None, [], "x"])
def test_what_has_no_provision_says_nothing_too_much(root: Any) -> None:
    assert too_much(root) == []
    assert list(provisions.too_much({})) == []


def test_rows_are_recipients_times_records_and_those_of_the_exceptions_besides() -> None:
    team = actor(A_TEAM, extension=recorded("Organization/1", "Organization/2", "Organization/3"))
    assert provisions.rows({}) == 1
    assert provisions.rows({"actor": [actor(), actor()], "data": many(3, {})}) == 6
    assert provisions.rows({"actor": [actor(), team], "data": many(2, {})}) == 8
    assert provisions.rows({"data": many(2, {}), "provision": [{}, {"actor": many(3)}]}) == 6
    assert provisions.rows({"actor": [], "data": [], "provision": None}) == 1
