"""Who keeps a record, and would hide by `$mark-mistake` what it was, or learn by it what is not theirs to read."""

from __future__ import annotations

from typing import Any

import pytest

from consent import verdict
from resources.record.problem import Problem
from resources.search.relation import values
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.acts import merges
from tests.unit.consent.acts.divided_town import divide
from tests.unit.consent.acts.test_naming_by_mistake import (
    CO,
    CONV,
    LEAD,
    OF_THE_HOUSEHOLD,
    P,
    Q,
    confirm,
    reindexed,
    said,
    undone,
)
from tests.unit.consent.acts.test_transferring import (
    EVERYBODY,
    again,
    hand,
    numbers,
    refused,
    wrong,
)
from tests.unit.consent.test_carrying_out import activity, plan
from tests.unit.consent.town import INSTALLER, Town, case, concern, conference, coordination, household, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]
MARK: Json = {"modifierExtension": [extension("entered-in-error", valueBoolean=True)]}
NOTE: Json = {"note": [{"text": "続き"}]}
TURNED = "business-rule mistake"


def held(town: Town, type: str) -> set[str]:
    """Whom evidence of a type holds fast."""
    fixed = frozenset[str]().union(*(verdict.read(each.terms).fixed for each in town.stored(type)))
    return {name for name in fixed if name.startswith("Patient/")}


@pytest.fixture
def coordinated(kept: Town) -> Town:
    """The coordinator has taken the household on."""
    kept.write(P, coordination("requested"))
    kept.write(CO, again(coordination()))
    return kept


def test_who_joins_in_truth_afterwards_is_held_fast_as_anybody(kept: Town) -> None:
    kept.write(P, again(household("1")))
    undone(kept)
    kept.write(P, again(household("1", "2"), 2), coordination("requested"))
    kept.write(CO, again(coordination()))
    assert held(kept, "Task") == {"Patient/1", "Patient/2"}
    assert kept.reads(CO, "Patient/2")
    assert wrong(kept) == []
    reindexed(kept)
    assert wrong(kept) == []


def test_a_meeting_holds_who_joined_in_truth_afterwards(called: Town) -> None:
    called.write(P, again(household("1")))
    undone(called)
    called.write(P, again(household("1", "2"), 2))
    called.write(CONV, again(conference("in-progress", "q", "p")))
    assert held(called, "Encounter") == {"Patient/1", "Patient/2"}
    assert wrong(called) == []


def test_who_was_added_to_a_meeting_that_is_open_is_let_go(open_: Town) -> None:
    added = conference("in-progress", "q", "p")
    added["extension"] = [*added["extension"], extension("persons-added", valueString="後から加わった人も関わる")]
    open_.write(P, patient("3"), again(household("1", "2", "3")))
    open_.write(CONV, again(added, 2))
    open_.write(P, again(household("1", "2"), 2))
    undone(open_, person="Patient/3")
    open_.write(CONV, again(added, 3, status="finished"))
    assert held(open_, "Encounter") == {"Patient/1", "Patient/2"}
    assert not open_.reads(LEAD, "Patient/3")
    assert wrong(open_) == []


def test_what_was_said_before_a_true_membership_says_nothing_of_it(town: Town) -> None:
    """Else who was in it in truth is asked no more, by a word that was of an earlier version."""
    town.write(P, patient("1"), patient("2"), household("1", "2"), concern("h", "1") | OF_THE_HOUSEHOLD)
    town.sign(P, consent("a", provision=EVERYBODY))
    town.write(P, again(household("1")))
    task = said(town).task.reference
    town.write(P, again(household("1", "2"), 2))
    town.write(P, again(household("1"), 3))
    assert refused(town, confirm, LEAD, task) == TURNED
    assert not town.reads(Q, "Condition/h")
    confirm(town, LEAD, task, accept=False)
    undone(town)
    assert wrong(town) == []


@pytest.mark.parametrize("what", ["protected", "protected by another name"])
def test_a_protection_that_came_in_the_meantime_is_not_passed_by(town: Town, what: str) -> None:
    """Who asked is on no list of it now, and would have been refused."""
    town.write(P, patient("1"), patient("2"), patient("3"), household("1", "2"))
    town.write(P, concern("h", "1", onsetString="山陽町に移った頃") | OF_THE_HOUSEHOLD)
    town.write(P, again(household("1")))
    if what == "protected":
        task = said(town).task.reference
        town.protect(P, "Patient/2", "PractitionerRole/q", shares=())
    else:
        town.protect(P, "Patient/3", "Organization/center", "PractitionerRole/lead")
        task = said(town).task.reference
        merges.ask(town, P, "2", "3")
    assert refused(town, confirm, LEAD, task) == TURNED
    confirm(town, LEAD, task, accept=False)
    assert wrong(town) == []


def test_whom_a_version_names_that_another_agency_kept_is_not_found_out(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), patient("3"), concern("c", "1", asserter=ref("Patient/2")))
    town.write(P, again(concern("c", "1")))
    town.sign(P, consent("a", provision=EVERYBODY))
    town.sign(P, consent("b", provision=EVERYBODY, patient=ref("Patient/2"), performer=[ref("Patient/2")]))
    hand(town)
    town.write(Q, again(concern("c", "1", **NOTE), 2))
    town.write(P, again(consent("a", provision=EVERYBODY), status="inactive"))
    assert numbers(town, Q, "Condition/c") == [3]
    told = []
    for person in ("Patient/2", "Patient/3"):
        with pytest.raises(Problem) as caught:
            said(town, Q, "Condition/c", person)
        told.append([issue.text for issue in caught.value.issues])
    assert told[0] == told[1]


def test_who_keeps_it_now_confirms_and_says_nothing_of_what_was_asked_before(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), concern("c", "1", asserter=ref("Patient/2")))
    town.write(P, again(concern("c", "1")))
    task = said(town, P, "Condition/c").task.reference
    town.sign(P, consent("a", provision=EVERYBODY))
    hand(town)
    assert refused(town, confirm, LEAD, task) == TURNED
    assert wrong(town) == []


def test_a_version_that_names_the_stranger_stays_the_givers_where_the_record_is_handed_over(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), concern("c", "1", asserter=ref("Patient/2")))
    town.write(P, again(concern("c", "1")))
    town.sign(P, consent("a", provision=EVERYBODY))
    undone(town, "Condition/c")
    hand(town)
    town.write(Q, again(concern("c", "1", **NOTE), 2))
    for _ in ("written", "derived anew"):
        assert (numbers(town, Q, "Condition/c"), numbers(town, P, "Condition/c")) == ([2, 3], [1, 2])
        assert wrong(town) == []
        reindexed(town)


def test_who_was_put_into_the_wrong_part_of_a_household_stays_coordinated_with_the_rest(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), patient("3"), household("1", "2", "3"), case())
    town.write(P, coordination("requested"))
    town.write(CO, again(coordination()))
    _, part = divide(town)
    group = town.read(P, part)
    town.write(P, group | {"member": [{"entity": ref("Patient/2")}]})
    undone(town, part, "Patient/3")
    assert town.reads(CO, "Patient/3")
    assert town.reads(LEAD, "Patient/3")
    assert wrong(town) == []
    reindexed(town)
    assert wrong(town) == []


def test_a_record_that_was_deleted_in_between_and_two_strangers_one_after_the_other(kept: Town) -> None:
    kept.write(P, patient("3"), concern("x", "2"))
    kept.delete(P, "Condition/x")
    kept.write(P, again(concern("x", "3"), 2))
    kept.write(P, again(concern("x", "1"), 3))
    kept.sign(P, consent("a", provision=EVERYBODY))
    undone(kept, "Condition/x")
    assert numbers(kept, Q, "Condition/x") == []
    assert refused(kept, said, P, "Condition/x") == TURNED
    undone(kept, "Condition/x", "Patient/3")
    for _ in ("written", "derived anew"):
        assert numbers(kept, Q, "Condition/x") == [4]
        assert wrong(kept) == []
        reindexed(kept)


def test_no_second_post_confirms_what_one_has_asked(town: Town) -> None:
    def post(id: str, person: str, agency: str, code: str) -> Json:
        made: Json = {"resourceType": "PractitionerRole", "id": id, "code": [concept("role", code)]}
        return made | {"practitioner": ref(f"Practitioner/{person}"), "organization": ref(f"Organization/{agency}")}

    town.write(P, patient("1"), patient("2"), household("1", "2"))
    town.write(P, again(household("1")))
    task = said(town).task.reference
    town.write(INSTALLER, post("also", "p", "lead", "lead-section"), post("besides", "lead", "center", "officer"))
    for who in (P, LEAD):
        assert refused(town, confirm, who, task) == "forbidden mistake"


def test_what_belongs_to_a_record_closes_and_opens_with_it_as_before(town: Town) -> None:
    wrong_as_a_whole: Json = concept("condition-ver-status", "entered-in-error")
    system = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
    wrong_as_a_whole = {"coding": [wrong_as_a_whole["coding"][0] | {"system": system}]}
    file: Json = {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": "eA=="}
    town.write(P, patient("1"), patient("2"), concern("x", "1", asserter=ref("Patient/2")))
    town.write(P, file | {"securityContext": ref("Condition/x")})
    town.write(P, again(concern("x", "1")))
    town.sign(P, consent("a", provision=EVERYBODY))
    assert not town.reads(Q, "Binary/b")
    undone(town, "Condition/x")
    assert town.reads(Q, "Binary/b")
    town.write(P, again(concern("x", "1", verificationStatus=wrong_as_a_whole), 2))
    assert not town.reads(Q, "Binary/b")
    town.write(P, again(concern("x", "1"), 3))
    assert town.reads(Q, "Binary/b")
    assert numbers(town, Q, "Condition/x") == [2, 3, 4]
    assert wrong(town) == []


def test_nobody_of_a_household_that_is_coordinated_is_hidden_by_calling_their_patient_a_mistake(
    coordinated: Town,
) -> None:
    """Nor by taking them out first: what was held fast of them is let go by the lead section's word alone."""
    for number in (1, 2):
        assert refused(coordinated, _marked) == "business-rule R17"
        assert coordinated.reads(CO, "Patient/2")
        if number == 1:
            coordinated.write(P, again(household("1")))
    undone(coordinated)
    _marked(coordinated)
    assert wrong(coordinated) == []


def test_a_conference_that_is_called_keeps_the_persons_of_its_household_too(called: Town) -> None:
    called.write(CO, again(coordination("completed"), 2, statusReason={"text": "連携先が決まった"}))
    assert refused(called, _marked) == "business-rule R44"


def test_who_keeps_the_patient_alone_learns_of_no_coordination(town: Town) -> None:
    town.write(Q, patient("2"))
    asked: Json = {"resourceType": "Task", "id": "a", "status": "requested", "intent": "order", "for": ref("Patient/2")}
    asked |= {"requester": ref("Organization/other"), "owner": ref("Organization/center")}
    town.write(Q, asked)
    town.write(P, again(asked, status="accepted"))
    town.write(P, patient("1"), household("1", "2"), case(), coordination("requested"))
    town.write(CO, again(coordination()))
    _marked(town, Q)
    assert values(next(each.terms for each in town.stored("Patient") if each.id == "2"), ".mistaken")


def _marked(town: Town, who: Any = P) -> None:
    town.write(who, again(patient("2")) | MARK)


@pytest.mark.parametrize("status", ["draft", "requested", "in-progress", "completed", "failed"])
def test_who_asked_says_not_how_a_coordination_that_was_taken_on_goes_on(coordinated: Town, status: str) -> None:
    why = {"statusReason": {"text": "連携先が決まった"}}
    assert "forbidden R17" in refused(coordinated, lambda town: town.write(P, again(coordination(status), 2) | why))
    assert coordinated.reads(CO, "CarePlan/k")


def test_one_that_was_taken_on_is_neither_untaken_nor_taken_back_while_support_is_waiting(coordinated: Town) -> None:
    why = {"statusReason": {"text": "連携先が決まった"}}
    for status in ("draft", "requested"):
        assert refused(coordinated, lambda t, to: t.write(CO, again(coordination(to), 2)), status) == "forbidden R17"
    taken_back = again(coordination("cancelled"), 2)
    assert refused(coordinated, lambda town: town.write(P, taken_back)) == "business-rule R17"
    coordinated.write(P, plan(activity()))
    assert refused(coordinated, lambda town: town.write(P, taken_back | why)) == "business-rule R17"


def test_one_that_was_taken_back_is_not_completed_by_who_asked_to_hide_its_household(coordinated: Town) -> None:
    why = {"statusReason": {"text": "連携先が決まった"}}
    coordinated.write(P, again(coordination("cancelled"), 2) | why)
    completed = again(coordination("completed"), 3) | why
    assert refused(coordinated, lambda town: town.write(P, completed)) == "forbidden R17"
    assert refused(coordinated, lambda town: town.write(P, again(household("1", "2")) | MARK)) == "business-rule R17"
    assert coordinated.reads(LEAD, "Patient/2")
