"""Whom a record is about, by each sentence of docs/policy.md, "whom a record is about", through the gate."""

from __future__ import annotations

from typing import Any

import pytest

from resources.record.problem import Problem
from resources.search.relation import values
from tests.laws.worlds import extension, ref
from tests.unit.consent.town import Town, actor, case, concern, household, patient
from tests.unit.consent.writing.test_superseding import consent

P, Q = actor("p"), actor("q")
KIN = {"resourceType": "RelatedPerson", "id": "r", "patient": ref("Patient/1")}


def again(number: int = 1, **elements: Any) -> dict[str, Any]:
    return {"meta": {"versionId": str(number)}} | elements


def task(id: str, **elements: Any) -> dict[str, Any]:
    return {"resourceType": "Task", "id": id, "status": "draft", "intent": "order"} | elements


def word(id: str, **elements: Any) -> dict[str, Any]:
    return {"resourceType": "Communication", "id": id, "status": "completed"} | elements


def named(town: Town, name: str, term: str = ".subject") -> list[str]:
    type = name.partition("/")[0]
    return [one for row in town.stored(type) if row.reference == name for one in values(row.terms, term)]


def consents(town: Town, *persons: str) -> None:
    """These persons let the other agency read what there is about them."""
    signed = [consent(f"s{one}", patient=ref(f"Patient/{one}"), performer=[ref(f"Patient/{one}")]) for one in persons]
    town.sign(P, *signed)


def test_every_patient_it_names_counts_in_what_is_contained_and_in_extensions_too(town: Town) -> None:
    inside = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "x"}}
    record = concern("c", "1", contained=[inside | {"subject": ref("Patient/2")}], evidence=[{"detail": [ref("#o")]}])
    record |= {"extension": [{"url": "urn:named", "valueReference": ref("Patient/3")}]}
    town.write(P, *(patient(str(n)) for n in (1, 2, 3)), record)
    assert named(town, "Condition/c") == ["Patient/1", "Patient/2", "Patient/3"]
    consents(town, "1", "2")
    assert town.search(Q, "Condition") == []
    consents(town, "3")
    assert town.search(Q, "Condition") == ["Condition/c"]


@pytest.mark.parametrize("kind", ["seealso", "replaced-by", "refer"])
@pytest.mark.parametrize("active", [True, False])
def test_a_related_person_is_her_patient_and_the_patient_who_says_to_be_her(
    town: Town, kind: str, active: bool
) -> None:
    """Also where the link comes later than the record that names her; an ended or inactive one still counts."""
    town.write(P, patient("1"), patient("3"), KIN)
    town.write(P, concern("c", "3", asserter=ref("RelatedPerson/r")))
    assert named(town, "Condition/c") == ["Patient/1", "Patient/3"]
    twin = patient("2", active=active, link=[{"other": ref("RelatedPerson/r"), "type": kind}])
    town.write(P, twin, KIN | again(gender="female"))
    assert named(town, "RelatedPerson/r") == ["Patient/1", "Patient/2"]
    assert named(town, "Condition/c") == ["Patient/1", "Patient/2", "Patient/3"]
    town.write(P, patient("2") | again())
    town.write(P, concern("d", "3", asserter=ref("RelatedPerson/r")))
    assert named(town, "Condition/d") == ["Patient/1", "Patient/2", "Patient/3"]
    assert named(town, "Patient/2") == ["Patient/2"], "her own record is not about the head of the household"


def test_in_one_transaction_the_link_counts_in_whatever_order(town: Town) -> None:
    twin = patient("2", link=[{"other": ref("RelatedPerson/r"), "type": "seealso"}])
    town.write(P, concern("c", "1", asserter=ref("RelatedPerson/r")), twin, KIN, patient("1"))
    assert named(town, "Condition/c") == ["Patient/1", "Patient/2"]


def test_who_joins_is_asked_at_once_and_who_leaves_is_asked_still_of_what_was_written_before(town: Town) -> None:
    """U1 of the findings: the household's plan was read until somebody rewrote it."""
    town.write(P, patient("1"), patient("2"), household("1"), case())
    consents(town, "1")
    assert town.search(Q, "CarePlan") == ["CarePlan/k"]
    town.write(P, household("1", "2") | again())
    assert (town.search(Q, "CarePlan"), town.search(Q, "Group")) == ([], [])
    town.write(P, household("1") | again(2))
    assert town.search(Q, "CarePlan") == [], "who was a member once it was written is asked still"
    town.write(P, case("later") | {"status": "on-hold"})
    assert town.search(Q, "CarePlan") == ["CarePlan/later"], "who left before is not"
    assert town.search(Q, "Group") == [], "the household itself has named both"
    consents(town, "2")
    assert town.search(Q, "CarePlan") == ["CarePlan/k", "CarePlan/later"]


def test_a_past_version_is_about_whom_the_record_is_about_now(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), concern("c", "1"))
    consents(town, "1")
    assert town.read(Q, "Condition/c", 1)["id"] == "c"
    town.write(P, concern("c", "1", asserter=ref("Patient/2")) | again())
    page = town.run(town.gate.history(P, "Condition", "c", 5))
    assert [list(values(row.terms, ".subject")) for row in page.versions] == [["Patient/1", "Patient/2"]] * 2
    town.write(P, concern("c", "1") | again(2))
    assert town.search(Q, "Condition") == [], "nobody once named is lost"


OF: list[dict[str, Any]] = [
    task("t", focus=ref("Condition/c")),
    task("t", basedOn=[ref("Condition/c")]),
    task("t", partOf=[ref("Task/first")]),
    task("t", encounter=ref("Encounter/e")),
    word("t", about=[ref("Condition/c")]),
    word("t", inResponseTo=[ref("Communication/w")]),
    word("t", basedOn=[ref("Condition/c")]),
    {"resourceType": "QuestionnaireResponse", "id": "t", "status": "completed"}
    | {"item": [{"linkId": "1", "answer": [{"valueReference": ref("Condition/c")}]}]},
]


@pytest.mark.parametrize("record", OF)
def test_it_is_about_whom_the_records_it_is_of_are_about_and_grows_with_them(town: Town, record: Any) -> None:
    town.write(P, patient("1"), patient("2"), concern("c", "1"), household("2"))
    meeting = {"resourceType": "Encounter", "id": "e", "status": "planned", "class": {"code": "AMB"}}
    town.write(P, meeting | {"subject": ref("Patient/1")})
    town.write(P, task("first", focus=ref("Condition/c")), word("w", about=[ref("Condition/c")]))
    town.write(P, record)
    name = f"{record['resourceType']}/t"
    assert named(town, name) == ["Patient/1"]
    grown = {"asserter": ref("Patient/2"), "evidence": [{"detail": [ref("Group/g")]}]}
    participant = [{"individual": ref("RelatedPerson/r")}]
    town.write(P, KIN | {"patient": ref("Patient/2")})
    town.write(P, concern("c", "1", **grown) | again())
    town.write(P, meeting | {"subject": ref("Patient/1"), "participant": participant} | again())
    assert named(town, name) == ["Patient/1", "Patient/2"]
    assert town.stored(record["resourceType"])[-1].number == 1, "no version comes of it"


def test_growth_goes_through_chains_and_circles_and_past_what_was_deleted(town: Town) -> None:
    town.write(P, *(patient(str(n)) for n in (1, 2, 3)), concern("c", "1"))
    circle = [task("a", focus=ref("Task/b")), task("b", partOf=[ref("Task/c")]), task("c", basedOn=[ref("Task/a")])]
    town.write(P, *circle, word("w", about=[ref("Task/b")]), word("end", inResponseTo=[ref("Communication/w")]))
    town.delete(P, "Communication/w")
    town.write(P, circle[0] | again(focus=ref("Condition/c"), partOf=[ref("Task/b")]))
    for name in ("Task/a", "Task/b", "Task/c", "Communication/end"):
        assert named(town, name) == ["Patient/1"]
    town.write(P, concern("c", "1", asserter=ref("Patient/3")) | again())
    for name in ("Task/a", "Task/b", "Task/c", "Communication/end"):
        assert named(town, name) == ["Patient/1", "Patient/3"]


def test_a_long_chain_is_no_stone_to_stumble_over(town: Town) -> None:
    links = [task("0", status="draft")] + [task(str(n), partOf=[ref(f"Task/{n - 1}")]) for n in range(1, 400)]
    town.write(P, patient("1"), *links)
    town.write(P, links[0] | again() | {"for": ref("Patient/1")})
    assert named(town, "Task/399") == ["Patient/1"]


@pytest.mark.parametrize("order", ["forth", "back"])
def test_in_one_transaction_the_order_does_not_matter(town: Town, order: str) -> None:
    chain = [patient("1"), concern("c", "1"), task("t", focus=ref("Condition/c")), word("w", about=[ref("Task/t")])]
    written = town.write(P, *(chain if order == "forth" else reversed(chain)))
    assert named(town, "Communication/w") == ["Patient/1"]
    told = [done.version for done in written if done.version.type == "Communication"]
    assert [list(values(each.terms, ".subject")) for each in told] == [["Patient/1"]]


def test_who_left_the_household_of_what_a_record_is_of_is_taken_by_name(town: Town) -> None:
    """The plan is about her still, so what is of the plan is too, though it was begun after she left."""
    town.write(P, patient("1"), patient("2"), household("1", "2"), case())
    town.write(P, household("1") | again())
    town.write(P, task("t", focus=ref("CarePlan/k")), task("late"), word("w", about=[ref("Task/late")]))
    assert (named(town, "Task/t"), named(town, "Task/t", ".household")) == (["Patient/2"], ["Group/g"])
    town.write(P, task("late") | again(focus=ref("CarePlan/k")))
    assert named(town, "Task/late") == ["Patient/2"]
    assert named(town, "Communication/w") == ["Patient/2"]
    town.write(P, task("for", **{"for": ref("Group/g")}))
    assert named(town, "Task/for") == [], "a household is followed, not copied"


def test_a_deletion_ends_nothing(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), concern("c", "1", asserter=ref("Patient/2")))
    town.delete(P, "Condition/c")
    town.write(P, concern("c", "1") | again(2))
    assert named(town, "Condition/c") == ["Patient/1", "Patient/2"]
    town.write(P, household("1", "2"), case())
    consents(town, "1")
    town.delete(P, "Group/g")
    assert town.search(Q, "CarePlan") == []


@pytest.mark.parametrize(
    "entity", [ref("Group/h"), ref("Practitioner/p"), ref("Patient/9/x"), {"display": "妹"}, {"reference": "urn:x"}]
)
def test_a_household_has_nobody_in_it_who_could_not_be_asked(town: Town, entity: dict[str, Any]) -> None:
    town.write(P, patient("1"), household("1") | {"id": "h"})
    group = household("1")
    with pytest.raises(Problem) as caught:
        town.write(P, group | {"member": [*group["member"], {"entity": entity}]})
    assert next(issue.at for issue in caught.value.issues).startswith("Group.member[1].entity")
    town.write(P, group)


def row(name: str, whom: str = "") -> dict[str, Any]:
    said = [extension("member-subject", valueReference=ref(f"Patient/{whom}"))] if whom else []
    item = {"linkId": "member", "item": [{"linkId": "member.name", "answer": [{"valueString": name}]}]}
    return item | ({"extension": said} if said else {})


def test_a_sheet_is_about_every_member_and_opens_only_where_each_row_is_tied(town: Town) -> None:
    """U4 of the findings: a sheet whose subject is the signer alone opened on the signer's consent."""
    town.write(P, patient("1"), patient("2"))
    sheet = {"resourceType": "QuestionnaireResponse", "id": "s", "status": "completed", "subject": ref("Patient/1")}
    pages = [{"linkId": "page", "item": [row("妹")]}]
    town.write(P, sheet | {"item": [row("母", "1"), *pages]})
    consents(town, "1")
    assert town.search(Q, "QuestionnaireResponse") == []
    assert town.search(P, "QuestionnaireResponse") == ["QuestionnaireResponse/s"]
    town.write(P, sheet | again(item=[row("母", "1"), row("妹", "2")]))
    assert named(town, "QuestionnaireResponse/s") == ["Patient/1", "Patient/2"]
    assert town.search(Q, "QuestionnaireResponse") == []
    consents(town, "2")
    assert town.search(Q, "QuestionnaireResponse") == ["QuestionnaireResponse/s"]


ANSWERED = {"linkId": "page", "answer": [{"valueBoolean": True, "item": [row("妹")]}]}
INSIDE = {"resourceType": "QuestionnaireResponse", "id": "in", "status": "completed", "item": [row("妹")]}
OF_ANOTHER = {"linkId": "member", "answer": [{"valueReference": ref("Patient/1"), "item": row("妹")["item"]}]}


@pytest.mark.parametrize(
    "held",
    [
        {"item": [row("母", "1"), ANSWERED]},
        {"item": [row("母", "1"), OF_ANOTHER]},
        {
            "item": [row("母", "1")],
            "contained": [INSIDE],
            "extension": [{"url": "urn:x", "valueReference": ref("#in")}],
        },
    ],
    ids=["below an answer", "an answer names somebody else", "in a sheet it contains"],
)
def test_a_row_counts_wherever_it_stands_and_only_its_own_tie(town: Town, held: dict[str, Any]) -> None:
    town.write(P, patient("1"))
    sheet = {"resourceType": "QuestionnaireResponse", "id": "s", "status": "completed", "subject": ref("Patient/1")}
    town.write(P, sheet | held)
    consents(town, "1")
    assert town.search(Q, "QuestionnaireResponse") == []
    town.write(P, sheet | again(item=[row("母", "1")]))
    assert town.search(Q, "QuestionnaireResponse") == ["QuestionnaireResponse/s"]


def test_whom_a_record_is_about_is_on_the_trail_with_the_members_of_the_household(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"), case())
    town.read(P, "CarePlan/k")
    last = town.trail()[-1]
    assert {"Patient/1", "Patient/2"} <= {each.get("what", {}).get("reference") for each in last["entity"]}


@pytest.mark.parametrize("kind", ["seealso", "replaced-by", "refer", "replaces"])
def test_no_client_says_that_two_patients_are_one_nor_that_they_are_no_more(town: Town, kind: str) -> None:
    town.write(P, patient("1"), patient("2"))
    linked = patient("1", link=[{"other": ref("Patient/2"), "type": kind}]) | again()
    with pytest.raises(Problem, match="not a client's to write"):
        town.write(P, linked)
    with pytest.raises(Problem, match="not a client's to write"):
        town.write(P, patient("3"), patient("4", link=[{"other": ref("Patient/3"), "type": kind}]))
    town.write(P, patient("1", gender="female") | again())
