"""A paper is verified by an agency that was asked to, which sees the rows of that person and opens its own records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent.actor import Actor
from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.town import Town, actor, concern, household, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, CO = actor("p"), actor("q"), actor("co")
EVERYBODY: Json = {"type": "permit"}


def asking(id: str = "v", focus: str = "a", status: str = "requested", owner: str = "Organization/other") -> Json:
    task: Json = {"resourceType": "Task", "id": id, "status": status, "intent": "order"}
    task |= {"code": concept("task-code", "verify"), "focus": ref(f"Consent/{focus}"), "for": ref("Patient/1")}
    return task | {"requester": ref("Organization/center"), "owner": ref(owner)}


def verify(town: Town, who: Actor = Q, id: str = "a", *, verified: bool = True) -> list[Json]:
    return [orjson.loads(each.body) for each in town.run(town.gate.verify(who, id, verified=verified))]


def refused(town: Town, who: Actor = Q, id: str = "a", *, verified: bool = True) -> str:
    with pytest.raises(Problem) as caught:
        verify(town, who, id, verified=verified)
    return caught.value.kind


@pytest.fixture
def signed(town: Town) -> Town:
    """The person let everybody read; the other agency keeps a concern of theirs, and was not asked to verify."""
    town.write(P, patient("1"), concern("ours", "1"))
    town.sign(P, consent("a", provision=EVERYBODY))
    town.write(Q, concern("theirs", "1"))
    return town


def test_who_verified_it_opens_its_own_records_by_it(signed: Town) -> None:
    assert signed.search(CO, "Condition") == ["Condition/ours"]
    signed.write(P, asking())
    assert signed.search(CO, "Condition") == ["Condition/ours"]
    (shown, paper) = verify(signed, verified=False)
    assert "verification" not in shown
    assert paper["id"] == "a-paper"
    assert signed.search(CO, "Condition") == ["Condition/ours"]
    (shown, _) = verify(signed)
    [entry] = shown["verification"]
    assert (entry["verified"], entry["verificationDate"]) == (True, "2026-11-23")
    assert entry["extension"][0]["valueReference"] == ref("Organization/other")
    assert signed.search(CO, "Condition") == ["Condition/ours", "Condition/theirs"]
    assert verify(signed)[0]["meta"]["versionId"] == "2"
    assert signed.read(P, "Consent/a")["verification"] == [entry]


def test_that_it_was_verified_is_kept_when_its_filer_writes_it(signed: Town) -> None:
    signed.write(P, asking())
    verify(signed)
    had = signed.read(P, "Consent/a")
    signed.write(P, had | {"language": "ja"})
    assert signed.search(CO, "Condition") == ["Condition/ours", "Condition/theirs"]
    bare = {name: value for name, value in had.items() if name != "verification"}
    with pytest.raises(Problem):
        signed.write(P, bare)
    signed.write(P, had | {"status": "inactive"})
    assert signed.search(CO, "Condition") == []


def test_to_who_was_not_asked_there_is_no_such_consent(signed: Town) -> None:
    assert refused(signed) == refused(signed, id="none") == refused(signed, verified=False) == "not-found"
    signed.write(P, asking(owner="Organization/council"))
    assert refused(signed) == "not-found"
    assert refused(signed, P) == "not-found"
    assert verify(signed, CO)


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_a_request_that_is_over_asks_nothing_any_more(signed: Town, status: str) -> None:
    signed.write(P, asking())
    signed.write(P, asking(status=status) | {"meta": {"versionId": "1"}})
    assert refused(signed) == "not-found"


def test_only_who_filed_it_asks(signed: Town) -> None:
    """An agency that may read the consent asks itself, or is asked by another that may."""
    signed.write(Q, asking("self") | {"requester": ref("Organization/other")})
    assert refused(signed) == "not-found"
    assert signed.search(CO, "Condition") == ["Condition/ours"]


def test_not_for_another_purpose_nor_beyond_the_scope_of_the_token(signed: Town) -> None:
    signed.write(P, asking())
    for purpose in ("statistics", "audit-review"):
        assert refused(signed, replace(Q, purpose=purpose)) == "not-found"
    narrow = tuple(replace(scope, type="Condition") for scope in Q.scopes)
    assert refused(signed, replace(Q, scopes=narrow)) == "forbidden"


def test_what_has_ended_is_not_verified(signed: Town) -> None:
    signed.write(P, asking())
    signed.write(P, consent("a", provision=EVERYBODY, status="inactive", meta={"versionId": "1"}))
    assert refused(signed) == "business-rule"


@pytest.mark.parametrize("what", ["Consent/a", "DocumentReference/a-paper"])
def test_what_was_entered_in_error_or_rests_on_such_a_paper_is_shown_and_verified_by_nobody(
    signed: Town, what: str
) -> None:
    signed.write(P, asking())
    signed.write(P, signed.read(P, what) | {"status": "entered-in-error"})
    assert refused(signed, verified=False) == refused(signed) == "not-found"


def test_of_the_paper_of_a_household_it_sees_the_rows_of_that_person_alone(town: Town) -> None:
    rows = [
        {
            "linkId": "member",
            "extension": [extension("member-subject", valueReference=ref(f"Patient/{one}"))],
            "item": [{"linkId": "member.name", "answer": [{"valueString": f"世帯員{one}"}]}],
        }
        for one in "12"
    ]
    sheet: Json = {"resourceType": "QuestionnaireResponse", "id": "s", "status": "completed", "authored": "2026-11-23"}
    sheet |= {"subject": ref("Group/g"), "item": [*rows, {"linkId": "story", "answer": [{"valueString": "経過"}]}]}
    why = extension("withheld-reason", valueString="世帯員2が親に知られたくないと話している")
    sheet |= {"meta": {"security": [own("handling-label", "withheld") | {"extension": [why]}]}}
    town.write(P, patient("1"), patient("2"), household("1", "2"), sheet)
    town.write(P, consent("a", sourceReference=ref("QuestionnaireResponse/s")), asking())
    (_, paper) = verify(town, verified=False)
    assert paper["item"] == rows[:1]
    assert "subject" not in paper
    assert paper["meta"]["security"] == [own("handling-label", "withheld")], "how it is handled, and not why"
    assert "世帯員2" not in orjson.dumps(paper).decode()


def test_of_the_paper_of_a_protected_person_it_sees_what_is_harmless_and_verifies_it_all_the_same(town: Town) -> None:
    """D1: the sheet says where the person is; what is marked in it is marked by its place in the whole sheet."""
    rows: list[Json] = [
        {
            "linkId": "member",
            "extension": [extension("member-subject", valueReference=ref(f"Patient/{one}"))],
            "item": [{"linkId": "member.notes", "answer": [{"valueString": f"隠れ家{one}"}]}],
        }
        for one in "21"
    ]
    sheet: Json = {"resourceType": "QuestionnaireResponse", "id": "s", "status": "completed", "authored": "2026-11-23"}
    town.write(P, patient("1"), patient("2"), household("1", "2"), sheet | {"subject": ref("Group/g"), "item": rows})
    town.write(P, consent("a", sourceReference=ref("QuestionnaireResponse/s")), asking())
    town.protect(P, "Patient/1", "Organization/center")
    town.check(P, "QuestionnaireResponse/s", "QuestionnaireResponse.item[0].item[0].answer[0].valueString")
    (_, paper) = verify(town, verified=False)
    assert "隠れ家" not in orjson.dumps(paper).decode()
    (shown, _) = verify(town)
    assert (shown["meta"]["versionId"], shown["patient"]) == ("2", ref("Patient/1"))
    (stored,) = town.stored("Consent")
    assert ".honoured Organization/other" in stored.terms
    assert stored.terms.count(".secluded yes") == 1
    assert ".masked yes" in stored.terms, "who verified it wrote nothing else of it"


def test_the_trail_says_that_it_was_looked_at_and_verified_and_who_was_turned_away(signed: Town) -> None:
    refused(signed)
    assert signed.trail()[-1]["outcome"] == "4"
    signed.write(P, asking())
    verify(signed, verified=False)
    assert signed.trail()[-1]["action"] == "R"
    verify(signed)
    last = signed.trail()[-1]
    assert last["action"] == "U"
    assert {"Consent/a/_history/2"} <= {each.get("what", {}).get("reference") for each in last["entity"]}
