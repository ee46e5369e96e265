"""What a consent, a roster, a closing or a household would change, before it is written; and that nothing is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent.actor import Scope
from consent.explaining import insight, simulating
from consent.writing.prepared import Change
from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent.people import NOBODY
from tests.unit.consent.town import Town, actor, concern, conference, household, paper, patient, roster, taken_on
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, CO, CONV = (actor(person) for person in ("p", "q", "co", "conv"))
MEETING = actor("conv", "support-conference")
OTHER = "Organization/other"
PAPER = "DocumentReference/a-paper"


def simulated(town: Town, who: Any, *resources: Json) -> list[Json]:
    """A resource with a version is the next version of that record."""
    changes = [
        Change(
            "update" if (each.get("meta") or {}).get("versionId") else "create",
            each["resourceType"],
            each["id"],
            orjson.dumps(each),
        )
        for each in resources
    ]
    found: list[Json] = town.run(simulating.simulated(town.gate, who, changes))["parameter"]
    return found


def differences(town: Town, who: Any, *resources: Json) -> dict[str, dict[str, list[str]]]:
    """By actor, the records gained and lost."""
    found: dict[str, dict[str, list[str]]] = {}
    for parts in (each["part"] for each in simulated(town, who, *resources) if each["name"] == "actor"):
        one = next(part["valueReference"] for part in parts if part["name"] == "who")
        changes = {part["name"]: part["part"] for part in parts if part["name"] in ("gained", "lost")}
        found[one.get("reference") or "*"] = {
            name: [part["valueReference"]["reference"] for part in each if part["name"] == "record"]
            for name, each in changes.items()
        }
        for name, each in changes.items():
            assert each[0] == {"name": "records", "valueInteger": len(found[one.get("reference") or "*"][name])}
    return found


def everything(town: Town) -> list[tuple[str, int]]:
    types = ("Patient", "Condition", "Consent", "Group", "Encounter", "CareTeam", "Task", "CarePlan")
    return [(row.reference, row.number) for type in types for row in town.stored(type)]


def test_a_consent_that_is_not_yet_written_says_whom_it_would_open_what(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"), patient("2"), concern("d", "2"), paper(consent("a")))
    stood, told = everything(town), len(town.trail())
    assert differences(town, P, consent("a")) == {OTHER: {"gained": ["Condition/c", PAPER, "Patient/1"]}}
    assert everything(town) == stood
    with pytest.raises(Problem, match="there is no"):
        town.read(Q, "Condition/c")
    told_now = town.trail()[told:]
    assert [event["entity"][-1]["name"] for event in told_now] == ["$simulate", "denied"]
    assert [event["action"] for event in told_now] == ["R", "R"]


AS_FAR_AS = {
    "name": "reason",
    "part": [
        {
            "name": "because",
            "valueString": "何も保存していない。自分が読める記録について、閲覧の根拠を自分が読める範囲で示す",
        },
        {
            "name": "because-en",
            "valueString": "nothing was stored; told of the records that you may read, as far as you may read what the "
            "access rests on",
        },
    ],
}


def changed(name: str, *records: str, many: int = 0) -> Json:
    named = [{"name": "record", "valueReference": {"reference": each}} for each in records]
    return {"name": name, "part": [{"name": "records", "valueInteger": many or len(records)}, *named]}


def of(who: Json, *changes: Json) -> Json:
    return {"name": "actor", "part": [{"name": "who", "valueReference": who}, *changes]}


def test_the_whole_answer_is_who_gains_and_who_loses_what_and_how_far_that_is_told(town: Town) -> None:
    town.sign(P, patient("1"), concern("c", "1"), consent("a"))
    council = consent("a")["provision"]["actor"][0] | {"reference": ref("Organization/council")}
    new = consent("b", provision={"type": "permit", "actor": [council]}, policyRule={"text": "別の様式"})
    town.write(P, paper(new))
    gained = ("Condition/c", PAPER, "DocumentReference/b-paper", "Patient/1")
    revoked = consent("a", status="inactive", meta={"versionId": "1"})
    assert simulated(town, P, new, revoked) == [
        of(ref("Organization/council"), changed("gained", "Condition/c", "Consent/a", *gained[1:])),
        of(ref(OTHER), changed("lost", *gained)),
        AS_FAR_AS,
    ]
    everybody = new | {"provision": {"type": "permit"}}
    every = {"display": "すべての相談機関 / every agency"}
    assert simulated(town, P, everybody)[0] == of(every, changed("gained", "Condition/c", "Consent/a", *gained[1:]))
    assert simulated(town, P, consent("a", meta={"versionId": "1"})) == [AS_FAR_AS]


def test_fifty_records_are_named_and_all_are_counted(town: Town) -> None:
    town.write(P, patient("1"), *(concern(f"c{n:02}", "1") for n in range(49)))
    types = [{"system": "http://hl7.org/fhir/resource-types", "code": "Condition"}]
    new = consent("a", provision=consent("a")["provision"] | {"class": types})
    town.write(P, paper(new))
    names = [f"Condition/c{n:02}" for n in range(52)]
    assert simulated(town, P, new)[0] == of(ref(OTHER), changed("gained", *names[:49]))
    town.write(P, concern("c49", "1"))
    assert simulated(town, P, new)[0] == of(ref(OTHER), changed("gained", *names[:50]))
    town.write(P, concern("c50", "1"), concern("c51", "1"))
    assert simulated(town, P, new)[0] == of(ref(OTHER), changed("gained", *names[:50], many=52))


def test_a_consent_that_names_nobody_opens_to_everybody(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"), paper(consent("a")))
    made = differences(town, P, consent("a", provision={"type": "permit"}))
    assert made == {"*": {"gained": ["Condition/c", PAPER, "Patient/1"]}}


def test_taking_a_consent_back_says_what_would_close(town: Town) -> None:
    town.sign(P, patient("1"), concern("c", "1"), consent("a"))
    revoked = consent("a", status="inactive", meta={"versionId": "1"})
    assert differences(town, P, revoked) == {OTHER: {"lost": ["Condition/c", PAPER, "Patient/1"]}}
    assert town.read(Q, "Condition/c")["id"] == "c"


def test_a_refusal_for_one_kind_of_record_says_what_it_would_withhold(town: Town) -> None:
    town.sign(P, patient("1"), concern("c", "1"), consent("a"))
    types = [{"system": "http://hl7.org/fhir/resource-types", "code": "Condition"}]
    narrower = consent("b", provision={"type": "deny", "class": types})
    town.write(P, paper(narrower))
    assert differences(town, P, narrower) == {OTHER: {"lost": ["Condition/c"]}}


def test_who_joins_a_household_closes_what_is_about_all_of_it(town: Town) -> None:
    plan = {"resourceType": "CarePlan", "id": "plan", "status": "active", "intent": "plan", "subject": ref("Group/g")}
    town.sign(P, patient("1"), patient("2"), household("1"), plan, consent("a"))
    joined = household("1", "2") | {"meta": {"versionId": "1"}}
    assert differences(town, P, joined) == {OTHER: {"lost": ["CarePlan/plan", "Group/g"]}}
    assert town.read(Q, "CarePlan/plan")["id"] == "plan"
    both = consent("b", patient=ref("Patient/2"), performer=[ref("Patient/2")])
    town.write(P, paper(both))
    assert differences(town, P, joined, both) == {OTHER: {"gained": ["DocumentReference/b-paper", "Patient/2"]}}


def test_closing_a_conference_says_whom_it_would_close_the_case_to(open_: Town) -> None:
    finished = conference("finished", "q", "p") | {"meta": {"versionId": "2"}}
    made = differences(open_, CONV, finished)
    letters = [f"Communication/{id}" for id in ("1", "2", "i", "o")]  # their own two answers too
    assert made["Practitioner/q"] == {"lost": ["CarePlan/k", *letters, "Encounter/m", "Group/g"]}
    assert "Condition/c" not in repr(made)  # the convener may not read it here
    assert open_.search(actor("q", "support-conference"), "Condition") == ["Condition/c"]


def test_a_seat_and_a_roster_say_whom_they_would_open_the_case_to(open_: Town) -> None:
    assert differences(open_, CONV, roster("p", "co") | {"meta": {"versionId": "1"}})["Practitioner/q"]["lost"]
    unseated = conference("in-progress", "p") | {"meta": {"versionId": "2"}}
    assert "Group/g" in differences(open_, CONV, unseated)["Practitioner/q"]["lost"]


def test_what_may_not_be_written_is_not_simulated(town: Town) -> None:
    town.sign(P, patient("1"), concern("c", "1"), consent("a"))
    town.write(P, paper(consent("b")))
    cases = (
        (Q, consent("b", patient=ref("Patient/2"), performer=[ref("Patient/2")]), "invalid"),
        (Q, consent("a", status="inactive", meta={"versionId": "1"}), "forbidden"),
        (P, consent("b", performer=[ref(OTHER)]), "business-rule"),
        (P, household() | {"id": "none", "meta": {"versionId": "1"}}, "not-found"),
        (CO, household("1"), "invalid"),
        (P, conference("planned"), "invalid"),
        (P, roster("p"), "forbidden"),
        (P, concern("d", "1"), "not-supported"),
        (replace(P, scopes=(Scope("user", "*", frozenset("rs")),)), consent("b"), "forbidden"),
        (actor("aud", "audit-review"), consent("b"), "invalid"),
        (NOBODY, consent("b"), "login"),
    )  # fmt: skip
    for who, resource, kind in cases:
        stood = everything(town)
        with pytest.raises(Problem) as refused:
            simulated(town, who, resource)
        assert refused.value.kind == kind, (resource, refused.value)
        assert everything(town) == stood
    with pytest.raises(Problem, match="send 1 to 10"):
        simulated(town, P)
    names = [event["entity"][-1]["name"] for event in town.trail() if event["outcome"] == "4"]
    assert set(names) == {"$simulate"}


def test_nothing_is_learnt_of_a_refusal_that_the_asker_may_not_read(town: Town) -> None:
    """A consent to a third agency would open what is refused elsewhere, as far as the asker may know."""
    types = [{"system": "http://hl7.org/fhir/resource-types", "code": each} for each in ("Patient", "Condition")]
    open_to = consent("a")["provision"] | {"class": types}
    town.sign(P, patient("1"), concern("c", "1"), consent("a", provision=open_to))
    town.write(Q, concern("q", "1"))
    foreign = {"policyRule": {"text": "別の様式"}, "organization": [ref(OTHER)]}
    taken_on(town)
    town.write(P, paper(consent("b")))
    before = simulated(town, P, consent("b", policyRule={"text": "さらに別の様式"}))
    town.sign(Q, consent("refusal", provision={"type": "deny"}, **foreign))
    with pytest.raises(Problem):
        town.read(P, "Consent/refusal")
    assert simulated(town, P, consent("b", policyRule={"text": "さらに別の様式"})) == before


def test_nothing_is_learnt_of_an_agency_that_the_asker_does_not_know_to_be_involved(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    revoking = consent("a", status="inactive", meta={"versionId": "1"})
    town.sign(P, consent("a"))
    taken_on(town)
    town.write(Q, concern("q", "1"))
    before = simulated(town, P, revoking)
    council = consent("a")["provision"]["actor"][0] | {"reference": ref("Organization/council")}
    foreign = {"policyRule": {"text": "別の様式"}, "organization": [ref(OTHER)]}
    types = [{"system": "http://hl7.org/fhir/resource-types", "code": "Condition"}]
    town.sign(Q, consent("q1", provision={"type": "permit", "actor": [council], "class": types}, **foreign))
    assert town.search(CO, "Condition") == ["Condition/q"]
    assert simulated(town, P, revoking) == before


def test_nothing_is_learnt_of_whom_a_record_is_about_through_one_that_is_hidden(town: Town) -> None:
    """A letter names a concern that its writer may not read any more, and so does not say whose it is."""
    town.sign(P, patient("1"), concern("c", "1"), consent("a"))
    taken_on(town)
    letter = {"resourceType": "Communication", "id": "w", "status": "completed", "about": [ref("Condition/c")]}
    town.write(Q, letter, concern("q", "1"))
    town.write(P, consent("a", status="inactive", meta={"versionId": "1"}))
    types = [{"system": "http://hl7.org/fhir/resource-types", "code": "Patient"}]
    again = {"dateTime": "2026-11-23T13:00:00+09:00"}
    town.sign(P, consent("b", provision=consent("b")["provision"] | {"class": types}, **again))
    everybody = consent("q", provision={"type": "permit"}, organization=[ref(OTHER)], policyRule={"text": "別の様式"})
    town.write(Q, paper(everybody))
    assert town.read(Q, "Communication/w")["id"] == "w"
    assert "Communication/w" not in repr(simulated(town, Q, everybody))
    assert "Condition/q" in repr(simulated(town, Q, everybody))
    types = [{"system": "http://hl7.org/fhir/resource-types", "code": "Condition"}]
    town.sign(P, consent("d", provision=consent("d")["provision"] | {"class": types}, **again))
    assert "Communication/w" in repr(simulated(town, Q, everybody))


def test_too_much_is_refused_and_never_told_in_part(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    monkeypatch.setattr(simulating, "MOST_RECORDS", 1)
    with pytest.raises(Problem, match="more than 1 records"):
        simulated(town, P, consent("a"))
    monkeypatch.setattr(simulating, "MOST_RECORDS", 9)
    monkeypatch.setattr(insight, "MOST_SEERS", 1)
    with pytest.raises(Problem, match="more than 1 agencies and persons"):
        simulated(town, P, consent("a"))


def test_what_is_simulated_leaves_the_next_write_its_number(town: Town) -> None:
    town.sign(P, patient("1"), consent("a"))
    simulated(town, P, consent("a", status="inactive", meta={"versionId": "1"}))
    (done,) = town.write(P, consent("a", status="inactive", meta={"versionId": "1"}))
    assert done.version.number == 2
    assert [event["entity"][-1]["name"] for event in town.trail()][-2] == "$simulate"


def test_who_is_not_shown_whom_a_consent_names_learns_it_from_no_other_version_of_it(town: Town) -> None:
    """Of a protected person (D1) the recipients are put back when it is written, and told to nobody by that."""
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a", status="proposed"))
    town.protect(P, "Patient/1", "HealthcareService/desk")
    mine = town.read(P, "Consent/a")
    assert OTHER not in str(mine)
    assert differences(town, P, mine | {"status": "active"}) == {}
    town.write(P, paper(consent("b")))
    assert OTHER in differences(town, P, consent("b")), "what is sent is known to who sends it"
